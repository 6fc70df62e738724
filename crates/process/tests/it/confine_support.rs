//! What the tests of confinement share.
#![expect(clippy::unwrap_used, reason = "it is a part of tests")]

use std::fs;
use std::path::{Path, PathBuf};

use ftc_process::confine::{Confined, Confinement, Profile};
use ftc_process::{Outcome, Spawn};

use crate::support::{run, shell, shim};

/// A worktree, and a directory beside it with things that are none of its child's business.
pub struct Place {
    root: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        let place = Self {
            root: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(place.worktree()).unwrap();
        fs::create_dir(place.outside()).unwrap();
        place.restore();
        place
    }

    pub fn root(&self) -> PathBuf {
        self.root.path().canonicalize().unwrap()
    }

    pub fn worktree(&self) -> PathBuf {
        self.root().join("worktree")
    }

    pub fn outside(&self) -> PathBuf {
        self.root().join("outside")
    }

    /// Makes both directories what they were.
    pub fn restore(&self) {
        for directory in [self.worktree(), self.outside()] {
            fs::remove_dir_all(&directory).unwrap();
            fs::create_dir(&directory).unwrap();
        }
        fs::write(self.outside().join("key"), "secret\n").unwrap();
        fs::create_dir(self.outside().join("empty")).unwrap();
        std::os::unix::fs::symlink(self.outside().join("key"), self.worktree().join("link"))
            .unwrap();
        std::os::unix::fs::symlink(self.outside(), self.worktree().join("links")).unwrap();
    }

    /// The key, with its modification time and mode, and the names beside it.
    pub fn traces(&self) -> String {
        use std::os::unix::fs::MetadataExt as _;
        let key = self.outside().join("key");
        let metadata = fs::metadata(&key).unwrap();
        let mut names: Vec<_> = fs::read_dir(self.outside())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        format!(
            "{} {} {:o} {} {names:?}",
            fs::read_to_string(&key).unwrap(),
            metadata.mtime(),
            metadata.mode(),
            metadata.nlink()
        )
    }

    /// A script in the worktree, without confinement.
    pub fn script(&self, script: &str) -> Spawn {
        shell(script)
            .directory(self.worktree())
            .env("WORKTREE", self.worktree())
            .env("OUTSIDE", self.outside())
            .env("TESTER", std::process::id().to_string())
            .shim(shim())
    }

    pub fn confinement(&self, profile: Profile) -> Confinement {
        Confinement::new(profile).writable(self.worktree())
    }

    /// Asserts that a script, which exits with 0 if it gets through, does so unconfined and does not confined.
    pub fn assert_refused(&self, way: &str, script: &str) {
        let open = run(&self.script(script));
        assert!(
            open.success(),
            "`{way}` does not work at all: {}",
            said(&open)
        );
        self.restore();
        let before = self.traces();
        let closed = run(&self.script(script).confine(self.confinement(Profile::Gate)));
        assert!(
            !closed.success(),
            "`{way}` works confined: {}",
            said(&closed)
        );
        assert_eq!(
            self.traces(),
            before,
            "`{way}` left something: {}",
            said(&closed)
        );
        assert!(!closed.stdout.to_text().contains("secret"), "{way}");
        self.restore();
    }
}

/// What was reached, of this machine.
pub fn reached(profile: Profile) -> Confined {
    let spawn = shell("true")
        .shim(shim())
        .confine(Confinement::new(profile));
    confined(&run(&spawn))
}

pub fn confined(outcome: &Outcome) -> Confined {
    outcome.confined.clone().expect("it says what was reached")
}

pub fn said(outcome: &Outcome) -> String {
    format!(
        "{} {:?} {:?} {:?}",
        outcome.end,
        outcome.stdout.to_text(),
        outcome.stderr.to_text(),
        outcome.confined
    )
}

/// A program of this package's examples, which lie beside the tests.
pub fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let target = test.ancestors().nth(2).map(Path::to_owned).unwrap();
    target.join("examples").join(name)
}

/// Whether files are confined on this machine. If not, it must say so, and there is nothing more to test.
pub fn files_are_confined() -> bool {
    let reached = reached(Profile::Gate);
    let can = reached.landlock_abi > 0 || reached.private_view;
    assert!(can || !reached.missing.is_empty(), "{reached:?}");
    can
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
