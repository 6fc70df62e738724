//! `acquire` and `list`.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use crate::support::{Place, Run};

#[test]
fn a_shell_can_go_there_and_give_it_back() {
    let place = Place::new();
    let run = place.shell(
        "cd \"$(ftc-worktree acquire)\"; pwd; git log --format=%s; echo x > draft; ftc-worktree release --discard .",
    );
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stdout, format!("{}\nFirst\n", place.slot(1).display()));
    assert!(run.stderr.ends_with("\nslot 1 is free\n"), "{}", run.stderr);
    let list = place.json(&["list"]);
    assert_eq!(list["slots"][0]["state"], "idle");
    assert!(!place.slot(1).join("draft").exists());
}

#[test]
fn only_the_path_is_on_standard_output() {
    let place = Place::new();
    let run = place.run(&["acquire"]);
    assert_eq!(run.stdout, format!("{}\n", place.slot(1).display()));
    let list = place.json(&["list"]);
    let lease = list["slots"][0]["lease"]["id"].as_str().unwrap();
    assert!(
        run.stderr
            .starts_with(&format!("lease {lease} on slot 1 at least until "))
    );
    assert!(
        run.stderr
            .ends_with(&format!("`ftc-worktree release {lease}`\n"))
    );
    assert_eq!(place.run(&["acquire", "--quiet"]).stderr, "");
}

#[test]
fn documents_tell_all_there_is() {
    let place = Place::new();
    let head = place.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let given = place.json(&["acquire", "--purpose", "reproduce issue 3", "--ttl", "90s"]);
    assert_eq!(given["schema"], "ftc.worktree.lease/1");
    assert_eq!(given["slot"], 1);
    assert_eq!(given["path"], place.slot(1).to_str().unwrap());
    let lease = &given["lease"];
    assert_eq!(lease["owner"], "tess");
    assert_eq!(lease["purpose"], "reproduce issue 3");
    assert_eq!(lease["commit"], head.as_str());
    let time = |field: &str| {
        lease[field]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .unwrap()
    };
    assert_eq!((time("expires_at") - time("acquired_at")).get_seconds(), 90);

    let list = place.json(&["list"]);
    assert_eq!(list["schema"], "ftc.worktree.list/1");
    assert_eq!(
        list["root"],
        place.work().join(".worktrees").to_str().unwrap()
    );
    assert_eq!(list["slots"].as_array().unwrap().len(), 1);
    assert_eq!(list["slots"][0]["state"], "leased");
    assert_eq!(list["slots"][0]["lease"], given["lease"]);

    let id = lease["id"].as_str().unwrap();
    fs::write(place.slot(1).join("draft"), "x").unwrap();
    let released = place.json(&["release", id]);
    assert_eq!(released["schema"], "ftc.worktree.release/1");
    assert_eq!(released["slot"], 1);
    assert_eq!(released["lease"], id);
    let reference = released["salvage"]["reference"].as_str().unwrap();
    assert_eq!(
        place.git(&["rev-parse", reference]).trim(),
        released["salvage"]["commit"]
    );
}

#[test]
fn people_see_who_has_what() {
    let place = Place::new();
    place.run(&["acquire", "--owner", "ci", "--purpose", "a \u{202e}trick"]);
    let run = place.run(&["list"]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    let commit = &place.git(&["rev-parse", "HEAD"])[..12];
    let path = place.slot(1);
    assert_eq!(
        lines[0],
        format!("slot 1  leased  {commit}  {}", path.display())
    );
    assert_eq!(lines[1], "  ci: a \\u{202e}trick");
    assert!(lines[2].starts_with("  lease "), "{}", run.stdout);
    assert_eq!(lines.len(), 3);
}

#[test]
fn looking_makes_no_pool() {
    let place = Place::new();
    let run = place.run(&["list"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(run.stderr.starts_with("no worktrees in "), "{}", run.stderr);
    assert_eq!(place.json(&["list"])["slots"].as_array().unwrap().len(), 0);
    assert_eq!(place.run(&["release", "."]).code, 1);
    assert!(!place.work().join(".worktrees").exists());
}

#[test]
fn another_revision_and_another_folder() {
    let place = Place::new();
    fs::write(place.work().join("readme"), "two\n").unwrap();
    place.git(&["commit", "--quiet", "--all", "--message", "Second"]);
    let project = place.work();
    let elsewhere = place.path("elsewhere");
    let arguments = [
        "acquire",
        "--repository",
        "project",
        "--root",
        "elsewhere",
        "--rev",
        "HEAD~1",
    ];
    let run = place.run_in(project.parent().unwrap(), &arguments);
    assert_eq!(
        run.stdout,
        format!("{}\n", elsewhere.join("s/1").display()),
        "{run:?}"
    );
    assert_eq!(
        fs::read_to_string(elsewhere.join("s/1/readme")).unwrap(),
        "one\n"
    );
    assert!(!project.join(".worktrees").exists());
}

#[test]
fn a_full_pool_is_75() {
    let place = Place::new();
    assert_eq!(place.run(&["acquire", "--capacity", "1"]).code, 0);
    let run = place.run(&["acquire", "--capacity", "1"]);
    assert_eq!(run.code, 75, "{run:?}");
    assert_eq!(run.stdout, "");
    assert!(
        run.stderr.starts_with("error: all 1 worktrees of the pool"),
        "{run:?}"
    );
    assert_eq!(place.run(&["acquire", "--capacity", "2"]).code, 0);
}

#[test]
fn isolation_processes_that_acquire_at_once_get_different_worktrees() {
    let place = Place::new();
    let start = |_| {
        let mut command = place.command(&["acquire", "--capacity", "8"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let children: Vec<_> = (0..10).map(start).collect();
    let runs = children
        .into_iter()
        .map(|child| Run::from(child.wait_with_output().unwrap()));
    let (given, refused): (Vec<Run>, Vec<Run>) = runs.partition(|run| run.code == 0);
    let paths: BTreeSet<_> = given.iter().map(|run| run.stdout.clone()).collect();
    assert_eq!(paths.len(), 8, "{given:?}");
    assert_eq!(refused.len(), 2);
    assert!(refused.iter().all(|run| run.code == 75), "{refused:?}");
}

#[test]
fn what_is_kept_stays() {
    let place = Place::new();
    place.run(&["acquire", "--keep", "target"]);
    fs::create_dir(place.slot(1).join("target")).unwrap();
    fs::write(place.slot(1).join("target/warm"), "x").unwrap();
    assert_eq!(
        place.run(&["release", "--discard", ".worktrees/s/1"]).code,
        0
    );
    assert!(place.slot(1).join("target/warm").exists());
    place.run(&["acquire"]);
    assert!(!place.slot(1).join("target").exists());
}
