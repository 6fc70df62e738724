//! A worktree becomes a commit again.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::Path;

use ftc_vcs::{ObjectId, WorktreeError};

use crate::support::{Fixture, git, set_mode, write};

/// The worktree holds exactly what a fresh one holds, and git agrees about everything.
#[track_caller]
fn check_like_fresh(fixture: &Fixture, worktree: &Path, commit: ObjectId) {
    assert_eq!(git(worktree, ["rev-parse", "HEAD"]), commit.to_string());
    assert_eq!(
        git(
            worktree,
            [
                "status",
                "--porcelain",
                "--ignored",
                "--untracked-files=all"
            ]
        ),
        ""
    );
    assert_eq!(git(worktree, ["diff-files", "--name-only"]), "");
    let fresh = fixture.beside("fresh");
    fixture.git([
        "worktree",
        "add",
        "-q",
        "--detach",
        fresh.to_str().unwrap(),
        &commit.to_string(),
    ]);
    assert_eq!(listing(worktree), listing(&fresh));
    assert_eq!(
        git(worktree, ["ls-files", "-s", "-v"]),
        git(&fresh, ["ls-files", "-s", "-v"])
    );
    fixture.git(["worktree", "remove", "--force", fresh.to_str().unwrap()]);
}

/// All files with type, executable bit and content.
fn listing(top: &Path) -> Vec<String> {
    fn visit(top: &Path, directory: &Path, lines: &mut Vec<String>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(top).unwrap().to_owned();
            if name == Path::new(".git") {
                continue;
            }
            let metadata = fs::symlink_metadata(&path).unwrap();
            if metadata.is_dir() {
                lines.push(format!("{} directory", name.display()));
                visit(top, &path, lines);
            } else if metadata.is_symlink() {
                let target = fs::read_link(&path).unwrap();
                lines.push(format!("{} -> {}", name.display(), target.display()));
            } else {
                let bytes = fs::read(&path).unwrap();
                lines.push(format!(
                    "{} {} {}",
                    name.display(),
                    metadata.mode() & 0o100,
                    bytes.escape_ascii()
                ));
            }
        }
    }
    let mut lines = Vec::new();
    visit(top, top, &mut lines);
    lines.sort();
    lines
}

#[track_caller]
fn check_reset(disturb: impl FnOnce(&Fixture, &Path)) {
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    disturb(&fixture, &worktree);
    let commit = fixture.head();
    fixture
        .repository
        .reset_worktree(&worktree, commit, &[])
        .unwrap();
    check_like_fresh(&fixture, &worktree, commit);
}

#[test]
fn nothing_to_do_writes_nothing() {
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    let before = fs::metadata(worktree.join("README.md")).unwrap();
    fixture
        .repository
        .reset_worktree(&worktree, fixture.head(), &[])
        .unwrap();
    let after = fs::metadata(worktree.join("README.md")).unwrap();
    assert_eq!(before.ino(), after.ino());
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
    check_like_fresh(&fixture, &worktree, fixture.head());
}

#[test]
fn files_that_are_right_are_not_written() {
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    let before = fs::metadata(worktree.join("README.md")).unwrap();
    write(&worktree.join("src/lib.rs"), "changed\n");
    fixture
        .repository
        .reset_worktree(&worktree, fixture.head(), &[])
        .unwrap();
    assert_eq!(
        before.ino(),
        fs::metadata(worktree.join("README.md")).unwrap().ino()
    );
    check_like_fresh(&fixture, &worktree, fixture.head());
}

#[test]
fn changes_of_every_sort_are_undone() {
    check_reset(|_, worktree| {
        write(&worktree.join("README.md"), "changed\n");
        fs::remove_file(worktree.join("src/lib.rs")).unwrap();
        set_mode(&worktree.join("run.sh"), 0o644);
        fs::remove_file(worktree.join("link")).unwrap();
        symlink("elsewhere", worktree.join("link")).unwrap();
        write(&worktree.join("untracked/deep/file"), "x");
        write(&worktree.join("target/ignored"), "x");
        write(&worktree.join("x.log"), "x");
        fs::create_dir_all(worktree.join("empty/directory")).unwrap();
    });
}

#[test]
fn to_another_commit_and_back() {
    let fixture = Fixture::new();
    let first = fixture.head();
    fixture.write("README.md", "second\n");
    fixture.write("added", "x\n");
    fs::remove_dir_all(fixture.path().join("src/deep")).unwrap();
    fixture.write("src/deep", "a file\n");
    let second = fixture.commit("second");
    let worktree = fixture.worktree("slot");
    for commit in [first, second, first] {
        fixture
            .repository
            .reset_worktree(&worktree, commit, &[])
            .unwrap();
        check_like_fresh(&fixture, &worktree, commit);
    }
}

#[test]
fn files_directories_and_links_that_changed_places() {
    check_reset(|_, worktree| {
        fs::remove_dir_all(worktree.join("src")).unwrap();
        write(&worktree.join("src"), "a file");
        fs::remove_file(worktree.join("README.md")).unwrap();
        write(&worktree.join("README.md/inside"), "a directory");
        fs::remove_file(worktree.join("link")).unwrap();
        write(&worktree.join("link"), "a file");
        fs::remove_file(worktree.join("run.sh")).unwrap();
        symlink("README.md", worktree.join("run.sh")).unwrap();
    });
}

#[test]
fn nothing_is_written_through_a_link() {
    check_reset(|fixture, worktree| {
        let outside = fixture.beside("outside");
        write(&outside.join("lib.rs"), "precious\n");
        write(&outside.join("deep/er/mod.rs"), "precious\n");
        fs::remove_dir_all(worktree.join("src")).unwrap();
        symlink(&outside, worktree.join("src")).unwrap();
        fs::remove_file(worktree.join("README.md")).unwrap();
        symlink(outside.join("lib.rs"), worktree.join("README.md")).unwrap();
    });
    // Once more, to look at what is outside afterwards.
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    let outside = fixture.beside("outside");
    write(&outside.join("lib.rs"), "precious\n");
    fs::remove_dir_all(worktree.join("src")).unwrap();
    symlink(&outside, worktree.join("src")).unwrap();
    symlink(&outside, worktree.join("untracked")).unwrap();
    fixture
        .repository
        .reset_worktree(&worktree, fixture.head(), &[])
        .unwrap();
    assert_eq!(listing(&outside), ["lib.rs 0 precious\\n"]);
}

#[test]
fn a_second_name_of_a_file_does_not_lead_outside() {
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    let outside = fixture.beside("outside");
    fs::hard_link(worktree.join("README.md"), &outside).unwrap();
    fixture
        .repository
        .reset_worktree(&worktree, fixture.head(), &[])
        .unwrap();
    assert_eq!(fs::metadata(worktree.join("README.md")).unwrap().nlink(), 1);
    check_like_fresh(&fixture, &worktree, fixture.head());
}

#[test]
fn nested_repositories_are_deleted() {
    check_reset(|_, worktree| {
        for name in ["nested", "src/nested", "target/nested"] {
            write(&worktree.join(name).join("file"), "x");
            git(&worktree.join(name), ["init", "-q"]);
            git(&worktree.join(name), ["add", "-A"]);
            git(&worktree.join(name), ["commit", "-q", "-m", "nested"]);
        }
    });
}

#[test]
fn directories_that_may_not_be_written() {
    check_reset(|_, worktree| {
        write(&worktree.join("locked/deep/file"), "x");
        write(&worktree.join("src/lib.rs"), "changed\n");
        set_mode(&worktree.join("locked/deep"), 0o500);
        set_mode(&worktree.join("locked"), 0o000);
        set_mode(&worktree.join("src/deep"), 0o000);
        set_mode(&worktree.join("src"), 0o500);
        set_mode(&worktree.join("README.md"), 0o000);
        set_mode(worktree, 0o500);
    });
}

#[test]
fn unusual_permissions_are_undone() {
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    set_mode(&worktree.join("README.md"), 0o4666);
    set_mode(&worktree.join("run.sh"), 0o777);
    fixture
        .repository
        .reset_worktree(&worktree, fixture.head(), &[])
        .unwrap();
    for (name, bits) in [("README.md", 0o644), ("run.sh", 0o755)] {
        let mode = fs::metadata(worktree.join(name)).unwrap().mode() & 0o7777;
        assert_eq!(mode & !0o022, bits & !0o022, "{name}");
        assert_eq!(mode & 0o002, 0, "{name}");
    }
}

#[test]
fn index_flags_and_locks_do_not_stay() {
    check_reset(|_, worktree| {
        git(
            worktree,
            ["update-index", "--assume-unchanged", "README.md"],
        );
        git(worktree, ["update-index", "--skip-worktree", "src/lib.rs"]);
        write(&worktree.join("README.md"), "hidden\n");
        write(&worktree.join("src/lib.rs"), "hidden\n");
        let admin = git(worktree, ["rev-parse", "--absolute-git-dir"]);
        let admin = Path::new(&admin);
        write(&admin.join("index.lock"), "");
        write(&admin.join("HEAD.lock"), "");
    });
}

#[test]
fn a_merge_in_progress_and_a_sparse_checkout_do_not_stay() {
    check_reset(|fixture, worktree| {
        git(worktree, ["checkout", "-q", "-b", "other"]);
        write(&worktree.join("README.md"), "theirs\n");
        git(worktree, ["commit", "-q", "-a", "-m", "theirs"]);
        fixture.write("README.md", "ours\n");
        fixture.commit("ours");
        let (merged, _) = crate::support::try_git(worktree, ["merge", "-q", "main"]);
        assert!(!merged);
        git(worktree, ["sparse-checkout", "set", "--no-cone", "/run.sh"]);
    });
}

#[test]
fn a_branch_checked_out_by_the_agent_is_left_alone() {
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    git(&worktree, ["checkout", "-q", "-b", "agent"]);
    write(&worktree.join("README.md"), "agent\n");
    git(&worktree, ["commit", "-q", "-a", "-m", "agent"]);
    let agent = git(&worktree, ["rev-parse", "HEAD"]);
    fixture
        .repository
        .reset_worktree(&worktree, fixture.head(), &[])
        .unwrap();
    check_like_fresh(&fixture, &worktree, fixture.head());
    assert_eq!(fixture.git(["rev-parse", "refs/heads/agent"]), agent);
}

#[test]
fn the_git_file_of_the_worktree_is_restored() {
    let disturbances: [fn(&Path); 4] = [
        |path| fs::write(path, "gitdir: /nowhere\n").unwrap(),
        |path| fs::remove_file(path).unwrap(),
        |path| {
            fs::remove_file(path).unwrap();
            git(path.parent().unwrap(), ["init", "-q"]);
        },
        |path| {
            fs::remove_file(path).unwrap();
            symlink("../main/README.md", path).unwrap();
        },
    ];
    for disturb in disturbances {
        check_reset(|_, worktree| disturb(&worktree.join(".git")));
    }
}

#[test]
fn what_is_kept_stays_and_nothing_else() {
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    for name in [
        "target/a",
        "cache-1/a",
        "cache-2/a",
        "other/a",
        "src/target/a",
    ] {
        write(&worktree.join(name), "x");
    }
    let outside = fixture.beside("outside");
    fs::create_dir(&outside).unwrap();
    symlink(&outside, worktree.join("cache-link")).unwrap();
    fixture
        .repository
        .reset_worktree(
            &worktree,
            fixture.head(),
            &[
                "target".to_owned(),
                "cache-*".to_owned(),
                "README.md".to_owned(),
            ],
        )
        .unwrap();
    assert!(worktree.join("target/a").exists());
    assert!(worktree.join("cache-1/a").exists());
    assert!(worktree.join("cache-2/a").exists());
    assert!(!worktree.join("other").exists());
    assert!(!worktree.join("src/target").exists());
    assert!(fs::symlink_metadata(worktree.join("cache-link")).is_err());
}

#[test]
fn what_the_commit_has_is_not_kept() {
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    write(&worktree.join("README.md"), "changed\n");
    fixture
        .repository
        .reset_worktree(&worktree, fixture.head(), &["*".to_owned()])
        .unwrap();
    assert_eq!(
        fs::read_to_string(worktree.join("README.md")).unwrap(),
        "hello\n"
    );
}

#[test]
fn a_pattern_with_a_path_is_refused() {
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    for pattern in ["a/b", ""] {
        let error = fixture
            .repository
            .reset_worktree(&worktree, fixture.head(), &[pattern.to_owned()])
            .unwrap_err();
        assert!(matches!(error, WorktreeError::Text { .. }), "{error}");
    }
}

#[test]
fn line_endings_of_attributes_are_written_and_checked() {
    let fixture = Fixture::new();
    fixture.write(".gitattributes", "*.crlf text eol=crlf\n");
    fixture.write("a.crlf", "one\ntwo\n");
    let with = fixture.commit("with attributes");
    fs::remove_file(fixture.path().join(".gitattributes")).unwrap();
    let without = fixture.commit("without attributes");
    let worktree = fixture.worktree("slot");
    for commit in [with, without, with] {
        fixture
            .repository
            .reset_worktree(&worktree, commit, &[])
            .unwrap();
        check_like_fresh(&fixture, &worktree, commit);
        let text = fs::read_to_string(worktree.join("a.crlf")).unwrap();
        assert_eq!(text.contains('\r'), commit == with);
    }
}

#[test]
fn attributes_that_convert_nothing_on_the_way_out_cost_nothing() {
    let fixture = Fixture::new();
    fixture.write(".gitattributes", "* text=auto eol=lf\n*.bin binary\n");
    fixture.commit("with attributes");
    let worktree = fixture.worktree("slot");
    let before = fs::metadata(worktree.join("README.md")).unwrap().ino();
    fixture
        .repository
        .reset_worktree(&worktree, fixture.head(), &[])
        .unwrap();
    let after = fs::metadata(worktree.join("README.md")).unwrap().ino();
    assert_eq!(before, after);
    check_like_fresh(&fixture, &worktree, fixture.head());
}

#[test]
fn carriage_returns_that_git_would_not_see_are_undone() {
    let fixture = Fixture::new();
    fixture.write(".gitattributes", "* text=auto\n");
    fixture.commit("with attributes");
    let worktree = fixture.worktree("slot");
    write(&worktree.join("README.md"), "hello\r\n");
    assert_eq!(git(&worktree, ["diff", "--name-only"]), "");
    fixture
        .repository
        .reset_worktree(&worktree, fixture.head(), &[])
        .unwrap();
    assert_eq!(
        fs::read_to_string(worktree.join("README.md")).unwrap(),
        "hello\n"
    );
}

#[test]
fn a_submodule_is_an_empty_folder() {
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
    let worktree = fixture.worktree("slot");
    write(&worktree.join("module/file"), "x");
    fixture
        .repository
        .reset_worktree(&worktree, fixture.head(), &[])
        .unwrap();
    check_like_fresh(&fixture, &worktree, fixture.head());
    assert_eq!(fs::read_dir(worktree.join("module")).unwrap().count(), 0);
}

#[test]
fn an_empty_commit_empties_the_worktree() {
    let fixture = Fixture::new();
    fixture.git(["rm", "-rq", "."]);
    fixture.git(["commit", "-q", "-m", "empty"]);
    let empty = fixture.head();
    let worktree = fixture.beside("slot");
    fixture
        .repository
        .add_worktree(&worktree, empty, "test")
        .unwrap();
    check_like_fresh(&fixture, &worktree, empty);
    write(&worktree.join("file"), "x");
    fixture
        .repository
        .reset_worktree(&worktree, empty, &[])
        .unwrap();
    check_like_fresh(&fixture, &worktree, empty);
}

#[test]
fn the_main_worktree_is_never_reset() {
    let fixture = Fixture::new();
    fixture.write("precious", "x");
    let error = fixture
        .repository
        .reset_worktree(&fixture.path(), fixture.head(), &[])
        .unwrap_err();
    assert!(
        matches!(error, WorktreeError::MainWorktree { .. }),
        "{error}"
    );
    assert!(fixture.path().join("precious").exists());
}

#[test]
fn a_stranger_and_a_missing_folder_are_refused() {
    let fixture = Fixture::new();
    let stranger = fixture.beside("stranger");
    write(&stranger.join("precious"), "x");
    let worktree = fixture.worktree("slot");
    fs::remove_dir_all(&worktree).unwrap();
    for path in [&stranger, &worktree] {
        fixture
            .repository
            .reset_worktree(path, fixture.head(), &[])
            .unwrap_err();
    }
    // A worktree that was replaced by a link is not followed.
    symlink(&stranger, &worktree).unwrap();
    fixture
        .repository
        .reset_worktree(&worktree, fixture.head(), &[])
        .unwrap_err();
    assert!(stranger.join("precious").exists());
}

#[test]
fn a_commit_that_is_not_there_changes_nothing() {
    let fixture = Fixture::new();
    let worktree = fixture.worktree("slot");
    write(&worktree.join("new"), "x");
    let absent = "1234567890123456789012345678901234567890".parse().unwrap();
    let error = fixture
        .repository
        .reset_worktree(&worktree, absent, &[])
        .unwrap_err();
    assert!(matches!(error, WorktreeError::Commit { .. }), "{error}");
    assert!(worktree.join("new").exists());
}
