//! A place with programs of its own, so that what was started there can be told from everything else.

#![expect(
    clippy::disallowed_methods,
    reason = "a file is made that no crash can hurt"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ftc_process::{Shim, Spawn, find_program};
use rustix::process::{Pid, Signal, kill_process};

use crate::escape::Escape;
use crate::support::Result;

const PROGRAMS: [&str; 4] = ["sh", "sleep", "setsid", "perl"];

/// Copies of the programs that the trees use, and of the shim.
pub struct Yard {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Yard {
    /// `None` where a program is missing, with its name.
    pub fn new() -> Result<std::result::Result<Self, &'static str>> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let path = folder.path().canonicalize()?;
        fs::create_dir(path.join("bin"))?;
        for name in PROGRAMS {
            let Some(program) = find_program(name, None, std::env::var_os("PATH").as_deref())
            else {
                return Ok(Err(name));
            };
            fs::copy(program, path.join("bin").join(name))?;
        }
        fs::copy(env!("CARGO_BIN_EXE_ftc-shim"), path.join("bin/ftc-shim"))?;
        Ok(Ok(Self { folder, path }))
    }

    /// One that another process has made.
    pub fn at(path: &Path) -> Foreign {
        Foreign {
            path: path.to_owned(),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A new directory for one run.
    pub fn place(&self, number: usize) -> Result<PathBuf> {
        let place = self.path.join(number.to_string());
        fs::create_dir(&place)?;
        Ok(place)
    }

    /// Removes everything, which says what went wrong where dropping would not.
    pub fn close(self) -> Result<()> {
        Ok(self.folder.close()?)
    }

    /// The processes that execute a program of this place, however they are called, wherever they are and whosever they are. One
    /// that is just being replaced by its own child can be missed: the witness does not miss it.
    pub fn inhabitants(&self) -> Result<Vec<Pid>> {
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let entry = entry?;
            let Some(pid) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
                .and_then(Pid::from_raw)
            else {
                continue;
            };
            // A process that ended meanwhile, or that is a zombie, has no program.
            if fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe.starts_with(&self.path))
            {
                found.push(pid);
            }
        }
        Ok(found)
    }

    /// Ends whoever survived in `place`, so that the next run does not see him.
    pub fn clear(&self, place: &Path) -> Result<()> {
        fs::write(place.join("stop"), "")?;
        let started = Instant::now();
        let mut quiet = 0;
        while quiet < 3 {
            let found = self.inhabitants()?;
            quiet = if found.is_empty() { quiet + 1 } else { 0 };
            for pid in found {
                // One that is gone already is what is wanted.
                let _ = kill_process(pid, Signal::KILL);
            }
            if started.elapsed() > Duration::from_secs(20) {
                return Err("survivors cannot be ended".into());
            }
        }
        Ok(())
    }
}

/// A place that belongs to another process.
pub struct Foreign {
    path: PathBuf,
}

/// How a tree is held.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    Cgroup,
    Subreaper,
    Group,
}

impl Hold {
    pub const ALL: [Self; 3] = [Self::Cgroup, Self::Subreaper, Self::Group];

    pub fn name(self) -> &'static str {
        match self {
            Self::Cgroup => "shim and cgroup",
            Self::Subreaper => "shim alone",
            Self::Group => "group alone",
        }
    }
}

impl Foreign {
    /// The root of a tree, in `place`.
    pub fn root(&self, place: &Path, escape: &Escape, hold: Hold) -> Spawn {
        let bin = self.path.join("bin");
        let root = Spawn::new([
            bin.join("sh").into_os_string(),
            "-c".into(),
            escape.script().into(),
        ])
        .env("PATH", &bin)
        .env("SLEEP", bin.join("sleep"))
        .directory(place)
        .grace(Duration::from_millis(20));
        let shim = Shim::at(bin.join("ftc-shim"));
        match hold {
            Hold::Cgroup => root.shim(shim),
            Hold::Subreaper => root.shim(shim.without_cgroup()),
            Hold::Group => root,
        }
    }
}
