//! Throwaway repositories, and pools in them.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ftc_process::{ParentEnv, ProcessIdentity};
use ftc_vcs::{GitProgram, ObjectId, Repository};
use ftc_worktree::{Lease, Pool, PoolOptions, Recovery, Request};
use serde_json::Value;
use tempfile::TempDir;

/// A repository with two commits.
pub struct Place {
    directory: TempDir,
    pub repository: Repository,
    /// `readme` says `one`; `.gitignore` ignores `*.log` and `target`.
    pub first: ObjectId,
    /// `readme` says `two`, and there is `src/new`.
    pub second: ObjectId,
}

impl Place {
    pub fn new() -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        let work = directory.path().join("project");
        fs::create_dir(&work).expect("a directory can be made");
        git(&work, ["init", "--quiet", "--initial-branch=main"]);
        write(&work, "readme", "one\n");
        write(&work, ".gitignore", "*.log\n/target\n");
        let first = commit_all(&work, "First");
        write(&work, "readme", "two\n");
        write(&work, "src/new", "new\n");
        let second = commit_all(&work, "Second");
        Self {
            repository: open(&work),
            directory,
            first,
            second,
        }
    }

    pub fn work(&self) -> PathBuf {
        fs::canonicalize(self.directory.path().join("project")).expect("it was made")
    }

    /// A place outside of the repository.
    pub fn outside(&self, name: &str) -> PathBuf {
        fs::canonicalize(self.directory.path())
            .expect("it was made")
            .join(name)
    }

    pub fn root(&self) -> PathBuf {
        self.work().join(".worktrees")
    }

    pub fn slot(&self, number: u32) -> PathBuf {
        self.root().join("s").join(number.to_string())
    }

    pub fn open(&self) -> (Pool, Recovery) {
        self.open_with(PoolOptions::default())
    }

    pub fn open_with(&self, options: PoolOptions) -> (Pool, Recovery) {
        Pool::open(&self.repository, &self.root(), options).expect("the pool opens")
    }

    /// Opens the pool and insists that everything was in order.
    #[track_caller]
    pub fn pool(&self) -> Pool {
        let (pool, recovery) = self.open();
        assert!(recovery.is_empty(), "{recovery:?}");
        pool
    }

    pub fn request(&self) -> Request {
        let process = ProcessIdentity::current().expect("this process is known");
        Request::new(self.first, "tester", "a test", process)
    }

    #[track_caller]
    pub fn lease(&self, pool: &Pool) -> Lease {
        pool.acquire(&self.request()).expect("there is a slot")
    }

    pub fn index(&self) -> PathBuf {
        self.root().join("index.json")
    }

    pub fn registry(&self) -> Value {
        let text = fs::read(self.index()).expect("there is a registry");
        serde_json::from_slice(&text).expect("it is JSON")
    }

    /// Changes the registry by hand.
    pub fn edit_registry(&self, edit: impl FnOnce(&mut Value)) {
        let mut registry = self.registry();
        edit(&mut registry);
        fs::write(self.index(), registry.to_string()).expect("the registry can be written");
    }

    /// The names of all events so far.
    pub fn events(&self) -> Vec<String> {
        let text = fs::read_to_string(self.root().join("events.jsonl")).expect("there are events");
        text.lines()
            .map(|line| {
                let event: Value = serde_json::from_str(line).expect("each line is JSON");
                event["event"].as_str().expect("it has a name").to_owned()
            })
            .collect()
    }

    /// The paths and lock reasons of all linked worktrees, as git prints them.
    pub fn worktrees(&self) -> Vec<(PathBuf, Option<String>)> {
        let text = git(&self.work(), ["worktree", "list", "--porcelain"]);
        text.split("\n\n")
            .skip(1)
            .filter(|entry| !entry.trim().is_empty())
            .map(|entry| {
                let field = |name: &str| {
                    entry
                        .lines()
                        .find_map(|line| line.strip_prefix(name))
                        .map(|value| value.trim().to_owned())
                };
                let path = field("worktree ").expect("a worktree has a path");
                (path.into(), field("locked"))
            })
            .collect()
    }
}

pub fn open(work: &Path) -> Repository {
    let git = GitProgram::find(&ParentEnv::capture()).expect("git is installed");
    Repository::open(work, &git).expect("it is a repository")
}

/// Runs git as a person without configuration would, and returns what it printed.
#[track_caller]
pub fn git<S: AsRef<OsStr>>(directory: &Path, arguments: impl IntoIterator<Item = S>) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", directory)
        .env("XDG_CONFIG_HOME", directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "Tess Ter")
        .env("GIT_AUTHOR_EMAIL", "tess@example.com")
        .env("GIT_COMMITTER_NAME", "Tess Ter")
        .env("GIT_COMMITTER_EMAIL", "tess@example.com")
        .output()
        .expect("git starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("git prints UTF-8")
}

pub fn commit_all(work: &Path, message: &str) -> ObjectId {
    git(work, ["add", "--all"]);
    git(work, ["commit", "--quiet", "--message", message]);
    head(work)
}

pub fn head(work: &Path) -> ObjectId {
    let id = git(work, ["rev-parse", "HEAD"]);
    id.trim().parse().expect("git prints an id")
}

/// Writes a file, and the directories that it needs.
pub fn write(work: &Path, name: &str, content: &str) {
    let path = work.join(name);
    fs::create_dir_all(path.parent().expect("it is below")).expect("a directory can be made");
    fs::write(path, content).expect("a file can be written");
}

pub fn read(work: &Path, name: &str) -> String {
    fs::read_to_string(work.join(name)).expect("the file is there")
}

/// The names at the top of a worktree, but for `.git`.
pub fn names(work: &Path) -> Vec<String> {
    let entries = fs::read_dir(work).expect("the worktree is there");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("it can be listed").file_name())
        .map(|name| name.into_string().expect("it is UTF-8"))
        .filter(|name| name != ".git")
        .collect();
    names.sort();
    names
}

/// A process of this machine and boot that has ended.
pub fn dead_process() -> ProcessIdentity {
    let mut child = Command::new("sleep").arg("600").spawn().expect("it starts");
    let identity = ProcessIdentity::of(child.id()).expect("the system says");
    child.kill().expect("it can be killed");
    child.wait().expect("it has ended");
    identity.expect("it was alive")
}
