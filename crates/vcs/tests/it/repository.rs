//! Finding and making repositories.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use ftc_vcs::{InitError, OpenError, Repository, ResolveError};

use crate::support::{Fixture, git, git_program, write};

fn open(path: &Path) -> Result<Repository, OpenError> {
    Repository::open(path, &git_program())
}

#[test]
fn any_folder_inside_a_worktree_will_do() {
    let fixture = Fixture::new();
    let top = fs::canonicalize(fixture.path()).unwrap();
    let through_a_link = fixture.beside("link");
    symlink(fixture.path(), &through_a_link).unwrap();
    for path in [
        fixture.path(),
        fixture.path().join("src/deep"),
        fixture.path().join(".git"),
        fixture.path().join("src/../src"),
        fixture.path().join("README.md"),
        through_a_link,
    ] {
        let repository = open(&path).unwrap();
        assert_eq!(
            repository.work_dir(),
            Some(top.as_path()),
            "{}",
            path.display()
        );
        assert_eq!(repository.git_dir(), top.join(".git"));
        assert_eq!(repository.common_dir(), top.join(".git"));
    }
}

#[test]
fn a_bare_repository_has_no_worktree() {
    let fixture = Fixture::new();
    let (url, _) = fixture.origin();
    let origin = open(Path::new(&url)).unwrap();
    assert_eq!(origin.work_dir(), None);
    assert_eq!(origin.resolve("main").unwrap(), fixture.head());
    let inside = open(&Path::new(&url).join("refs/heads")).unwrap();
    assert_eq!(inside.git_dir(), origin.git_dir());
}

#[test]
fn nothing_there_and_not_a_repository() {
    let temporary = tempfile::tempdir().unwrap();
    let error = open(temporary.path()).unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert!(
        error
            .to_string()
            .contains(temporary.path().to_str().unwrap())
    );
    let error = open(&temporary.path().join("absent")).unwrap_err();
    assert!(matches!(error, OpenError::Path { .. }), "{error}");
}

#[test]
fn a_git_file_that_leads_nowhere() {
    let temporary = tempfile::tempdir().unwrap();
    for text in ["gitdir: ../nowhere\n", "rubbish", ""] {
        write(&temporary.path().join(".git"), text);
        let error = open(temporary.path()).unwrap_err();
        assert!(matches!(error, OpenError::BrokenLink { .. }), "{error}");
    }
}

#[test]
fn settings_that_claim_another_worktree_are_not_believed() {
    let fixture = Fixture::new();
    let elsewhere = fixture.beside("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fixture.git(["config", "core.worktree", elsewhere.to_str().unwrap()]);
    fixture.git(["config", "core.bare", "true"]);
    let repository = open(&fixture.path()).unwrap();
    let top = fs::canonicalize(fixture.path()).unwrap();
    assert_eq!(repository.work_dir(), Some(top.as_path()));
    assert!(repository.is_clean(&fixture.path()).unwrap());
}

#[test]
fn formats_that_are_not_supported_are_errors() {
    let temporary = tempfile::tempdir().unwrap();
    let sha256 = temporary.path().join("sha256");
    fs::create_dir(&sha256).unwrap();
    git(&sha256, ["init", "-q", "--object-format=sha256"]);
    let error = open(&sha256).unwrap_err();
    assert!(matches!(error, OpenError::Unreadable { .. }), "{error}");
    assert!(error.hints()[0].contains("SHA-256"));

    let fixture = Fixture::new();
    fixture.write(".git/config", "[core\nrubbish");
    let error = open(&fixture.path()).unwrap_err();
    assert!(matches!(error, OpenError::Unreadable { .. }), "{error}");
}

#[test]
fn init_makes_what_git_accepts() {
    let temporary = tempfile::tempdir().unwrap();
    let path = temporary.path().join("new/deep");
    let repository = Repository::init(&path, "trunk", &git_program()).unwrap();
    assert_eq!(git(&path, ["symbolic-ref", "HEAD"]), "refs/heads/trunk");
    assert!(!path.join(".git/hooks").exists());
    let error = repository.resolve("HEAD").unwrap_err();
    assert!(matches!(error, ResolveError::NotFound { .. }), "{error}");

    let bare = temporary.path().join("bare.git");
    let repository = Repository::init_bare(&bare, "main", &git_program()).unwrap();
    assert_eq!(repository.work_dir(), None);
    assert_eq!(git(&bare, ["rev-parse", "--is-bare-repository"]), "true");
}

#[test]
fn init_refuses_a_name_that_no_branch_can_have() {
    let temporary = tempfile::tempdir().unwrap();
    for name in ["", "-x", "a..b", "a b", "x.lock", "a\nb"] {
        let error = Repository::init(temporary.path(), name, &git_program()).unwrap_err();
        assert!(matches!(error, InitError::BranchName { .. }), "{error}");
    }
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
    write(&temporary.path().join("file"), "x");
    let error = Repository::init(&temporary.path().join("file"), "main", &git_program());
    assert!(matches!(error, Err(InitError::Create { .. })));
}

#[test]
fn a_pattern_is_excluded_once() {
    let fixture = Fixture::new();
    let file = fixture.path().join(".git/info/exclude");
    write(&file, "# no line break at the end");
    fixture.repository.exclude("/.worktrees/").unwrap();
    fixture.repository.exclude("/.worktrees/").unwrap();
    fixture.repository.exclude("/.other/").unwrap();
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "# no line break at the end\n/.worktrees/\n/.other/\n"
    );
    for pattern in ["", "  ", "# comment", "a\nb"] {
        fixture.repository.exclude(pattern).unwrap_err();
    }
    fs::remove_dir_all(file.parent().unwrap()).unwrap();
    fixture.repository.exclude("/.worktrees/").unwrap();
    fixture.write(".worktrees/x", "x");
    assert_eq!(fixture.git(["status", "--porcelain"]), "");
}

#[test]
fn a_list_of_excluded_files_that_is_a_link_is_not_written() {
    let fixture = Fixture::new();
    let file = fixture.path().join(".git/info/exclude");
    let victim = fixture.beside("victim");
    write(&victim, "precious");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::remove_file(&file).ok();
    symlink(&victim, &file).unwrap();
    fixture.repository.exclude("/x/").unwrap_err();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
}

#[test]
fn a_repository_may_be_used_from_many_threads() {
    fn check<T: Clone + Send + Sync + 'static>(_: &T) {}
    let fixture = Fixture::new();
    check(&fixture.repository);
    let head = fixture.head();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(fixture.repository.resolve("HEAD").unwrap(), head));
        }
    });
    assert!(format!("{:?}", fixture.repository).contains("main"));
}
