//! Beginning and moving lifecycles.

use std::collections::BTreeSet;
use std::thread;

use ftc_state::LifecycleState::{
    ApprovedToFix, Closed, ClosedWontfix, Discovered, IssueOpen, Merged, NeedsUpdate,
    PrNeedsChanges, PrOpen, PrUpdating, Triaged, WaitingForSignal,
};
use ftc_state::{
    JsonTextError, Lifecycle, LifecycleState, OutboxDone, OutboxDraft, OutboxFilter, OutboxId,
    RepositoryName, Transition, TransitionError,
};

use super::Engine;
use crate::support::{assert_sound, at, fingerprint, ledger, lifecycle, only, repository, walk};

const TO_PR: [LifecycleState; 5] = [IssueOpen, Triaged, WaitingForSignal, ApprovedToFix, PrOpen];

/// Every legal move: section 1.6 of the list of features, a failed attempt that goes back for another approval, and a
/// person who merges or closes a pull request in the middle of a review.
const MOVES: [(LifecycleState, &[LifecycleState]); 12] = [
    (Discovered, &[IssueOpen]),
    (IssueOpen, &[Triaged, NeedsUpdate]),
    (Triaged, &[WaitingForSignal, NeedsUpdate]),
    (
        WaitingForSignal,
        &[ApprovedToFix, NeedsUpdate, Triaged, Closed],
    ),
    (ApprovedToFix, &[PrOpen, WaitingForSignal]),
    (PrOpen, &[PrNeedsChanges, Merged, ClosedWontfix]),
    (PrNeedsChanges, &[PrUpdating, PrOpen, Merged, ClosedWontfix]),
    (PrUpdating, &[PrOpen, Merged, ClosedWontfix]),
    (Merged, &[]),
    (ClosedWontfix, &[]),
    (NeedsUpdate, &[IssueOpen]),
    (Closed, &[]),
];

/// A way from the beginning to `state`.
fn path_to(state: LifecycleState) -> Vec<LifecycleState> {
    let mut path = match state {
        Discovered => return Vec::new(),
        IssueOpen => Vec::new(),
        Triaged | NeedsUpdate => TO_PR[..1].to_vec(),
        WaitingForSignal => TO_PR[..2].to_vec(),
        ApprovedToFix | Closed => TO_PR[..3].to_vec(),
        PrOpen => TO_PR[..4].to_vec(),
        PrUpdating => [&TO_PR[..], &[PrNeedsChanges]].concat(),
        _ => TO_PR.to_vec(),
    };
    path.push(state);
    path
}

pub fn a_lifecycle_begins_once(engine: Engine) {
    let store = engine();
    let (tikv, seven) = (repository(), fingerprint(7));
    assert_eq!(store.load_lifecycle(&tikv, &seven).unwrap(), None);
    let begun = store
        .begin_lifecycle(&tikv, &seven, "seen twice", at("09:00"))
        .unwrap();
    assert_eq!(begun.repository, tikv);
    assert_eq!(begun.fingerprint, seven);
    assert_eq!(begun.state, Discovered);
    assert_eq!((begun.version, begun.issue, begun.pull), (1, None, None));
    assert_eq!(
        (begun.entered_at, begun.changed_at),
        (at("09:00"), at("09:00"))
    );
    assert_eq!(
        (begun.reason.as_str(), begun.memo.as_str()),
        ("seen twice", "{}")
    );
    assert_eq!(
        store.load_lifecycle(&tikv, &seven).unwrap(),
        Some(begun.clone())
    );

    let again = store
        .begin_lifecycle(&tikv, &seven, "seen again", at("10:00"))
        .unwrap();
    assert_eq!(again, begun);
    let moved = lifecycle(&*store, 7, &[IssueOpen]);
    let late = store
        .begin_lifecycle(&tikv, &seven, "seen again", at("11:00"))
        .unwrap();
    assert_eq!(late, moved);

    // Elsewhere it is another one.
    let other = RepositoryName::new("tikv/tikv").unwrap();
    assert_eq!(store.load_lifecycle(&other, &seven).unwrap(), None);
    let (_, journal) = only(ledger(&*store).lifecycles);
    assert_eq!(journal.len(), 2);
    assert_eq!(store.list_audit(0, 10).unwrap().len(), 2);
    assert_sound(&*store);
}

pub fn every_pair_of_states_is_judged(engine: Engine) {
    let store = engine();
    let listed: BTreeSet<_> = MOVES.iter().map(|(from, _)| *from).collect();
    assert_eq!(listed, LifecycleState::ALL.into_iter().collect());
    let mut id = 0;
    for (from, followers) in MOVES {
        assert_eq!(from.is_final(), followers.is_empty(), "{from}");
        for to in LifecycleState::ALL {
            id += 1;
            let before = lifecycle(&*store, id, &path_to(from));
            assert_eq!(before.state, from);
            let legal = followers.contains(&to);
            assert_eq!(from.can_become(to), legal, "{from} to {to}");
            let step = Transition::new(&before, to, "try")
                .with_memo("[]")
                .with_issue(1);
            match store.transition(&step, at("10:00")) {
                Ok(after) => {
                    assert!(legal || from == to, "{from} to {to}");
                    assert_eq!(after.state, to);
                }
                Err(error) => {
                    assert!(!legal && from != to, "{from} to {to}: {error}");
                    assert!(matches!(error, TransitionError::Illegal { .. }), "{error}");
                    assert!(!error.is_retryable());
                    let text = error.to_string();
                    assert!(
                        text.ends_with(&format!("cannot go from {from} to {to}")),
                        "{text}"
                    );
                    let now = store
                        .load_lifecycle(&repository(), &fingerprint(id))
                        .unwrap();
                    assert_eq!(now, Some(before));
                }
            }
        }
    }
    assert_eq!(id, 144);
    assert_sound(&*store);
}

/// The original refused the move after the comment was posted and the issue closed, and did all of it again each time.
pub fn cleaner_w10_merged_while_changes_requested(engine: Engine) {
    for (id, states) in [&[PrNeedsChanges][..], &[PrNeedsChanges, PrUpdating]]
        .into_iter()
        .enumerate()
    {
        let store = engine();
        let id = u8::try_from(id).unwrap();
        let seen = lifecycle(&*store, id, &[&TO_PR[..], states].concat());
        let merge = Transition::new(&seen, Merged, "pull request 12 was merged").with_outbox([
            OutboxDraft::new("comment merged", r#"{"body":"merged"}"#),
            OutboxDraft::new("close", r#"{"issue":7}"#),
        ]);
        let merged = store.transition(&merge, at("10:00")).unwrap();
        assert_eq!(merged.state, Merged);
        // Another runner saw the same at the same time, and this one comes by again.
        let error = store.transition(&merge, at("10:10")).unwrap_err();
        assert!(matches!(error, TransitionError::Moved { .. }), "{error}");
        let mut again = merge;
        again.version = merged.version;
        store.transition(&again, at("10:20")).unwrap();
        let keys: Vec<String> = ledger(&*store)
            .outbox
            .into_iter()
            .map(|entry| entry.key)
            .collect();
        assert_eq!(keys, ["comment merged", "close"]);
        assert_sound(&*store);
    }
}

/// The original read the state, decided, and wrote whatever it had decided.
pub fn cleaner_w17_state_update_is_compare_and_swap(engine: Engine) {
    let store = engine();
    let seen = lifecycle(&*store, 7, &[IssueOpen, Triaged, WaitingForSignal]);
    let approve = Transition::new(&seen, ApprovedToFix, "approved");
    let close = Transition::new(&seen, Closed, "closed by hand")
        .with_memo(r#"{"closed":true}"#)
        .with_issue(99)
        .with_outbox([OutboxDraft::new("comment closed", "{}")]);
    let approved = store.transition(&approve, at("10:00")).unwrap();
    let before = (ledger(&*store), store.list_audit(0, 99).unwrap());

    let error = store.transition(&close, at("10:01")).unwrap_err();
    match &error {
        TransitionError::Moved {
            expected, found, ..
        } => assert_eq!((*expected, *found), (4, 5)),
        other => panic!("{other}"),
    }
    assert!(!error.is_retryable() && !error.hints().is_empty());
    assert!(
        error.to_string().ends_with("has version 5, not 4"),
        "{error}"
    );
    assert_eq!((ledger(&*store), store.list_audit(0, 99).unwrap()), before);

    // An update counts too: what it changed was not seen.
    let update = Transition::new(&approved, ApprovedToFix, "noted").with_memo("[1]");
    store.transition(&update, at("10:02")).unwrap();
    let stale = Transition::new(&approved, PrOpen, "opened");
    let error = store.transition(&stale, at("10:03")).unwrap_err();
    assert!(matches!(error, TransitionError::Moved { .. }), "{error}");

    // Nothing can be moved that was never begun, or to a version that is yet to come.
    let mut future = Transition::new(&approved, PrOpen, "opened");
    future.version = 7;
    let error = store.transition(&future, at("10:04")).unwrap_err();
    assert!(matches!(error, TransitionError::Moved { .. }), "{error}");
    let mut unknown = stale;
    unknown.fingerprint = fingerprint(8);
    let error = store.transition(&unknown, at("10:04")).unwrap_err();
    assert!(matches!(error, TransitionError::Unknown { .. }), "{error}");
    assert_sound(&*store);
}

pub fn threads_move_it_once(engine: Engine) {
    let store = engine();
    let store = &*store;
    lifecycle(store, 7, &[]);
    let wins: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                scope.spawn(move || {
                    (0..20)
                        .filter(|round| update(store, thread, *round))
                        .count()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    let (lifecycle, journal) = only(ledger(store).lifecycles);
    assert_eq!(journal.len(), wins + 1);
    assert_eq!(lifecycle.version, wins as u64 + 1);
    assert_eq!(ledger(store).outbox.len(), wins, "each brought its write");
    assert!(wins >= 20, "{wins}");
    assert_sound(store);
}

/// Whether an update of what the thread has just read was made.
fn update(store: &dyn ftc_state::Store, thread: usize, round: usize) -> bool {
    let seen = store
        .load_lifecycle(&repository(), &fingerprint(7))
        .unwrap()
        .unwrap();
    let key = format!("{thread} {round}");
    let step =
        Transition::new(&seen, Discovered, "noted").with_outbox([OutboxDraft::new(key, "1")]);
    match store.transition(&step, at("10:00")) {
        Ok(_) => true,
        Err(TransitionError::Moved { .. }) => false,
        Err(error) => panic!("{error}"),
    }
}

pub fn an_update_keeps_the_state(engine: Engine) {
    let store = engine();
    let open = lifecycle(&*store, 7, &[IssueOpen]);
    let update = Transition::new(&open, IssueOpen, "seen again").with_memo(r#"{"times":3}"#);
    let updated = store.transition(&update, at("11:00")).unwrap();
    let mut expected = open;
    expected.version = 3;
    expected.changed_at = at("11:00");
    expected.reason = String::from("seen again");
    expected.memo = String::from(r#"{"times":3}"#);
    assert_eq!(updated, expected);
    assert_eq!(updated.entered_at, at("09:30"));
    let (stored, journal) = only(ledger(&*store).lifecycles);
    assert_eq!(stored, updated);
    let steps: Vec<_> = journal
        .iter()
        .map(|entry| {
            (
                entry.version,
                entry.from,
                entry.to,
                entry.reason.as_str(),
                entry.at,
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            (1, None, Discovered, "seen twice", at("09:00")),
            (2, Some(Discovered), IssueOpen, "to ISSUE_OPEN", at("09:30")),
            (3, Some(IssueOpen), IssueOpen, "seen again", at("11:00")),
        ]
    );
    assert_sound(&*store);
}

pub fn numbers_stay_until_they_are_set(engine: Engine) {
    let store = engine();
    let begun = lifecycle(&*store, 7, &[]);
    let step = Transition::new(&begun, IssueOpen, "filed").with_issue(12);
    let open = store.transition(&step, at("10:00")).unwrap();
    assert_eq!((open.issue, open.pull), (Some(12), None));
    let step = Transition::new(&open, Triaged, "read").with_pull(u64::MAX);
    let triaged = store.transition(&step, at("10:00")).unwrap();
    assert_eq!(triaged.issue, Some(12));
    assert_eq!(
        triaged.pull,
        Some(9_223_372_036_854_775_807),
        "as much as fits"
    );
    let step = Transition::new(&triaged, WaitingForSignal, "told").with_issue(13);
    let waiting = store.transition(&step, at("10:00")).unwrap();
    assert_eq!(waiting.issue, Some(13));
    let loaded = store
        .load_lifecycle(&repository(), &fingerprint(7))
        .unwrap();
    assert_eq!(loaded, Some(waiting));
}

pub fn a_memo_comes_back_byte_for_byte(engine: Engine) {
    let store = engine();
    let mut seen = lifecycle(&*store, 7, &[]);
    let long = format!("\"{}\"", "ä".repeat((Lifecycle::MAX_MEMO_BYTES - 2) / 2));
    assert_eq!(long.len(), Lifecycle::MAX_MEMO_BYTES);
    for memo in [
        "null",
        " { \"b\" : 1.50, \"a\": [] } \n",
        r#"{"sha":"2fd4e1c67a2d28fced849ee1bb76e7391b93eb12","text":"a\r\n\u001b[31mb\u0000 \" \\"}"#,
        r#"{"tokens":12,"secret":"***","n":123456789012345678901234567890,"a":1,"a":2}"#,
        r#"["unexpected token: expected ;","password reset passed"]"#,
        &long,
    ] {
        let step = Transition::new(&seen, Discovered, "noted").with_memo(memo);
        seen = store.transition(&step, at("10:00")).unwrap();
        assert_eq!(seen.memo, memo);
        let loaded = store
            .load_lifecycle(&repository(), &fingerprint(7))
            .unwrap();
        assert_eq!(loaded.unwrap().memo, memo);
    }
    // Without a new one the old one stays.
    let step = Transition::new(&seen, IssueOpen, "filed");
    assert_eq!(store.transition(&step, at("10:00")).unwrap().memo, long);
}

pub fn an_unfit_memo_changes_nothing(engine: Engine) {
    let store = engine();
    let seen = lifecycle(&*store, 7, &[]);
    let too_long = format!("\"{}\"", "x".repeat(Lifecycle::MAX_MEMO_BYTES - 1));
    for memo in ["", "{", "{} {}", "not json", &too_long] {
        let step = Transition::new(&seen, IssueOpen, "filed").with_memo(memo);
        match store.transition(&step, at("10:00")).unwrap_err() {
            TransitionError::Memo(JsonTextError::Long { bytes, max }) => {
                assert_eq!((bytes, max), (262_145, 262_144));
            }
            TransitionError::Memo(JsonTextError::Syntax(_)) => assert!(memo.len() < 10),
            other => panic!("{other}"),
        }
    }
    assert_eq!(only(ledger(&*store).lifecycles).0, seen);
}

pub fn lists_run_by_fingerprint_and_version(engine: Engine) {
    let store = engine();
    for id in [5, 1, 200, 3, 4] {
        lifecycle(&*store, id, &[]);
    }
    let elsewhere = RepositoryName::new("tikv/tikv").unwrap();
    store
        .begin_lifecycle(&elsewhere, &fingerprint(2), "seen", at("09:00"))
        .unwrap();
    for limit in 1..7 {
        // Each is moved when the walk comes by, which does not make it come by again.
        let mut moved = BTreeSet::new();
        let ids: Vec<_> = walk(limit, |page| {
            let page = store.list_lifecycles(&repository(), page)?;
            for lifecycle in &page.items {
                let step = Transition::new(lifecycle, lifecycle.state, "noted");
                store.transition(&step, at("10:00")).unwrap();
                assert!(moved.insert(lifecycle.fingerprint));
            }
            Ok(page)
        });
        let ids: Vec<u8> = ids
            .iter()
            .map(|lifecycle| lifecycle.fingerprint.0[0])
            .collect();
        assert_eq!(ids, [1, 3, 4, 5, 200], "{limit}");
    }
    for limit in 1..9 {
        let journal = walk(limit, |page| {
            store.list_transitions(&repository(), &fingerprint(5), page)
        });
        let versions: Vec<u64> = journal.iter().map(|entry| entry.version).collect();
        assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7]);
    }
    let none = walk(3, |page| {
        store.list_transitions(&elsewhere, &fingerprint(5), page)
    });
    assert_eq!(none, []);
}

pub fn every_step_is_audited(engine: Engine) {
    let store = engine();
    let begun = lifecycle(&*store, 7, &[]);
    let write = OutboxDraft::new("issue 7", "{}");
    let open = Transition::new(&begun, IssueOpen, "it is flaky").with_outbox([write]);
    let open = store.transition(&open, at("10:00")).unwrap();
    store
        .fail_outbox(OutboxId(1), "no network", at("10:01"))
        .unwrap();
    store
        .complete_outbox(OutboxId(1), &OutboxDone::new("created"), at("10:02"))
        .unwrap();
    let update = Transition::new(&open, IssueOpen, "noted");
    store.transition(&update, at("10:03")).unwrap();
    let log: Vec<String> = store
        .list_audit(0, 99)
        .unwrap()
        .into_iter()
        .map(|entry| {
            let event = entry.event;
            let target = event.target.replace(&fingerprint(7).to_string(), "SEVEN");
            format!(
                "{} {} [{target}] {}",
                event.action, event.result, event.detail
            )
        })
        .collect();
    assert_eq!(
        log,
        [
            "lifecycle.begin done [tikv/pd SEVEN] seen twice",
            "lifecycle.transition done [tikv/pd SEVEN] DISCOVERED to ISSUE_OPEN, version 2: it is flaky",
            "forge.write failed [tikv/pd SEVEN issue 7] no network",
            "forge.write done [tikv/pd SEVEN issue 7] created",
            "lifecycle.update done [tikv/pd SEVEN] ISSUE_OPEN version 3: noted",
        ]
    );
    let pending = walk(3, |page| {
        store.list_outbox(&repository(), &OutboxFilter::pending(), page)
    });
    assert_eq!(pending, []);
    assert_sound(&*store);
}
