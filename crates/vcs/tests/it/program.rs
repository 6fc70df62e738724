//! Finding the git program.

use std::path::Path;

use ftc_process::ParentEnv;
use ftc_vcs::{GitProgram, GitProgramError, GitVersion, Repository};

use crate::support::{Fixture, git, set_mode, write};

fn with_fake_git(script: &str) -> Result<GitProgram, GitProgramError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("git");
    write(&path, format!("#!/bin/sh\n{script}\n"));
    set_mode(&path, 0o755);
    GitProgram::find(&ParentEnv::from_iter([("PATH", directory.path())]))
}

#[test]
fn tells_its_version() {
    for (answer, expected) in [
        ("git version 2.47.3", "2.47.3"),
        ("git version 2.39.5 (Apple Git-154)", "2.39.5"),
        ("git version 2.45.1.windows.1", "2.45.1"),
        ("git version 2.50.0-rc1", "2.50.0"),
        ("git version 3.0", "3.0.0"),
    ] {
        let git = with_fake_git(&format!("echo '{answer}'")).unwrap();
        assert_eq!(git.version().to_string(), expected);
    }
}

#[test]
fn an_old_one_is_refused_with_both_versions() {
    let error = with_fake_git("echo 'git version 2.37.9'").unwrap_err();
    assert!(
        matches!(
            error,
            GitProgramError::TooOld { found, needed, .. }
                if found == GitVersion::new(2, 37, 9) && needed == GitVersion::new(2, 38, 0)
        ),
        "{error}"
    );
    assert!(error.to_string().contains("git 2.37.9 at "), "{error}");
    assert_eq!(error.hints(), ["install git 2.38.0 or newer"]);
    assert!(!error.is_retryable());
}

#[test]
fn none_at_all_says_where_was_searched() {
    let empty = tempfile::tempdir().unwrap();
    let error = GitProgram::find(&ParentEnv::from_iter([("PATH", empty.path())])).unwrap_err();
    assert_eq!(error.to_string(), "program `git` was not found");
    assert!(error.hints()[0].contains(empty.path().to_str().unwrap()));
    GitProgram::find(&ParentEnv::default()).unwrap_err();
}

#[test]
fn what_does_not_answer_like_git_is_refused() {
    for script in [
        "echo hello",
        "exit 1",
        "echo 'git version 2.47.3'; exit 3",
        "echo 'git version x'",
    ] {
        let error = with_fake_git(script).unwrap_err();
        assert!(matches!(error, GitProgramError::NotGit { .. }), "{error}");
    }
}

#[test]
fn private_directories_go_where_the_environment_says_and_do_not_stay() {
    let fixture = Fixture::new();
    let temporary = tempfile::tempdir().unwrap();
    let path = ParentEnv::capture();
    let git = GitProgram::find(&ParentEnv::from_iter([
        ("PATH", path.var_os("PATH").unwrap()),
        ("TMPDIR", temporary.path().as_os_str()),
    ]))
    .unwrap();
    let repository = Repository::open(&fixture.path(), &git).unwrap();
    repository
        .merge_trees(fixture.head(), fixture.head())
        .unwrap();
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
    std::fs::remove_dir(temporary.path()).unwrap();
    let error = repository
        .merge_trees(fixture.head(), fixture.head())
        .unwrap_err();
    assert!(error.hints()[0].contains("TMPDIR"), "{error}");
}

/// claude-code#69802: `GIT_DIR`, `GIT_INDEX_FILE` and the like of a hook reached git, which then wrote `core.bare` and
/// `core.worktree` into the wrong repository.
#[test]
fn git_variables_of_the_parent_never_reach_git() {
    const CHILD: &str = "FTC_TEST_HOSTILE_ENVIRONMENT";
    if let Some(marker) = ParentEnv::capture().var_os(CHILD) {
        use_everything(Path::new(marker));
        return;
    }
    let victim = Fixture::new();
    let before = fingerprint(&victim);
    let marker = victim.beside("marker");
    let touch = format!("touch '{}'", marker.display());
    let mut spawn = ftc_process::Spawn::new([std::env::current_exe().unwrap()])
        .args([
            "--exact",
            "program::git_variables_of_the_parent_never_reach_git",
        ])
        .inherit_from(&ParentEnv::capture())
        .env(CHILD, &marker)
        .env("GIT_DIR", victim.path().join(".git"))
        .env("GIT_WORK_TREE", victim.path())
        .env("GIT_INDEX_FILE", victim.path().join(".git/index"))
        .env("GIT_OBJECT_DIRECTORY", victim.path().join(".git/objects"))
        .env("GIT_COMMON_DIR", victim.path().join(".git"))
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "core.fsmonitor")
        .env("GIT_CONFIG_VALUE_0", &touch)
        .env("GIT_NAMESPACE", "elsewhere")
        .env("GIT_CEILING_DIRECTORIES", victim.temporary.path())
        .env("GIT_TRACE2", &marker);
    for name in [
        "GIT_EXTERNAL_DIFF",
        "GIT_SSH_COMMAND",
        "GIT_ASKPASS",
        "GIT_EDITOR",
        "GIT_PROXY_COMMAND",
    ] {
        spawn = spawn.env(name, &touch);
    }
    let outcome = spawn.run().unwrap();
    assert!(outcome.success(), "{}", outcome.stdout.to_text());
    assert_eq!(fingerprint(&victim), before);
    assert!(!marker.exists());
}

fn use_everything(_marker: &Path) {
    let fixture = Fixture::new();
    let repository = &fixture.repository;
    let worktree = fixture.worktree("slot");
    write(&worktree.join("new"), "x");
    let tree = repository.worktree_tree(&worktree).unwrap();
    let commit = repository
        .commit_tree(&crate::support::new_commit(
            tree,
            vec![fixture.head()],
            "new",
        ))
        .unwrap();
    let (url, origin) = fixture.origin();
    repository
        .push(
            &url,
            &[ftc_vcs::PushUpdate::new(
                "refs/heads/x",
                Some(commit),
                ftc_vcs::Expected::Absent,
            )],
        )
        .unwrap();
    assert_eq!(origin.reference("refs/heads/x").unwrap(), Some(commit));
    repository
        .fetch(&url, &["+refs/heads/*:refs/remotes/origin/*"])
        .unwrap();
    repository.merge_trees(fixture.head(), commit).unwrap();
    repository.reset_worktree(&worktree, commit, &[]).unwrap();
    assert_eq!(git(&worktree, ["status", "--porcelain"]), "");
    repository.remove_worktree(&worktree).unwrap();
}

fn fingerprint(fixture: &Fixture) -> (Vec<u8>, Vec<u8>, String) {
    let git_dir = fixture.path().join(".git");
    (
        std::fs::read(git_dir.join("config")).unwrap(),
        std::fs::read(git_dir.join("index")).unwrap(),
        fixture.git(["for-each-ref"]),
    )
}
