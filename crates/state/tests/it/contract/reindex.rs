//! Keys that are made again by other rules.

use ftc_fingerprint::{Fingerprint, Identity, Masks};
use ftc_state::{
    FailureRecord, LifecycleState, OutboxFilter, PageRequest, ReindexBatch, ReindexRequest, Store,
    Transition,
};

use super::Engine;
use crate::support::{
    assert_sound, at, dump, failure, failure_at, fill_ledger, fingerprint, ledger, lifecycle, only,
    repository, scan,
};

/// A failure under fingerprint `id`, which older rules gave it.
fn old(id: u8, test: &str, message: &str, clock: &str) -> FailureRecord {
    let mut failure = failure_at(id, clock);
    "f1".clone_into(&mut failure.fingerprint_version);
    failure.test = Some(test.to_owned());
    message.clone_into(&mut failure.message);
    failure
}

/// The fingerprint by the present rules.
fn present(failure: &FailureRecord, masks: &Masks) -> Fingerprint {
    let identity = Identity {
        family: &failure.framework_family,
        test: failure.test.as_deref(),
        kind: failure.kind,
        message: &failure.message,
        function: failure.function.as_deref(),
        excerpt: &failure.excerpt,
    };
    identity.keys(masks).exact
}

/// Goes through the whole store in batches of `limit`.
fn reindex_by(store: &dyn Store, limit: usize, masks: &Masks, writes: bool) -> Vec<ReindexBatch> {
    let mut request = ReindexRequest::new(masks.clone());
    request.limit = limit;
    request.writes = writes;
    let mut batches = Vec::new();
    loop {
        let batch = store.reindex(&request, at("12:00")).unwrap();
        request.after.clone_from(&batch.next);
        batches.push(batch);
        if request.after.is_none() {
            return batches;
        }
    }
}

fn reindex(store: &dyn Store) -> ReindexBatch {
    only(reindex_by(store, 100, &Masks::default(), true))
}

pub fn an_old_fingerprint_becomes_an_alias(engine: Engine) {
    let store = engine();
    let failure = old(7, "TestLease", "lease expired after 31ms", "09:00");
    let later = old(7, "TestLease", "lease expired after 40ms", "10:00");
    store
        .record_scan(&scan(1, [failure.clone()]), at("09:30"))
        .unwrap();
    store.record_scan(&scan(2, [later]), at("10:30")).unwrap();

    let batch = reindex(&*store);
    let new = present(&failure, &Masks::default());
    assert_eq!((batch.fingerprints, batch.occurrences), (1, 2));
    let moved = only(batch.moved);
    assert_eq!((moved.from, moved.to), (fingerprint(7), vec![(new, 2)]));
    assert_eq!((moved.is_joined, moved.has_lifecycle), (false, false));

    let known = only(dump(&*store).fingerprints);
    assert_eq!((known.fingerprint, known.times_seen), (new, 2));
    assert_eq!(known.fingerprint_version, "f2");
    assert_eq!(known.first_seen, Some(at("09:00")));
    let by_old = store
        .load_fingerprint(&repository(), &fingerprint(7))
        .unwrap();
    assert_eq!(by_old.as_ref(), Some(&known));
    let found = store
        .find_fingerprint(None, &"0707".parse().unwrap())
        .unwrap();
    assert_eq!(found, Some(known));
    let page = PageRequest::default();
    let occurrences = store.list_occurrences(&repository(), &fingerprint(7), &page);
    assert_eq!(occurrences.unwrap().items.len(), 2);
    let alias = store
        .load_alias(&repository(), &fingerprint(7))
        .unwrap()
        .unwrap();
    assert_eq!(alias.fingerprint, new);
    assert_eq!((&*alias.from_version, &*alias.to_version), ("f1", "f2"));
    assert_eq!(store.load_alias(&repository(), &new).unwrap(), None);
    assert_sound(&*store);

    let entries = store.list_audit(0, 100).unwrap();
    let last = &entries.last().unwrap().event;
    assert_eq!((&*last.action, &*last.target), ("store.reindex", "f2"));

    // Again, and nothing is left to do, nor to tell.
    let before = dump(&*store);
    let again = reindex(&*store);
    assert_eq!((again.occurrences, again.moved.len()), (0, 0));
    assert_eq!(dump(&*store), before);
    assert_eq!(store.list_audit(0, 100).unwrap().len(), entries.len());
}

pub fn two_that_become_one_keep_everything(engine: Engine) {
    let store = engine();
    let (first, second) = (
        old(
            7,
            "TestLease",
            "lease 0c2f5fb4-9136-45c0-af75-03633152ccf4 lost",
            "09:00",
        ),
        old(
            8,
            "TestLease",
            "lease 8bc85a0b-1b36-4fc0-8f75-a3633152cc11 lost",
            "10:00",
        ),
    );
    let new = present(&first, &Masks::default());
    assert_eq!(present(&second, &Masks::default()), new);
    let runs = [
        (1, vec![first.clone()]),
        (2, vec![second.clone()]),
        // The same test failed once here, which older rules took for two failures.
        (3, vec![first, second]),
    ];
    for (run, failures) in runs {
        store
            .record_scan(&scan(run, failures), at("11:00"))
            .unwrap();
    }
    let batch = reindex(&*store);
    let joined: Vec<_> = batch.moved.iter().map(|moved| moved.is_joined).collect();
    assert_eq!(joined, [false, true]);
    let known = only(dump(&*store).fingerprints);
    assert_eq!((known.fingerprint, known.times_seen), (new, 3));
    assert_eq!(known.first_seen, Some(at("09:00")));
    assert_eq!(known.last_seen, Some(at("10:00")));
    for id in [7, 8] {
        let alias = store.load_alias(&repository(), &fingerprint(id)).unwrap();
        assert_eq!(alias.unwrap().fingerprint, new);
    }
    assert_sound(&*store);
}

pub fn one_that_becomes_two_leads_to_the_larger(engine: Engine) {
    let store = engine();
    let messages = ["status 503", "status 404", "status 503"];
    for (run, message) in (1..).zip(messages) {
        let failure = old(7, "TestGet", message, "09:00");
        store
            .record_scan(&scan(run, [failure]), at("11:00"))
            .unwrap();
    }
    let [many, one] = ["status 503", "status 404"]
        .map(|message| present(&old(7, "TestGet", message, "09:00"), &Masks::default()));
    let batch = reindex(&*store);
    assert_eq!(only(batch.moved).to, [(many, 2), (one, 1)]);
    let mut seen: Vec<_> = dump(&*store)
        .fingerprints
        .iter()
        .map(|known| (known.times_seen, known.fingerprint))
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, [(1, one), (2, many)]);
    let alias = store.load_alias(&repository(), &fingerprint(7)).unwrap();
    assert_eq!(alias.unwrap().fingerprint, many);
    assert_sound(&*store);
}

pub fn a_lifecycle_goes_along(engine: Engine) {
    let store = engine();
    let failure = old(7, "TestLease", "lease lost", "09:00");
    let new = present(&failure, &Masks::default());
    store.record_scan(&scan(1, [failure]), at("09:00")).unwrap();
    fill_ledger(&*store);
    let before = only(ledger(&*store).lifecycles);
    assert!(only(reindex(&*store).moved).has_lifecycle);

    let after = ledger(&*store);
    let (moved, journal) = only(after.lifecycles);
    assert_eq!(moved.fingerprint, new);
    assert_eq!((moved.version, moved.issue), (before.0.version, Some(12)));
    assert_eq!(journal, before.1);
    let mut filter = OutboxFilter::all();
    filter.fingerprint = Some(new);
    let writes = store.list_outbox(&repository(), &filter, &PageRequest::default());
    assert_eq!(writes.unwrap().items.len(), 2);

    // Whoever still has the old name gets on with it, and does not begin a second one.
    let by_old = store
        .load_lifecycle(&repository(), &fingerprint(7))
        .unwrap();
    assert_eq!(by_old, Some(moved.clone()));
    let begun = store.begin_lifecycle(&repository(), &fingerprint(7), "again", at("12:30"));
    assert_eq!(begun.unwrap(), moved);
    let step = Transition::new(&before.0, LifecycleState::Triaged, "analysed");
    let stepped = store.transition(&step, at("12:31")).unwrap();
    assert_eq!(
        (stepped.fingerprint, stepped.version),
        (new, moved.version + 1)
    );
    assert_eq!(ledger(&*store).lifecycles.len(), 1);
    assert_sound(&*store);
}

pub fn of_two_lifecycles_none_is_lost(engine: Engine) {
    let store = engine();
    for (run, id) in [(1, 7), (2, 8)] {
        let failure = old(id, "TestLease", "lease lost", "09:00");
        store
            .record_scan(&scan(run, [failure]), at("09:00"))
            .unwrap();
    }
    let first = lifecycle(&*store, 7, &[LifecycleState::IssueOpen]);
    let second = lifecycle(&*store, 8, &[]);
    reindex(&*store);
    let new = only(dump(&*store).fingerprints).fingerprint;
    let mut states: Vec<_> = ledger(&*store)
        .lifecycles
        .iter()
        .map(|(lifecycle, _)| (lifecycle.fingerprint, lifecycle.state))
        .collect();
    states.sort_unstable();
    let mut expected = [(new, first.state), (fingerprint(8), second.state)];
    expected.sort_unstable();
    assert_eq!(states, expected);
    // The one that stayed still leads to its failure.
    let known = store
        .load_fingerprint(&repository(), &fingerprint(8))
        .unwrap();
    assert_eq!(known.unwrap().fingerprint, new);
    assert_sound(&*store);
}

pub fn what_newer_rules_made_is_left_alone(engine: Engine) {
    let store = engine();
    let mut failure = failure(7);
    "f90".clone_into(&mut failure.fingerprint_version);
    store.record_scan(&scan(1, [failure]), at("09:00")).unwrap();
    let before = dump(&*store);
    let batch = reindex(&*store);
    assert_eq!((batch.newer, batch.occurrences), (1, 0));
    assert_eq!(dump(&*store), before);
}

pub fn masks_replace_only_what_they_touch_and_may_be_taken_back(engine: Engine) {
    let store = engine();
    let (touched, other) = (
        old(7, "TestTenant", "tenant blue-whale is gone", "09:00"),
        old(8, "TestLease", "lease lost", "09:00"),
    );
    store
        .record_scan(&scan(1, [touched.clone(), other.clone()]), at("09:00"))
        .unwrap();
    reindex(&*store);
    let plain = dump(&*store);
    let without = present(&touched, &Masks::default());

    let masks = Masks::new(&["tenant ([a-z-]+)"], &[]).unwrap();
    let batch = only(reindex_by(&*store, 100, &masks, true));
    assert_eq!(batch.occurrences, 2);
    assert_eq!(only(batch.moved).from, without);
    let with = present(&touched, &masks);
    let alias = store.load_alias(&repository(), &without).unwrap().unwrap();
    assert_eq!(alias.fingerprint, with);
    assert_eq!(
        (&*alias.from_version, &*alias.to_version),
        ("f2", masks.version())
    );
    let versions: Vec<_> = dump(&*store)
        .fingerprints
        .iter()
        .map(|known| known.fingerprint_version.clone())
        .collect();
    assert_eq!(versions, [masks.version(), masks.version()]);

    reindex(&*store);
    assert_eq!(dump(&*store), plain);
    assert_eq!(store.load_alias(&repository(), &without).unwrap(), None);
    let alias = store.load_alias(&repository(), &with).unwrap().unwrap();
    assert_eq!(alias.fingerprint, without);
    assert_sound(&*store);
}

pub fn aliases_of_aliases_lead_to_what_is_known(engine: Engine) {
    let store = engine();
    let failure = old(7, "TestTenant", "tenant blue-whale is gone", "09:00");
    store
        .record_scan(&scan(1, [failure.clone()]), at("09:00"))
        .unwrap();
    reindex(&*store);
    let masks = Masks::new(&["tenant ([a-z-]+)"], &[]).unwrap();
    reindex_by(&*store, 100, &masks, true);
    let now = present(&failure, &masks);
    for name in [fingerprint(7), present(&failure, &Masks::default()), now] {
        let known = store.load_fingerprint(&repository(), &name).unwrap();
        assert_eq!(known.unwrap().fingerprint, now);
    }
    assert_sound(&*store);
}

pub fn asking_what_would_change_changes_nothing(engine: Engine) {
    let store = engine();
    let failures = [
        old(7, "TestLease", "lease lost", "09:00"),
        old(8, "TestLease", "lease lost", "09:00"),
    ];
    store.record_scan(&scan(1, failures), at("09:00")).unwrap();
    let (before, audit) = (dump(&*store), store.list_audit(0, 10).unwrap());
    let batch = only(reindex_by(&*store, 100, &Masks::default(), false));
    assert_eq!((batch.moved.len(), batch.occurrences), (2, 2));
    assert_eq!(dump(&*store), before);
    assert_eq!(store.list_audit(0, 10).unwrap(), audit);
    assert_eq!(
        store.load_alias(&repository(), &fingerprint(7)).unwrap(),
        None
    );
}

pub fn a_later_scan_by_new_rules_is_the_same_occurrence(engine: Engine) {
    let store = engine();
    let failure = old(7, "TestLease", "lease lost", "09:00");
    store
        .record_scan(&scan(1, [failure.clone()]), at("09:00"))
        .unwrap();
    let mut again = failure;
    again.fingerprint = present(&again, &Masks::default());
    "f2".clone_into(&mut again.fingerprint_version);
    store
        .record_scan(&scan(1, [again.clone()]), at("10:00"))
        .unwrap();
    assert_eq!(dump(&*store).fingerprints.len(), 2);
    assert!(only(reindex(&*store).moved).is_joined);
    let known = only(dump(&*store).fingerprints);
    assert_eq!(
        (known.fingerprint, known.times_seen),
        (again.fingerprint, 1)
    );
    assert_eq!(
        (known.first_scanned, known.last_scanned),
        (at("09:00"), at("10:00"))
    );
    assert_sound(&*store);
}

pub fn the_size_of_batches_makes_no_difference(engine: Engine) {
    let (all, few) = (engine(), engine());
    for store in [&*all, &*few] {
        for run in 1..4_u8 {
            let failures: Vec<_> = (0..9)
                .map(|id| {
                    old(
                        id * 20,
                        "TestLease",
                        &format!("lease {} lost", id % 4),
                        "09:00",
                    )
                })
                .collect();
            store
                .record_scan(&scan(run.into(), failures), at("09:00"))
                .unwrap();
        }
    }
    reindex(&*all);
    assert!(reindex_by(&*few, 1, &Masks::default(), true).len() > 8);
    assert_eq!(dump(&*few), dump(&*all));
    assert_eq!(dump(&*few).fingerprints.len(), 4);
    assert_sound(&*few);
}
