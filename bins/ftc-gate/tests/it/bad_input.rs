//! What cannot be worked with.

use std::os::unix::fs::symlink;

use crate::project::{Project, gates};

const GREEN: &str = "id: green, argv: ['true']";

#[track_caller]
fn check(project: &Project, args: &[&str], error: &str) {
    let run = project.run(args);
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
    assert!(run.err.contains(error), "{}", run.err);
}

#[test]
fn no_repository() {
    let project = Project::trusted(&gates(&[GREEN]));
    check(&project, &["run", "--repository", "../home"], "error: ");
    check(&project, &["run", "--repository", "absent"], "error: ");
    project.git(&["init", "--quiet", "--bare", "../bare.git"]);
    check(
        &project,
        &["run", "--repository", "../bare.git"],
        "has no worktree to run gates in",
    );
}

#[test]
fn no_commit() {
    let project = Project::empty();
    project.write("gates.yaml", &gates(&[GREEN]));
    check(
        &project,
        &["run"],
        "error: revision `HEAD` was not found\nhint: the branch has no commit yet",
    );
    check(
        &project,
        &["run", "--base", "no-such-branch"],
        "error: revision `no-such-branch` was not found",
    );
}

#[test]
fn no_gate_file() {
    let project = Project::empty();
    project.write("README", "hello");
    project.commit("Begin");
    check(
        &project,
        &["run"],
        "error: there is no file `gates.yaml` in commit `",
    );
    check(
        &project,
        &["list"],
        "hint: or name a file of your own with `--gates FILE`",
    );
    check(
        &project,
        &["run", "--gates", "mine.yaml"],
        "error: failed to read the gate file `ROOT/project/mine.yaml`",
    );
}

#[test]
fn a_wrong_gate_file_is_told_with_its_place() {
    let project = Project::new("version: 1\ngates:\n  - id: unit\n    arv: [x]\n");
    let commit = project.git(&["rev-parse", "--short=12", "HEAD"]);
    check(
        &project,
        &["run"],
        &format!("error: {commit}:gates.yaml:4:5: unknown field `arv`, expected one of id, argv,"),
    );
    check(
        &project,
        &["list", "--gates", "gates.yaml"],
        "error: gates.yaml:4:5: unknown field `arv`",
    );
}

#[test]
fn a_gate_that_is_not_there() {
    let project = Project::trusted(&gates(&[GREEN]));
    check(
        &project,
        &["run", "--only", "unit"],
        "error: there is no gate `unit`\nhint: there are: green\n",
    );
    check(
        &project,
        &["run", "--only", "../unit"],
        "`../unit` is not a gate id",
    );
    check(
        &project,
        &["run", "--tier", "medium"],
        "a tier is `fast` or `slow`",
    );
}

/// Whoever writes the worktree must not choose where results are written.
#[test]
fn a_directory_of_ours_that_is_a_link() {
    let project = Project::trusted(&gates(&[GREEN]));
    std::fs::create_dir(project.root().join("elsewhere")).unwrap();
    symlink("../elsewhere", project.path(".ftc")).unwrap();
    check(
        &project,
        &["run"],
        "error: `ROOT/project/.ftc` is not a directory\nhint: name another place with `--artifacts DIR`\n",
    );
    assert_eq!(
        std::fs::read_dir(project.root().join("elsewhere"))
            .unwrap()
            .count(),
        0
    );
    assert_eq!(project.run(&["run", "--artifacts", "../out"]).code, 0);
}
