//! Writes to a forge: asked for with a transition, made once, reported.

use ftc_state::LifecycleState::{IssueOpen, Merged, Triaged};
use ftc_state::{
    JsonTextError, Lifecycle, OutboxDone, OutboxDraft, OutboxDraftError, OutboxEntry, OutboxError,
    OutboxFilter, OutboxId, OutboxStatus, RepositoryName, Store, Transition, TransitionError,
};

use super::Engine;
use crate::support::{assert_sound, at, fingerprint, ledger, lifecycle, only, repository, walk};

/// Asks for one write by an update of `seen`.
fn ask(store: &dyn Store, seen: &Lifecycle, key: &str, payload: &str) -> Lifecycle {
    let step =
        Transition::new(seen, seen.state, "asked").with_outbox([OutboxDraft::new(key, payload)]);
    store.transition(&step, at("10:00")).unwrap()
}

fn entries(store: &dyn Store) -> Vec<(u64, String, u64, String)> {
    let summary = |entry: OutboxEntry| (entry.id.0, entry.key, entry.revision, entry.payload);
    ledger(store).outbox.into_iter().map(summary).collect()
}

fn complete(store: &dyn Store, id: u64) -> OutboxEntry {
    store
        .complete_outbox(OutboxId(id), &OutboxDone::new("made"), at("10:30"))
        .unwrap()
}

pub fn writes_come_with_their_transition(engine: Engine) {
    let store = engine();
    let begun = lifecycle(&*store, 7, &[]);
    let drafts = [
        OutboxDraft::new("label", r#"{"op":"ensure_label"}"#),
        OutboxDraft::new("issue 7", r#"{"op": "ensure_issue"}"#),
    ];
    let refused = Transition::new(&begun, Merged, "too early").with_outbox(drafts.clone());
    store.transition(&refused, at("10:00")).unwrap_err();
    assert_eq!(ledger(&*store).outbox, []);

    let open = Transition::new(&begun, IssueOpen, "filed").with_outbox(drafts);
    store.transition(&open, at("10:00")).unwrap();
    let outbox = ledger(&*store).outbox;
    assert_eq!(outbox.len(), 2);
    let issue = &outbox[1];
    assert_eq!((issue.id, issue.revision), (OutboxId(2), 1));
    assert_eq!(
        (&issue.repository, issue.fingerprint),
        (&repository(), fingerprint(7))
    );
    assert_eq!(
        (issue.key.as_str(), issue.payload.as_str()),
        ("issue 7", r#"{"op": "ensure_issue"}"#)
    );
    assert_eq!((issue.status, issue.attempts), (OutboxStatus::Pending, 0));
    assert_eq!(
        (&issue.last_error, &issue.result, issue.done_at),
        (&None, &None, None)
    );
    assert_eq!(issue.created_at, at("10:00"));
    assert_sound(&*store);
}

/// The default store of the original forgot what it had done, so that the same issue was filed again.
pub fn cleaner_w08_the_same_write_is_asked_for_once(engine: Engine) {
    let store = engine();
    let seven = lifecycle(&*store, 7, &[]);
    let seven = ask(&*store, &seven, "issue", "[1]");
    let seven = ask(&*store, &seven, "issue", "[1]");
    complete(&*store, 1);
    // Nor after it was made, nor for another lifecycle, nor twice in one step.
    let seven = ask(&*store, &seven, "issue", "[1]");
    ask(&*store, &lifecycle(&*store, 8, &[]), "issue", "[1]");
    let draft = OutboxDraft::new("comment", "[2]");
    let twice = Transition::new(&seven, IssueOpen, "filed").with_outbox([draft.clone(), draft]);
    store.transition(&twice, at("10:00")).unwrap();
    assert_eq!(
        entries(&*store),
        [
            (1, "issue".to_owned(), 1, "[1]".to_owned()),
            (2, "comment".to_owned(), 1, "[2]".to_owned()),
        ]
    );
    // Keys of another repository are other keys.
    let elsewhere = RepositoryName::new("tikv/tikv").unwrap();
    let other = store
        .begin_lifecycle(&elsewhere, &fingerprint(7), "seen", at("09:00"))
        .unwrap();
    ask(&*store, &other, "issue", "[1]");
    let theirs = walk(2, |page| {
        store.list_outbox(&elsewhere, &OutboxFilter::all(), page)
    });
    assert_eq!(
        (only(theirs.clone()).id, only(theirs).revision),
        (OutboxId(3), 1)
    );
    assert_sound(&*store);
}

pub fn another_payload_is_another_revision(engine: Engine) {
    let store = engine();
    let mut seen = lifecycle(&*store, 7, &[]);
    // The first is made before the second is asked for, the second is not before the third.
    for payload in ["[1]", "[2]", "[2]", "[1]"] {
        seen = ask(&*store, &seen, "body", payload);
        complete(&*store, 1);
    }
    let body =
        |revision, payload: &str| (revision, "body".to_owned(), revision, payload.to_owned());
    assert_eq!(
        entries(&*store),
        [body(1, "[1]"), body(2, "[2]"), body(3, "[1]")]
    );
    let done: Vec<bool> = ledger(&*store)
        .outbox
        .iter()
        .map(|entry| !entry.is_pending())
        .collect();
    assert_eq!(done, [true, false, false]);
    // Byte for byte: the store does not know what JSON means to a forge.
    ask(&*store, &seen, "body", "[ 1 ]");
    assert_eq!(entries(&*store).len(), 4);
    assert_sound(&*store);
}

pub fn a_write_that_was_made_tells_its_lifecycle(engine: Engine) {
    let store = engine();
    let seen = lifecycle(&*store, 7, &[IssueOpen]);
    let seen = ask(&*store, &seen, "issue", "{}");
    let seen = ask(&*store, &seen, "pull", "{}");
    let done = OutboxDone::new("created #12").with_issue(12);
    let entry = store
        .complete_outbox(OutboxId(1), &done, at("10:30"))
        .unwrap();
    assert_eq!((entry.status, entry.attempts), (OutboxStatus::Done, 1));
    assert_eq!(entry.result.as_deref(), Some("created #12"));
    assert_eq!(entry.done_at, Some(at("10:30")));
    assert_eq!(ledger(&*store).outbox[0], entry);
    let told = store
        .load_lifecycle(&repository(), &fingerprint(7))
        .unwrap()
        .unwrap();
    let mut expected = seen.clone();
    expected.issue = Some(12);
    assert_eq!(told, expected, "not even the version changed");

    // What was said first stands, and nothing is written for the rest.
    let audit = store.list_audit(0, 99).unwrap();
    let other = OutboxDone::new("created #13").with_issue(13);
    let repeated = store
        .complete_outbox(OutboxId(1), &other, at("10:40"))
        .unwrap();
    assert_eq!(repeated, entry);
    let late = store
        .fail_outbox(OutboxId(1), "timed out", at("10:40"))
        .unwrap();
    assert_eq!(late, entry);
    assert_eq!(store.list_audit(0, 99).unwrap(), audit);

    // Somebody who read the lifecycle before it had a number does not take it away.
    let step = Transition::new(&seen, Triaged, "read");
    let triaged = store.transition(&step, at("10:50")).unwrap();
    assert_eq!((triaged.issue, triaged.pull), (Some(12), None));
    let done = OutboxDone::new("created").with_pull(14);
    store
        .complete_outbox(OutboxId(2), &done, at("10:55"))
        .unwrap();
    let told = store
        .load_lifecycle(&repository(), &fingerprint(7))
        .unwrap()
        .unwrap();
    assert_eq!((told.issue, told.pull), (Some(12), Some(14)));
    assert_sound(&*store);
}

pub fn a_failed_attempt_is_counted(engine: Engine) {
    let store = engine();
    ask(&*store, &lifecycle(&*store, 7, &[]), "issue", "{}");
    store
        .fail_outbox(OutboxId(1), "no network", at("10:10"))
        .unwrap();
    let entry = store
        .fail_outbox(OutboxId(1), "rate limit", at("10:20"))
        .unwrap();
    assert_eq!((entry.status, entry.attempts), (OutboxStatus::Pending, 2));
    assert_eq!(entry.last_error.as_deref(), Some("rate limit"));
    assert!(entry.is_pending());
    let entry = complete(&*store, 1);
    assert_eq!(entry.attempts, 3);
    assert_eq!(
        entry.last_error.as_deref(),
        Some("rate limit"),
        "it is history"
    );
    for id in [OutboxId(0), OutboxId(2), OutboxId(u64::MAX)] {
        let done = OutboxDone::new("made");
        let error = store.complete_outbox(id, &done, at("10:30")).unwrap_err();
        assert!(matches!(error, OutboxError::Unknown { id: found } if found == id));
        assert!(!error.is_retryable());
        assert_eq!(error.to_string(), format!("the outbox has no entry {id}"));
        let error = store.fail_outbox(id, "no", at("10:30")).unwrap_err();
        assert!(matches!(error, OutboxError::Unknown { .. }));
    }
    assert_sound(&*store);
}

pub fn lists_run_in_the_order_of_creation(engine: Engine) {
    let store = engine();
    let mut seen = [lifecycle(&*store, 7, &[]), lifecycle(&*store, 8, &[])];
    for number in 1..=11 {
        let of = &mut seen[number % 2];
        *of = ask(&*store, of, &format!("write {number}"), "{}");
    }
    for id in [2, 3, 11] {
        complete(&*store, id);
    }
    let (all, pending) = (OutboxFilter::all(), OutboxFilter::pending());
    for limit in 1..13 {
        let ids = |filter: OutboxFilter| -> Vec<u64> {
            let entries = walk(limit, |page| {
                store.list_outbox(&repository(), &filter, page)
            });
            entries.iter().map(|entry| entry.id.0).collect()
        };
        assert_eq!(ids(all), (1..=11).collect::<Vec<_>>());
        assert_eq!(ids(pending), [1, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(ids(all.of(fingerprint(7))), [2, 4, 6, 8, 10]);
        assert_eq!(ids(pending.of(fingerprint(8))), [1, 5, 7, 9]);
        assert!(ids(all.of(fingerprint(9))).is_empty());
    }
}

pub fn unfit_drafts_change_nothing(engine: Engine) {
    let store = engine();
    let seen = lifecycle(&*store, 7, &[]);
    let refused = |key: &str, payload: &str| {
        let drafts = [
            OutboxDraft::new("fit", "{}"),
            OutboxDraft::new(key, payload),
        ];
        let step = Transition::new(&seen, IssueOpen, "filed").with_outbox(drafts);
        match store.transition(&step, at("10:00")).unwrap_err() {
            TransitionError::Draft(error) => error,
            other => panic!("{other}"),
        }
    };
    assert!(matches!(refused("", "{}"), OutboxDraftError::EmptyKey));
    let long = "k".repeat(OutboxDraft::MAX_KEY_BYTES + 1);
    assert!(matches!(
        refused(&long, "{}"),
        OutboxDraftError::LongKey { bytes: 513, .. }
    ));
    let big = format!("\"{}\"", "x".repeat(OutboxDraft::MAX_PAYLOAD_BYTES));
    for (payload, long) in [("", false), ("{\"a\":}", false), (&*big, true)] {
        match refused("issue 7", payload) {
            OutboxDraftError::Payload { key, source } => {
                assert_eq!(key, "issue 7");
                assert_eq!(
                    matches!(source, JsonTextError::Long { .. }),
                    long,
                    "{source}"
                );
            }
            other => panic!("{other}"),
        }
    }
    let now = ledger(&*store);
    assert_eq!((only(now.lifecycles).0, now.outbox), (seen, Vec::new()));
}
