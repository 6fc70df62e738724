//! A forge to test, with branches and people.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ftc_github::{
    Clock, Error, Forge, Issue, LocalForge, LocalForgeSetup, Login, NewIssue, Permission,
};
use ftc_process::ParentEnv;
use ftc_vcs::{Expected, GitProgram, NewCommit, ObjectId, PushUpdate, Repository, Signature};
use jiff::Timestamp;
use tempfile::TempDir;

/// A forge, its branches, and a repository in which commits are made.
pub struct World {
    root: PathBuf,
    pub git: GitProgram,
    pub origin: Repository,
    pub work: Repository,
    /// As the account `cleaner`.
    pub forge: LocalForge,
    _directory: Option<TempDir>,
}

/// The commit that every world begins with.
pub const README: &str = "one\ntwo\nthree\n";

pub fn login(name: &str) -> Login {
    Login::new(name).expect("the name is valid")
}

/// Runs a future to its end.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime needs nothing")
        .block_on(future)
}

/// A clock that goes on by one second whenever it is asked.
pub fn ticking() -> Clock {
    let seconds = AtomicI64::new(1_700_000_000);
    Clock::new(move || {
        let now = seconds.fetch_add(1, Ordering::SeqCst);
        Timestamp::from_second(now).expect("the time is in range")
    })
}

pub fn git() -> GitProgram {
    GitProgram::find(&ParentEnv::capture()).expect("the tests need git")
}

impl World {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("the test has a disk");
        let root = directory.path().to_owned();
        Self::make(&root, Some(directory))
    }

    /// A world in a directory that somebody else keeps.
    pub fn at(root: &Path) -> Self {
        Self::make(root, None)
    }

    fn make(root: &Path, directory: Option<TempDir>) -> Self {
        let git = git();
        let origin = Repository::init_bare(&root.join("origin.git"), "main", &git).unwrap();
        let work = Repository::init(&root.join("work"), "main", &git).unwrap();
        let setup = LocalForgeSetup {
            repository: "acme/widget".to_owned(),
            branches: root.join("origin.git"),
            default_branch: "main".to_owned(),
            people: people(),
        };
        LocalForge::init(&root.join("forge"), &setup, &git).unwrap();
        let forge = LocalForge::open(&root.join("forge"), login("cleaner"), &git)
            .unwrap()
            .with_clock(ticking());
        let world = Self {
            root: root.to_owned(),
            git,
            origin,
            work,
            forge,
            _directory: directory,
        };
        let first = world.commit(&[], &[("README", README)]);
        world.set("main", first);
        world
    }

    /// The world that was made in `root` before.
    pub fn reopen(root: &Path) -> Self {
        let git = git();
        Self {
            root: root.to_owned(),
            origin: Repository::open(&root.join("origin.git"), &git).unwrap(),
            work: Repository::open(&root.join("work"), &git).unwrap(),
            forge: LocalForge::open(&root.join("forge"), login("cleaner"), &git).unwrap(),
            git,
            _directory: None,
        }
    }

    pub fn directory(&self) -> PathBuf {
        self.root.join("forge")
    }

    /// A file of the forge.
    pub fn file(&self, path: &str) -> PathBuf {
        self.directory().join(path)
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.file(path)).unwrap()
    }

    /// Edits a file of the forge as a person would.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "`{from}` is not in\n{text}");
        fs::write(self.file(path), text.replace(from, to)).unwrap();
    }

    pub fn work_dir(&self) -> &Path {
        self.work.work_dir().expect("it is not bare")
    }

    /// Makes a commit of exactly these files in the work repository.
    pub fn commit(&self, parents: &[ObjectId], files: &[(&str, &str)]) -> ObjectId {
        let root = self.work_dir();
        for entry in fs::read_dir(root).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::remove_file(path).unwrap();
            }
        }
        for (name, content) in files {
            fs::write(root.join(name), content).unwrap();
        }
        let signature = Signature::new("somebody", "somebody@localhost", 1_700_000_000);
        self.work
            .commit_tree(&NewCommit {
                tree: self.work.worktree_tree(root).unwrap(),
                parents: parents.to_vec(),
                author: signature.clone(),
                committer: signature,
                message: "change\n".to_owned(),
            })
            .unwrap()
    }

    /// A commit after `main` that changes README, as text: what the forge takes.
    pub fn change(&self, readme: &str) -> String {
        let main = self.tip("main");
        self.commit(&[main], &[("README", readme)]).to_string()
    }

    /// Sets a branch behind the forge's back.
    pub fn set(&self, branch: &str, to: ObjectId) {
        let url = self.origin.git_dir().to_str().unwrap().to_owned();
        let update = PushUpdate::new(format!("refs/heads/{branch}"), Some(to), Expected::Any);
        self.work.push(&url, &[update]).unwrap();
    }

    pub fn tip(&self, branch: &str) -> ObjectId {
        let name = format!("refs/heads/{branch}");
        self.origin
            .reference(&name)
            .unwrap()
            .expect("the branch exists")
    }

    /// The forge as another person sees it.
    pub fn by(&self, name: &str) -> LocalForge {
        self.forge.acting_as(login(name))
    }

    /// A branch with a change, pushed through the forge.
    pub fn branch(&self, name: &str, readme: &str) -> String {
        let sha = self.change(readme);
        wait(
            self.forge_face()
                .push_branch(name, &sha, None, self.work_dir()),
        )
        .unwrap();
        sha
    }

    pub fn forge_face(&self) -> Arc<dyn Forge> {
        Arc::new(self.forge.clone())
    }

    /// Every file of forge and branches, with its content.
    pub fn everything(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.directory(), &mut files);
        collect(self.origin.git_dir(), &mut files);
        files
    }
}

fn collect(directory: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.insert(path.clone(), Vec::new());
            collect(&path, files);
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
}

pub fn people() -> Vec<(Login, Permission)> {
    [
        ("cleaner", Permission::Write),
        ("alice", Permission::Admin),
        ("bob", Permission::Write),
        ("tina", Permission::Triage),
        ("rita", Permission::Read),
        ("robot[bot]", Permission::Admin),
    ]
    .map(|(name, permission)| (login(name), permission))
    .to_vec()
}

pub fn new_issue(title: &str, body: &str) -> NewIssue {
    NewIssue {
        title: title.to_owned(),
        body: body.to_owned(),
        labels: Vec::new(),
    }
}

pub fn open_issue(forge: &dyn Forge, title: &str) -> Issue {
    wait(forge.create_issue(&new_issue(title, "body"))).unwrap()
}

/// The kind of an error, without its words.
pub fn kind(error: &Error) -> &'static str {
    match error {
        Error::NotFound { .. } => "not found",
        Error::Forbidden { .. } => "forbidden",
        Error::Conflict { .. } => "conflict",
        Error::Validation { .. } => "validation",
        Error::Ambiguous { .. } => "ambiguous",
        Error::Transport { .. } => "transport",
        Error::Io { .. } => "io",
        Error::Damaged { .. } => "damaged",
        Error::Git { .. } => "git",
        _ => "other",
    }
}

#[test]
fn every_file_of_this_suite_is_declared() {
    let main = include_str!("main.rs");
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(stem) = name.strip_suffix(".rs")
            && stem != "main"
        {
            assert!(
                main.contains(&format!("mod {stem};\n")),
                "{name} is not declared"
            );
        }
    }
}
