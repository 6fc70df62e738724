//! A tree in a directory of its own, and changes of it.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ftc_changeset::{
    Actor, Authorized, Base, BlobStore, ChangePlan, ChangeSet, ChangeSetBuilder, ExecError,
    ExecutionResult, Executor, ExecutorOptions, Facts, MemoryBlobs, Mode, OldFile, Policy,
    RecoveryReport, RepoPath, STATE_DIR, WriteGate,
};
use ftc_process::ParentEnv;
use jiff::Timestamp;
use tempfile::TempDir;

/// Allows everything that is not forbidden by the gate itself, so that the executor has something to do.
pub const POLICY: &str = "
version: 1
executor:
  allowed_paths: ['**']
  forbidden_paths: ['.env']
  constraints: {binary: allow, mode_change: allow, max_files_touched: 1000}
  review_defaults: false
  require_health_checks_for_risk: []
  require_verification_for_risk: []
";

/// A tree that is changed, and beside it the key.
pub struct Site {
    directory: PathBuf,
    _temporary: Option<TempDir>,
}

/// Everything that a path can be: a directory, a link or a file with permissions and content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Directory,
    Link(PathBuf),
    File(u32, Vec<u8>),
}

impl Site {
    pub fn new() -> Self {
        let temporary = tempfile::tempdir().expect("the test has a disk");
        let site = Self {
            directory: temporary.path().to_owned(),
            _temporary: Some(temporary),
        };
        fs::create_dir(site.root()).expect("the directory is empty");
        site
    }

    /// A site in a directory that somebody else made.
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        fs::create_dir_all(directory.join("tree")).expect("a directory can be made");
        Self {
            directory,
            _temporary: None,
        }
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub fn root(&self) -> PathBuf {
        self.directory.join("tree")
    }

    pub fn state(&self, name: &str) -> PathBuf {
        self.root().join(STATE_DIR).join(name)
    }

    pub fn options(&self) -> ExecutorOptions {
        ExecutorOptions::new(self.directory.join("keys"))
            .actor("tester")
            .env(ParentEnv::capture())
    }

    pub fn open(&self) -> (Executor, RecoveryReport) {
        Executor::open(&self.root(), self.options()).expect("the tree can be opened")
    }

    /// Writes a file with the directories that it needs.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("it is in the tree"))
            .expect("directories can be made");
        fs::write(path, content).expect("a file can be written");
        self
    }

    pub fn chmod(&self, path: &str, bits: u32) -> &Self {
        fs::set_permissions(self.root().join(path), Permissions::from_mode(bits))
            .expect("it is our file");
        self
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn bits(&self, path: &str) -> u32 {
        let metadata = fs::symlink_metadata(self.root().join(path)).expect("it exists");
        metadata.permissions().mode() & 0o7777
    }

    /// The whole tree but for the state directory.
    pub fn snapshot(&self) -> BTreeMap<String, Entry> {
        let mut entries = BTreeMap::new();
        read_into(&self.root(), "", &mut entries);
        entries
    }

    /// Opens the tree and applies.
    pub fn apply(&self, change: &Change) -> Result<ExecutionResult, ExecError> {
        self.apply_with(change, change.blobs.as_ref())
    }

    /// The same with other blobs.
    pub fn apply_with(
        &self,
        change: &Change,
        blobs: &dyn BlobStore,
    ) -> Result<ExecutionResult, ExecError> {
        let (executor, report) = self.open();
        assert!(report.is_clean(), "{report:?}");
        change.authorized(|authorized| executor.execute(authorized, blobs))
    }

    /// Whether a transaction was left behind.
    pub fn has_transaction(&self) -> bool {
        self.state("txn").exists()
    }
}

fn read_into(directory: &Path, prefix: &str, entries: &mut BTreeMap<String, Entry>) {
    for entry in fs::read_dir(directory).expect("it can be listed") {
        let entry = entry.expect("it can be listed");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if name == STATE_DIR {
            continue;
        }
        let metadata = fs::symlink_metadata(entry.path()).expect("it is there");
        let value = if metadata.is_symlink() {
            Entry::Link(fs::read_link(entry.path()).expect("it is a link"))
        } else if metadata.is_dir() {
            read_into(&entry.path(), &format!("{name}/"), entries);
            Entry::Directory
        } else if metadata.is_file() {
            let bits = metadata.permissions().mode() & 0o7777;
            Entry::File(bits, fs::read(entry.path()).expect("it can be read"))
        } else {
            continue;
        };
        entries.insert(name, value);
    }
}

/// A plan, its ChangeSet and the bytes.
pub struct Change {
    pub plan: ChangePlan,
    pub set: ChangeSet,
    pub blobs: Rc<MemoryBlobs>,
}

impl Change {
    /// A change with a plan of its own.
    pub fn new(build: impl FnOnce(ChangeSetBuilder) -> ChangeSetBuilder) -> Self {
        Self::of(plan(), build)
    }

    pub fn of(plan: ChangePlan, build: impl FnOnce(ChangeSetBuilder) -> ChangeSetBuilder) -> Self {
        let blobs = Rc::new(MemoryBlobs::new());
        let set = build(ChangeSet::builder(&plan))
            .build(blobs.as_ref())
            .expect("the ChangeSet is valid");
        Self { plan, set, blobs }
    }

    /// A change that rewrites one file.
    pub fn rewrite(at: &str, old: &str, new: &str) -> Self {
        Self::new(|builder| {
            builder.modify(
                path(at),
                OldFile::regular(old.as_bytes()),
                new.as_bytes(),
                None,
            )
        })
    }

    /// The change that undoes this one, with a plan of its own.
    pub fn inverse(&self) -> Self {
        let plan = plan();
        Self {
            set: self.set.inverse(&plan).expect("an inverse is valid"),
            blobs: self.blobs.clone(),
            plan,
        }
    }

    /// Calls `use_it` with the right to apply the change, which the gate must give.
    pub fn authorized<R>(&self, use_it: impl FnOnce(Authorized<'_>) -> R) -> R {
        let policy = Policy::parse(POLICY, "test policy").expect("the policy is valid");
        let now = Timestamp::now();
        let facts = Facts::new(now);
        let decision =
            WriteGate::evaluate(&policy, &self.plan, &self.set, &facts, self.blobs.as_ref());
        let authorized = WriteGate::authorize(&policy, &self.plan, &self.set, &decision, &[], now)
            .unwrap_or_else(|error| panic!("{error}: {:?}", decision.findings));
        use_it(authorized)
    }
}

pub fn plan() -> ChangePlan {
    let actor = Actor::new("ada").expect("it is a name");
    let mut plan = ChangePlan::new("try it", actor, Base::new("test"), Timestamp::now());
    plan.scope = vec!["**".to_owned()];
    plan
}

pub fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("it is a path")
}

/// A tree with something for each operation, and the change with all of them.
pub fn five_operations(site: &Site) -> Change {
    lay_five_files(site);
    five_changes()
}

pub fn lay_five_files(site: &Site) {
    site.write("src/lib.rs", "old\n")
        .write("run.sh", "#!/bin/sh\n")
        .chmod("run.sh", 0o755)
        .write("gone/deep/last.txt", "last\n")
        .write("name/old.txt", "moved\n")
        .write("tool", "tool\n")
        .write("untouched", "same\n");
}

pub fn five_changes() -> Change {
    Change::new(|builder| {
        builder
            .create(path("fresh/dir/new.txt"), b"new\n", Mode::Regular)
            .modify(
                path("src/lib.rs"),
                OldFile::regular(b"old\n"),
                b"new content\n",
                None,
            )
            .delete(path("gone/deep/last.txt"), OldFile::regular(b"last\n"))
            .rename(
                path("name/old.txt"),
                path("other/new.txt"),
                OldFile::regular(b"moved\n"),
                None,
                None,
            )
            .set_mode(path("tool"), OldFile::regular(b"tool\n"), Mode::Executable)
    })
}
