//! What goes wrong before a pass begins, and in it.

use std::fs;

use crate::support::{Run, World, program, run};

/// Runs the program in an empty folder.
fn in_nothing(arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    run(&mut program(folder.path(), arguments))
}

fn refused(run: &Run, says: &str, hint: &str) {
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains(says), "{}", run.stderr);
    let hints: Vec<&str> = run
        .stderr
        .lines()
        .filter(|line| line.contains("hint"))
        .collect();
    assert!(
        hints.iter().any(|line| line.contains(hint)),
        "{}",
        run.stderr
    );
    assert_eq!(run.stdout, "");
}

#[test]
fn nothing_to_do() {
    refused(&in_nothing(&[]), "nothing to do", "--once");
}

#[test]
fn no_forge() {
    refused(
        &in_nothing(&["--once"]),
        "no forge is configured",
        "--forge local:DIR",
    );
}

#[test]
fn no_store() {
    let run = in_nothing(&["--once", "--forge", "local:forge"]);
    refused(&run, "no store is configured", "--store sqlite:PATH");
    refused(
        &in_nothing(&["status"]),
        "no store is configured",
        "--store sqlite:PATH",
    );
}

#[test]
fn a_store_that_is_not_there_is_not_made_by_looking_at_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(&mut program(
        folder.path(),
        &["status", "--store", "sqlite:typo.db", "--repo", "a/b"],
    ));
    refused(&run, "typo.db", "is it the right path?");
    assert!(!folder.path().join("typo.db").exists());
}

#[test]
fn not_a_repository() {
    let world = World::scripted();
    let empty = world.path("empty");
    fs::create_dir(&empty).unwrap();
    let run = world.run(&["--once", "-C", empty.to_str().unwrap()]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("empty"), "{}", run.stderr);
}

#[test]
fn no_git() {
    let world = World::scripted();
    let run = run(world.command(&["--once"]).env("PATH", ""));
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("git"), "{}", run.stderr);
    assert!(!world.path("store.db").exists());
}

#[test]
fn a_source_that_is_none() {
    let world = World::scripted();
    for source in ["runs:0", "runs:many", "dir:", "logs"] {
        let run = world.run(&["--once", "--source", source]);
        refused(&run, "", "runs:30");
    }
}

#[test]
fn gates_that_nobody_trusts() {
    let world = World::scripted();
    let mut command = world.command(&["--once", "--source", "runs:4"]);
    let run = run(command.env_remove("FTC_TRUST"));
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(run.stderr.contains("are not trusted"), "{}", run.stderr);
    assert!(run.stderr.contains("ftc trust"), "{}", run.stderr);
    assert!(!world.path("counted/runs").exists());
}

#[test]
fn an_error_of_one_failure_is_a_part() {
    let world = World::scripted();
    world.done(&["--once", "--source", "runs:4"]);
    world.approve();
    world.write(
        "agent.toml",
        "name = \"gone\"\nargv = [\"no-such-agent\"]\n",
    );
    let run = world.run(&["--once"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.contains("not available"), "{}", run.stderr);
}

#[test]
fn a_dry_run_writes_nothing() {
    let world = World::scripted();
    let run = world.done(&["--once", "--dry-run", "--source", "runs:4"]);
    assert!(
        run.stdout.contains("refresh_keeps_the_newest"),
        "{}",
        run.stdout
    );
    assert!(!world.path("store.db").exists());
    assert!(!world.path("forge/issues").exists());
}
