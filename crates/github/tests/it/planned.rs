//! Planned writes as data.

use std::collections::BTreeSet;
use std::path::PathBuf;

use ftc_github::{CheckConclusion, CloseReason, IssueNumber, Marker, PlannedWrite};
use insta::assert_snapshot;

fn all() -> Vec<PlannedWrite> {
    let marker = Marker::new("issue", "1f2e");
    let issue = IssueNumber(3);
    let sha = "0123456789abcdef0123456789abcdef01234567".to_owned();
    vec![
        PlannedWrite::EnsureLabel {
            name: "flaky".to_owned(),
            color: "ededed".to_owned(),
            description: "fails sometimes".to_owned(),
        },
        PlannedWrite::EnsureIssue {
            marker: marker.clone(),
            title: "[flaky] a\nb".to_owned(),
            body: "text".to_owned(),
            labels: vec!["flaky".to_owned()],
        },
        PlannedWrite::UpdateBlocks {
            issue,
            blocks: vec![("SUMMARY".to_owned(), "text".to_owned())],
        },
        PlannedWrite::UpsertComment {
            issue,
            marker: marker.clone(),
            body: "text".to_owned(),
        },
        PlannedWrite::AddLabels {
            issue,
            labels: vec!["a".to_owned(), "b".to_owned()],
        },
        PlannedWrite::RemoveLabel {
            issue,
            label: "a".to_owned(),
        },
        PlannedWrite::PushBranch {
            branch: "ai/fix/1f2e".to_owned(),
            sha: sha.clone(),
            expected: None,
            objects: PathBuf::from("work"),
        },
        PlannedWrite::EnsurePull {
            marker,
            head: "ai/fix/1f2e".to_owned(),
            base: "main".to_owned(),
            title: "Fix it".to_owned(),
            body: "text".to_owned(),
            labels: Vec::new(),
        },
        PlannedWrite::CreateCheck {
            sha,
            name: "gates".to_owned(),
            conclusion: CheckConclusion::Success,
            summary: "all well".to_owned(),
        },
        PlannedWrite::CloseIssue {
            issue,
            reason: CloseReason::Completed,
        },
        PlannedWrite::ReopenIssue { issue },
    ]
}

#[test]
fn each_says_what_it_does() {
    let lines: Vec<String> = all()
        .iter()
        .map(|write| format!("{} | {} | {}", write.op(), write.target(), write.summary()))
        .collect();
    assert_snapshot!(lines.join("\n"), @r"
    ensure_label | label flaky | create label `flaky` unless it exists
    ensure_issue | issue issue:1f2e | open or update issue `[flaky] a b`
    update_blocks | #3 | update SUMMARY in the body of #3
    upsert_comment | #3 comment issue:1f2e | comment on #3 (issue)
    add_labels | #3 | add `a`, `b` to #3
    remove_label | #3 | remove `a` from #3
    push_branch | branch ai/fix/1f2e | push 0123456789ab to branch `ai/fix/1f2e`
    ensure_pull | pull request issue:1f2e | open pull request `Fix it` from `ai/fix/1f2e` into `main`
    create_check | commit 0123456789ab check gates | report check `gates` of 0123456789ab: success
    close_issue | #3 | close #3 (completed)
    reopen_issue | #3 | reopen #3
    ");
}

#[test]
fn json_comes_back_and_names_the_operation() {
    for write in all() {
        let json = serde_json::to_value(&write).unwrap();
        assert_eq!(json["op"], write.op());
        assert_eq!(serde_json::from_value::<PlannedWrite>(json).unwrap(), write);
    }
    let json = r#"{"op":"close_issue","issue":3,"reason":"completed"}"#;
    let write: PlannedWrite = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&write).unwrap(), json);
}

#[test]
fn json_with_anything_unknown_is_refused() {
    for json in [
        r#"{"op":"reopen_issue","issue":3,"force":true}"#,
        r#"{"op":"delete_repository"}"#,
        r#"{"issue":3}"#,
    ] {
        assert!(
            serde_json::from_str::<PlannedWrite>(json).is_err(),
            "{json}"
        );
    }
}

#[test]
fn keys_are_stable_and_tell_writes_apart() {
    let keys: BTreeSet<String> = all().iter().map(PlannedWrite::key).collect();
    assert_eq!(keys.len(), all().len());
    let other: BTreeSet<String> = all().iter().map(PlannedWrite::key).collect();
    assert_eq!(keys, other);
    let reopen = |number| PlannedWrite::ReopenIssue {
        issue: IssueNumber(number),
    };
    assert_ne!(reopen(3).key(), reopen(4).key());
    assert!(reopen(3).key().starts_with("reopen_issue:"));
}
