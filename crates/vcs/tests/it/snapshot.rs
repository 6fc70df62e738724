//! The tree of a worktree, against plain git.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use ftc_vcs::{ObjectId, Repository, TreeError};
use proptest::prelude::*;

use crate::support::{Fixture, git, git_program, set_mode, tree_by_git, write};

#[track_caller]
fn check_against_git(fixture: &Fixture) -> ObjectId {
    let path = fixture.path();
    let tree = fixture.repository.worktree_tree(&path).unwrap();
    assert_eq!(tree, tree_by_git(&path));
    tree
}

#[test]
fn an_untouched_worktree_has_the_tree_of_its_commit() {
    let fixture = Fixture::new();
    let tree = check_against_git(&fixture);
    assert_eq!(tree.to_string(), fixture.git(["rev-parse", "HEAD^{tree}"]));
    assert!(fixture.repository.is_clean(&fixture.path()).unwrap());
}

#[test]
fn changes_of_every_sort_are_seen() {
    let fixture = Fixture::new();
    let path = fixture.path();
    fixture.write("README.md", "changed\n");
    fixture.write("new/file.txt", "new\n");
    fs::remove_file(path.join("src/lib.rs")).unwrap();
    set_mode(&path.join("run.sh"), 0o644);
    fs::remove_file(path.join("link")).unwrap();
    symlink("elsewhere", path.join("link")).unwrap();
    fixture.write("ignored.log", "no\n");
    fixture.write("target/out", "no\n");
    let tree = check_against_git(&fixture);
    assert!(!fixture.repository.is_clean(&path).unwrap());
    let names = fixture.git(["ls-tree", "-r", "--name-only", &tree.to_string()]);
    assert_eq!(
        names,
        ".gitignore\nREADME.md\nlink\nnew/file.txt\nrun.sh\nsrc/deep/er/mod.rs"
    );
}

#[test]
fn files_and_directories_that_change_places() {
    let fixture = Fixture::new();
    let path = fixture.path();
    fs::remove_dir_all(path.join("src")).unwrap();
    fixture.write("src", "a file now\n");
    fs::remove_file(path.join("README.md")).unwrap();
    fixture.write("README.md/inside", "a directory now\n");
    check_against_git(&fixture);
}

#[test]
fn a_directory_replaced_by_a_link_is_a_link() {
    let fixture = Fixture::new();
    let path = fixture.path();
    fs::rename(path.join("src"), fixture.beside("moved")).unwrap();
    symlink(fixture.beside("moved"), path.join("src")).unwrap();
    check_against_git(&fixture);
}

#[test]
fn names_that_are_not_utf8() {
    let fixture = Fixture::new();
    let name = OsStr::from_bytes(b"caf\xe9 \n.txt");
    fs::write(fixture.path().join(name), "x").unwrap();
    let tree = check_against_git(&fixture);
    let changes = fixture.repository.diff_trees(fixture.head(), tree).unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].path.as_os_str(), name);
}

#[test]
fn the_order_of_git_where_a_directory_and_a_file_begin_alike() {
    let fixture = Fixture::new();
    for name in ["a/x", "a.b", "a-b", "a0", "a"] {
        let path = fixture.path().join(name);
        if !path.exists() {
            write(&path, name);
        }
    }
    check_against_git(&fixture);
}

#[test]
fn a_tracked_file_counts_although_it_is_ignored() {
    let fixture = Fixture::new();
    fixture.write("target/kept.log", "kept\n");
    fixture.git(["add", "-f", "target/kept.log"]);
    fixture.git(["commit", "-q", "-m", "forced"]);
    fixture.write("target/kept.log", "changed\n");
    fixture.write("target/other", "ignored\n");
    check_against_git(&fixture);
}

#[test]
fn a_file_added_by_force_and_not_committed_counts() {
    let fixture = Fixture::new();
    fixture.write("target/forced", "forced\n");
    fixture.git(["add", "-f", "target/forced"]);
    let tree = check_against_git(&fixture);
    assert!(
        fixture
            .repository
            .read_file(tree, "target/forced")
            .unwrap()
            .is_some()
    );
}

#[test]
fn ignore_rules_of_directories_and_of_the_repository() {
    let fixture = Fixture::new();
    fixture.repository.exclude("/private/").unwrap();
    fixture.write("private/key", "no\n");
    fixture.write("sub/.gitignore", "*.o\n!keep.o\nout/\n");
    fixture.write("sub/a.o", "no\n");
    fixture.write("sub/keep.o", "yes\n");
    fixture.write("sub/deep/b.o", "no\n");
    fixture.write("sub/out/c", "no\n");
    fixture.write("a.o", "yes\n");
    fixture.write("very.log/inside", "no\n");
    check_against_git(&fixture);
}

#[test]
fn index_flags_hide_nothing() {
    let fixture = Fixture::new();
    let clean = fixture.repository.worktree_tree(&fixture.path()).unwrap();
    fixture.git(["update-index", "--assume-unchanged", "README.md"]);
    fixture.git(["update-index", "--skip-worktree", "src/lib.rs"]);
    fixture.write("README.md", "hidden?\n");
    fixture.write("src/lib.rs", "hidden?\n");
    let tree = fixture.repository.worktree_tree(&fixture.path()).unwrap();
    let changes = fixture.repository.diff_trees(clean, tree).unwrap();
    assert_eq!(changes.len(), 2);
    assert!(!fixture.repository.is_clean(&fixture.path()).unwrap());
}

#[test]
fn a_file_of_the_same_size_and_time_is_read_anyway() {
    let fixture = Fixture::new();
    let file = fixture.path().join("README.md");
    let times = fs::metadata(&file).unwrap().modified().unwrap();
    fixture.write("README.md", "hellO\n");
    fs::File::options()
        .write(true)
        .open(&file)
        .unwrap()
        .set_modified(times)
        .unwrap();
    assert!(!fixture.repository.is_clean(&fixture.path()).unwrap());
}

#[test]
fn line_endings_are_converted_as_attributes_say() {
    let fixture = Fixture::new();
    fixture.write(
        ".gitattributes",
        "*.txt text\n*.bin -text\n*.auto text=auto\n*.id ident\n",
    );
    fixture.write("a.txt", "one\r\ntwo\r\n");
    fixture.write("a.bin", "one\r\ntwo\r\n");
    fixture.write("a.auto", "one\r\ntwo\r\n");
    fixture.write("a.none", "one\r\ntwo\r\n");
    fixture.write("a.id", "$Id: whatever$\n");
    let tree = check_against_git(&fixture);
    let stored = fixture.repository.read_file(tree, "a.txt").unwrap();
    assert_eq!(stored.as_deref(), Some(b"one\ntwo\n".as_slice()));
}

#[test]
fn carriage_returns_that_are_committed_stay_where_text_is_guessed() {
    let fixture = Fixture::new();
    fixture.write("a.auto", "one\r\ntwo\r\n");
    fixture.commit("with carriage returns");
    fixture.write(".gitattributes", "*.auto text=auto\n");
    fixture.write("a.auto", "one\r\nthree\r\n");
    check_against_git(&fixture);
}

#[test]
fn a_nested_repository_is_files() {
    let fixture = Fixture::new();
    let nested = fixture.path().join("nested");
    write(&nested.join("file"), "inside\n");
    git(&nested, ["init", "-q"]);
    let tree = fixture.repository.worktree_tree(&fixture.path()).unwrap();
    let names = fixture.git(["ls-tree", "-r", "--name-only", &tree.to_string(), "nested/"]);
    assert_eq!(names, "nested/file");
}

#[test]
fn what_is_called_like_git_is_left_out() {
    let fixture = Fixture::new();
    for name in [
        "a/.git",
        "a/.GIT",
        "a/.gIt/config",
        "a/git~1",
        "a/.git ",
        "a/.git\u{200c}",
    ] {
        fixture.write(name, "x");
    }
    fixture.write("a/.gitx", "x");
    fixture.write("a/git", "x");
    let tree = fixture.repository.worktree_tree(&fixture.path()).unwrap();
    let names = fixture.git(["ls-tree", "-r", "--name-only", &tree.to_string(), "a/"]);
    assert_eq!(names, "a/.gitx\na/git");
}

#[test]
fn a_submodule_stays_at_its_commit() {
    let fixture = Fixture::new();
    let module = Fixture::new();
    fixture.git([
        "submodule",
        "add",
        "-q",
        module.path().to_str().unwrap(),
        "module",
    ]);
    fixture.commit("with a submodule");
    check_against_git(&fixture);
    let before = fixture.repository.worktree_tree(&fixture.path()).unwrap();
    fixture.write("module/README.md", "changed inside\n");
    assert_eq!(
        fixture.repository.worktree_tree(&fixture.path()).unwrap(),
        before
    );
    fs::remove_dir_all(fixture.path().join("module")).unwrap();
    check_against_git(&fixture);
}

#[test]
fn other_worktrees_inside_this_one_are_not_its_files() {
    let fixture = Fixture::new();
    let inside = fixture.path().join("slots/1");
    fixture
        .repository
        .add_worktree(&inside, fixture.head(), "test")
        .unwrap();
    assert!(fixture.repository.is_clean(&fixture.path()).unwrap());
}

#[test]
fn pipes_and_sockets_are_passed_over() {
    let fixture = Fixture::new();
    let pipe = fixture.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(fixture.path().join("socket")).unwrap();
    assert!(fixture.repository.is_clean(&fixture.path()).unwrap());
}

#[test]
fn the_index_of_the_worktree_is_not_touched() {
    let fixture = Fixture::new();
    fixture.write("staged", "staged\n");
    fixture.git(["add", "staged"]);
    fixture.write("new", "new\n");
    let index = fixture.path().join(".git/index");
    let before = fs::read(&index).unwrap();
    fixture.repository.worktree_tree(&fixture.path()).unwrap();
    assert_eq!(fs::read(&index).unwrap(), before);
}

#[test]
fn a_repository_without_commits() {
    let temporary = tempfile::tempdir().unwrap();
    let repository = Repository::init(temporary.path(), "main", &git_program()).unwrap();
    let tree = repository.worktree_tree(temporary.path()).unwrap();
    assert_eq!(tree, ObjectId::EMPTY_TREE);
    assert!(repository.is_clean(temporary.path()).unwrap());
    write(&temporary.path().join("a"), "a");
    assert_eq!(
        repository.worktree_tree(temporary.path()).unwrap(),
        tree_of_one_file(temporary.path())
    );
    assert!(!repository.is_clean(temporary.path()).unwrap());
}

fn tree_of_one_file(path: &std::path::Path) -> ObjectId {
    git(path, ["add", "-A"]);
    git(path, ["write-tree"]).parse().unwrap()
}

#[test]
fn a_damaged_index_is_no_obstacle() {
    let fixture = Fixture::new();
    fixture.write(".git/index", "not an index");
    assert!(fixture.repository.is_clean(&fixture.path()).unwrap());
    fs::remove_file(fixture.path().join(".git/index")).unwrap();
    assert!(fixture.repository.is_clean(&fixture.path()).unwrap());
}

#[test]
fn a_folder_that_is_no_worktree_is_refused() {
    let fixture = Fixture::new();
    let folder = fixture.beside("folder");
    write(&folder.join("file"), "x");
    for path in [folder, fixture.path().join("src"), fixture.beside("absent")] {
        let error = fixture.repository.worktree_tree(&path).unwrap_err();
        assert!(matches!(error, TreeError::NotAWorktree { .. }), "{error}");
    }
}

/// What a random agent may do to a file.
#[derive(Debug, Clone)]
enum Step {
    Write(&'static str, u8),
    Delete(&'static str),
    Link(&'static str, &'static str),
    Executable(&'static str, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let name = prop::sample::select(vec![
        "a",
        "b/c",
        "b/d/e",
        "b",
        "x.log",
        "target/t",
        "a/b",
        "keep/x.log",
        ".gitignore",
        "b/.gitignore",
    ]);
    prop_oneof![
        (name.clone(), any::<u8>()).prop_map(|(name, byte)| Step::Write(name, byte)),
        name.clone().prop_map(Step::Delete),
        (name.clone(), name.clone()).prop_map(|(name, to)| Step::Link(name, to)),
        (name, any::<bool>()).prop_map(|(name, set)| Step::Executable(name, set)),
    ]
}

fn apply(root: &std::path::Path, step: &Step) {
    // Steps that make no sense on the files that are there do nothing.
    let clear = |name: &str| {
        let path = root.join(name);
        if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
            fs::remove_dir_all(&path).ok();
        } else {
            fs::remove_file(&path).ok();
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).ok();
        }
        path
    };
    match step {
        Step::Write(name, byte) => {
            let text = match byte % 5 {
                0 => "*.log\n".to_owned(),
                1 => "!x.log\n/d\n".to_owned(),
                other => format!("text {other}\n"),
            };
            fs::write(clear(name), text).ok();
        }
        Step::Delete(name) => {
            clear(name);
        }
        Step::Link(name, to) => {
            symlink(to, clear(name)).ok();
        }
        Step::Executable(name, set) => {
            let path = root.join(name);
            if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
                set_mode(&path, if *set { 0o755 } else { 0o644 });
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_change_of_files_makes_the_tree_that_git_makes(
        first in prop::collection::vec(step(), 0..8),
        second in prop::collection::vec(step(), 1..12),
    ) {
        let fixture = Fixture::new();
        for step in &first {
            apply(&fixture.path(), step);
        }
        fixture.commit("first steps");
        let worktree = fixture.worktree("slot");
        for step in &second {
            apply(&worktree, step);
        }
        let tree = fixture.repository.worktree_tree(&worktree).unwrap();
        prop_assert_eq!(tree, tree_by_git(&worktree));
        // And back: a reset leaves what a fresh checkout has.
        fixture.repository.reset_worktree(&worktree, fixture.head(), &[]).unwrap();
        prop_assert!(fixture.repository.is_clean(&worktree).unwrap());
        prop_assert_eq!(git(&worktree, ["status", "--porcelain", "--ignored"]), "");
    }
}
