//! Repositories for the tests, made with the plain git program.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use ftc_process::{ParentEnv, Spawn};
use ftc_vcs::{FileChange, GitProgram, NewCommit, ObjectId, Repository, Signature};
use tempfile::TempDir;

pub fn git_program() -> GitProgram {
    GitProgram::find(&ParentEnv::capture()).unwrap()
}

/// Runs plain git, with nobody's configuration, and returns what it prints without the last line break.
pub fn git<A: Into<OsString>>(directory: &Path, arguments: impl IntoIterator<Item = A>) -> String {
    let (success, text) = try_git(directory, arguments);
    assert!(success, "{text}");
    text
}

pub fn try_git<A: Into<OsString>>(
    directory: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> (bool, String) {
    let mut spawn = Spawn::new(["git"])
        .env("PATH", ParentEnv::capture().var_os("PATH").unwrap())
        .env("HOME", directory)
        .env("LC_ALL", "C")
        .directory(directory);
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_AUTHOR_NAME", "A"),
        ("GIT_AUTHOR_EMAIL", "a@example.com"),
        ("GIT_AUTHOR_DATE", "1700000000 +0000"),
        ("GIT_COMMITTER_NAME", "C"),
        ("GIT_COMMITTER_EMAIL", "c@example.com"),
        ("GIT_COMMITTER_DATE", "1700000000 +0000"),
    ] {
        spawn = spawn.env(name, value);
    }
    let outcome = spawn
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments)
        .capture_limit(64 << 20)
        .run()
        .unwrap();
    let text = if outcome.success() {
        outcome.stdout.to_text()
    } else {
        outcome.stderr.to_text()
    };
    (outcome.success(), text.trim_end().to_owned())
}

/// A throwaway directory with a repository `main` in it, whose first commit has a few files of all sorts.
pub struct Fixture {
    pub temporary: TempDir,
    pub repository: Repository,
}

impl Fixture {
    pub fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("main");
        let repository = Repository::init(&path, "main", &git_program()).unwrap();
        let fixture = Self {
            temporary,
            repository,
        };
        fixture.write("README.md", "hello\n");
        fixture.write("src/lib.rs", "fn lib() {}\n");
        fixture.write("src/deep/er/mod.rs", "mod er;\n");
        fixture.write("run.sh", "#!/bin/sh\n");
        set_mode(&fixture.path().join("run.sh"), 0o755);
        fixture.write(".gitignore", "/target\n*.log\n");
        std::os::unix::fs::symlink("README.md", fixture.path().join("link")).unwrap();
        fixture.commit("first");
        fixture
    }

    pub fn path(&self) -> PathBuf {
        self.temporary.path().join("main")
    }

    /// A path beside the repository.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    pub fn git<const N: usize>(&self, arguments: [&str; N]) -> String {
        git(&self.path(), arguments)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        write(&self.path().join(name), text);
    }

    /// Commits all files with plain git.
    pub fn commit(&self, message: &str) -> ObjectId {
        self.git(["add", "-A"]);
        self.git(["commit", "-q", "--allow-empty", "-m", message]);
        self.head()
    }

    pub fn head(&self) -> ObjectId {
        self.git(["rev-parse", "HEAD"]).parse().unwrap()
    }

    /// A worktree at `HEAD`.
    pub fn worktree(&self, name: &str) -> PathBuf {
        let path = self.beside(name);
        self.repository
            .add_worktree(&path, self.head(), "test")
            .unwrap();
        path
    }

    /// A bare repository beside this one, which has its branch `main`.
    pub fn origin(&self) -> (String, Repository) {
        let path = self.beside("origin.git");
        let origin = Repository::init_bare(&path, "main", &git_program()).unwrap();
        self.git(["push", "-q", path.to_str().unwrap(), "main"]);
        (path.to_str().unwrap().to_owned(), origin)
    }
}

/// Writes a file, with the directories above it.
pub fn write(path: &Path, text: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// `added a`, `deleted b`, ... one to a line.
pub fn listed(changes: &[FileChange]) -> String {
    let lines: Vec<String> = changes
        .iter()
        .map(|change| {
            let kind = serde_name(change.kind());
            format!("{kind} {}", change.path.display())
        })
        .collect();
    lines.join("\n")
}

fn serde_name(kind: ftc_vcs::ChangeKind) -> String {
    format!("{kind:?}").to_lowercase()
}

pub fn new_commit(tree: ObjectId, parents: Vec<ObjectId>, message: &str) -> NewCommit {
    let person = Signature::new("Ann Example", "ann@example.com", 1_700_000_000);
    NewCommit {
        tree,
        parents,
        author: person.clone(),
        committer: person,
        message: message.to_owned(),
    }
}

/// The tree that plain git makes of the files in `worktree`, with an index of its own.
pub fn tree_by_git(worktree: &Path) -> ObjectId {
    let index = tempfile::tempdir().unwrap();
    let git_dir = PathBuf::from(git(worktree, ["rev-parse", "--absolute-git-dir"]));
    let copy = index.path().join("index");
    fs::copy(git_dir.join("index"), &copy).unwrap();
    let run = |arguments: &[&str]| {
        let outcome = Spawn::new(["git"])
            .env("PATH", ParentEnv::capture().var_os("PATH").unwrap())
            .env("GIT_INDEX_FILE", &copy)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .directory(worktree)
            .args(arguments)
            .run()
            .unwrap();
        assert!(outcome.success(), "{}", outcome.stderr.to_text());
        outcome.stdout.to_text()
    };
    run(&["add", "-A"]);
    run(&["write-tree"]).trim().parse().unwrap()
}
