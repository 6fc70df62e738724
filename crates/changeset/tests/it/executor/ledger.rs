//! A plan is carried out once, and what was done is on record.

use std::fs;

use ftc_changeset::{
    ExecError, ExecutorError, HealthCheck, HealthCheckKind, Mode, OldFile, Outcome, verify_audit,
};
use serde_json::Value;

use super::support::{Change, Site, path, plan};

#[test]
fn a_plan_whose_files_changed_since_is_not_called_done() {
    let site = Site::new();
    site.write("file", "old");
    let change = Change::rewrite("file", "old", "new");
    let first = site.apply(&change).unwrap();
    site.write("file", "edited");
    let error = site.apply(&change).unwrap_err();
    let ExecError::Drifted {
        execution_id,
        conflicts,
    } = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!(*execution_id, first.execution_id);
    assert_eq!(conflicts.len(), 1);
    assert_eq!(site.read("file"), b"edited");
    // Also when it is as before: the plan had its turn.
    site.write("file", "old");
    assert!(matches!(
        site.apply(&change),
        Err(ExecError::Drifted { .. })
    ));
    assert_eq!(site.read("file"), b"old");
}

#[test]
fn a_plan_is_not_used_for_two_changes() {
    let site = Site::new();
    let plan = plan();
    let build = |content: &'static [u8]| {
        Change::of(plan.clone(), |builder| {
            builder.create(path("file"), content, Mode::Regular)
        })
    };
    let first = site.apply(&build(b"one")).unwrap();
    let error = site.apply(&build(b"two")).unwrap_err();
    assert!(
        matches!(&error, ExecError::PlanReused { execution_id, .. } if *execution_id == first.execution_id),
        "{error:?}"
    );
    assert_eq!(site.read("file"), b"one");
}

#[test]
fn what_is_there_already_is_not_written_again() {
    let site = Site::new();
    site.write("file", "new").chmod("file", 0o640);
    let change = Change::rewrite("file", "old", "new");
    let result = site.apply(&change).unwrap();
    assert_eq!(result.outcome, Outcome::AlreadyApplied);
    assert_eq!(site.bits("file"), 0o640);
    let again = site.apply(&change).unwrap();
    assert_eq!(again.execution_id, result.execution_id);
}

#[test]
fn what_was_taken_back_may_be_tried_again() {
    let site = Site::new();
    site.write("file", "old");
    let mut plan = plan();
    plan.health_checks.push(HealthCheck::new(
        "ready",
        HealthCheckKind::File {
            path: path("ready"),
            exists: true,
            sha256: None,
        },
    ));
    let change = Change::of(plan, |builder| {
        builder.modify(path("file"), OldFile::regular(b"old"), b"new", None)
    });
    assert!(matches!(
        site.apply(&change),
        Err(ExecError::RolledBack { .. })
    ));
    site.write("ready", "");
    assert_eq!(site.apply(&change).unwrap().outcome, Outcome::Applied);
    let events: Vec<_> = verify_audit(&site.root(), &site.options())
        .unwrap()
        .into_iter()
        .map(|entry| entry.event)
        .collect();
    assert_eq!(events, ["rolled_back", "applied"]);
}

#[test]
fn an_execution_leaves_its_artifacts() {
    let site = Site::new();
    site.write("file", "old");
    let change = Change::rewrite("file", "old", "new");
    let id = site.apply(&change).unwrap().execution_id;
    let read =
        |name: &str| fs::read_to_string(site.state("executions").join(&id).join(name)).unwrap();
    assert_eq!(read("plan.json"), change.plan.to_json());
    assert_eq!(read("changeset.json"), change.set.to_json());
    let decision: Value = serde_json::from_str(&read("decision.json")).unwrap();
    assert_eq!(decision["checksum"], change.set.checksum().to_string());
    let record: Value = serde_json::from_str(&read("execution.json")).unwrap();
    assert_eq!(record["status"], "completed");
    assert_eq!(record["plan_id"], change.plan.id.as_str());
    assert_eq!(record["files"][0]["path"], "file");
    assert_eq!(record["actor"], "tester");
    let events: Vec<String> = read("events.jsonl")
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["event"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(events, ["stage", "apply", "check", "commit", "done"]);
}

#[test]
fn a_record_that_was_touched_is_not_believed() {
    let site = Site::new();
    site.write("file", "old");
    let id = site
        .apply(&Change::rewrite("file", "old", "new"))
        .unwrap()
        .execution_id;
    let record = site.state("executions").join(id).join("execution.json");
    let text = fs::read_to_string(&record).unwrap();
    for touched in [
        text.replace("completed", "rolled_back"),
        text.replace("\"file\"", "\"other\""),
        text.replace("tester", "nobody"),
        "{}".to_owned(),
    ] {
        fs::write(&record, touched).unwrap();
        let error = site
            .apply(&Change::rewrite("file", "new", "newer"))
            .unwrap_err();
        assert!(
            matches!(&error, ExecError::Executor(ExecutorError::Record { .. })),
            "{error:?}"
        );
        assert_eq!(site.read("file"), b"new");
    }
}

#[test]
fn an_audit_log_that_was_touched_is_noticed() {
    let site = Site::new();
    site.write("file", "0");
    for (old, new) in [("0", "1"), ("1", "2"), ("2", "3")] {
        site.apply(&Change::rewrite("file", old, new)).unwrap();
    }
    assert_eq!(
        verify_audit(&site.root(), &site.options()).unwrap().len(),
        3
    );
    let path = site.state("audit.log");
    let whole = fs::read(&path).unwrap();
    // Every byte of the second entry and of the one after it.
    let lines: Vec<_> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let begin: usize = lines[..2].iter().map(|line| line.len()).sum();
    for position in (begin..whole.len()).step_by(7) {
        let mut touched = whole.clone();
        touched[position] ^= 1;
        fs::write(&path, &touched).unwrap();
        let entries = verify_audit(&site.root(), &site.options());
        // A harmed end looks like an append that was interrupted, so that only the number of entries tells.
        assert!(
            entries.is_err() || entries.unwrap().len() < 3,
            "byte {position}"
        );
    }
    // Another key is another house.
    fs::write(&path, &whole).unwrap();
    let others = ftc_changeset::ExecutorOptions::new(site.directory().join("others"));
    assert!(verify_audit(&site.root(), &others).is_err());
}
