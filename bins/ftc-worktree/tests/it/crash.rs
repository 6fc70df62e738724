//! Leases of processes that end.

use std::fs;
use std::process::{Command, Stdio};

use crate::support::Place;

#[test]
fn a_lease_with_a_process_ends_with_it_and_its_work_is_saved() {
    let place = Place::new();
    let mut holder = Command::new("sleep").arg("600").spawn().unwrap();
    let given = place.json(&["acquire", "--pid", &holder.id().to_string()]);
    assert!(given["lease"]["expires_at"].is_null());
    assert_eq!(given["lease"]["pid"], holder.id());
    fs::write(place.slot(1).join("draft"), "unfinished").unwrap();
    assert_eq!(place.run(&["list"]).stderr, "");

    holder.kill().unwrap();
    holder.wait().unwrap();
    let run = place.run(&["list"]);
    let reference = format!(
        "refs/ftc/salvage/{}",
        given["lease"]["id"].as_str().unwrap()
    );
    assert_eq!(
        run.stderr,
        format!(
            "warning: slot 1 was taken back from `tess` (owner gone); its work is saved as `{reference}`\n"
        )
    );
    assert_eq!(
        place.git(&["show", &format!("{reference}:draft")]),
        "unfinished"
    );
    assert_eq!(place.json(&["list"])["slots"][0]["state"], "idle");
}

#[test]
fn a_lease_with_a_time_outlives_the_program_until_then() {
    let place = Place::new();
    place.run(&["acquire"]);
    assert_eq!(place.json(&["list"])["slots"][0]["state"], "leased");
    let index = place.work().join(".worktrees/index.json");
    let mut registry: serde_json::Value =
        serde_json::from_slice(&fs::read(&index).unwrap()).unwrap();
    registry["slots"][0]["state"]["lease"]["expires_at"] = "2026-01-01T00:00:00Z".into();
    fs::write(&index, registry.to_string()).unwrap();
    assert_eq!(place.json(&["list"])["slots"][0]["state"], "idle");
}

#[test]
fn an_answer_that_nobody_reads_gives_the_worktree_back() {
    let place = Place::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = place
        .command(&["acquire"])
        .stdout(Stdio::from(writer))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(place.json(&["list"])["slots"][0]["state"], "idle");
}
