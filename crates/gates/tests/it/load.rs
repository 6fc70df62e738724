//! The gate file of a commit.

use ftc_gates::{GateFile, LoadGatesError};
use ftc_process::ParentEnv;
use ftc_vcs::{GitProgram, NewCommit, ObjectId, Repository, Signature};
use tempfile::TempDir;

struct Project {
    directory: TempDir,
    repository: Repository,
}

impl Project {
    fn new() -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        let git = GitProgram::find(&ParentEnv::capture()).expect("the tests need git");
        let repository = Repository::init(directory.path(), "main", &git).expect("it can be made");
        Self {
            directory,
            repository,
        }
    }

    fn commit(&self, content: &[u8]) -> ObjectId {
        std::fs::write(self.directory.path().join("gates.yaml"), content)
            .expect("it can be written");
        self.commit_all()
    }

    fn commit_all(&self) -> ObjectId {
        let who = Signature::new("Somebody", "somebody@example.com", 0);
        let tree = self
            .repository
            .worktree_tree(self.directory.path())
            .expect("it can be read");
        let commit = NewCommit {
            tree,
            parents: Vec::new(),
            author: who.clone(),
            committer: who,
            message: "say something".to_owned(),
        };
        self.repository
            .commit_tree(&commit)
            .expect("it can be committed")
    }
}

#[test]
fn the_commit_is_read_and_not_the_worktree() {
    let project = Project::new();
    let commit = project.commit(b"version: 1\ngates: [{id: a, argv: [x]}]\n");
    project.commit(b"version: 1\ngates: [{id: b, argv: [x]}]\n");
    assert_eq!(
        GateFile::load(&project.repository, commit).unwrap().gates[0].id,
        "a"
    );
}

#[test]
fn what_is_wrong_is_found_in_the_commit() {
    let project = Project::new();
    let commit = project.commit(b"version: 1\ngates: []\n");
    let error = GateFile::load(&project.repository, commit).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{}:gates.yaml:2:8: there is no gate", commit.short())
    );
    let commit = project.commit(b"version: \xff\n");
    assert!(matches!(
        GateFile::load(&project.repository, commit),
        Err(LoadGatesError::NotUtf8 { .. })
    ));
}

#[test]
fn a_commit_without_the_file_says_so() {
    let project = Project::new();
    let error = GateFile::load(&project.repository, project.commit_all()).unwrap_err();
    assert!(error.is_absent() && !error.hints().is_empty(), "{error:?}");
    // A link could lead to a file that the one who is judged has written.
    std::os::unix::fs::symlink(
        "elsewhere.yaml",
        project.directory.path().join("gates.yaml"),
    )
    .unwrap();
    assert!(
        GateFile::load(&project.repository, project.commit_all())
            .unwrap_err()
            .is_absent()
    );
}
