//! Weakness 8 of the original cleaner, the store's half: its default store dropped fields on update, kept occurrences
//! twice and forgot everything between runs.

use ftc_fingerprint::Class;
use ftc_state::Novelty;

use super::Engine;
use crate::support::{assert_sound, at, dump, failure, failure_at, only, scan};

pub fn cleaner_w08_store_keeps_what_it_knows(engine: Engine) {
    let store = engine();
    let mut first = failure_at(7, "08:00");
    first.class = Class::Flaky;
    first.confidence = 0.95;
    first.suite = Some("server/lease".to_owned());
    let mut informed = scan(1, [first.clone()]);
    informed.commit = Some("5f4dcc3".to_owned());
    informed.platform = Some("linux".to_owned());
    store.record_scan(&informed, at("09:00")).unwrap();

    // An update keeps fields: a scan that does not know commit and platform takes neither away.
    let mut uninformed = informed.clone();
    (uninformed.commit, uninformed.platform) = (None, None);
    let again = store.record_scan(&uninformed, at("10:00")).unwrap();
    let occurrence = only(dump(&*store).occurrences);
    assert_eq!(occurrence.commit.as_deref(), Some("5f4dcc3"));
    assert_eq!(occurrence.platform.as_deref(), Some("linux"));
    assert_eq!(occurrence.failure, first);

    // No occurrence twice.
    assert_eq!(only(again.failures).occurrence, Novelty::Known);

    // Nothing is forgotten: neither by a scan of something else, nor by one of the same run that finds nothing.
    store
        .record_scan(&scan(2, [failure(8)]), at("11:00"))
        .unwrap();
    let mut empty = uninformed;
    empty.failures.clear();
    store.record_scan(&empty, at("12:00")).unwrap();
    let known = dump(&*store);
    assert_eq!(known.occurrences.len(), 2);
    let seven = known
        .fingerprints
        .iter()
        .find(|known| known.test.as_deref() == Some("Test7"));
    let seven = seven.unwrap();
    assert_eq!(seven.class, Class::Flaky);
    assert_eq!(seven.suite.as_deref(), Some("server/lease"));
    assert_eq!(seven.first_seen, Some(at("08:00")));

    // A commit that turns out to be another one is put right, and an older scan does not put it wrong again.
    let mut corrected = empty.clone();
    corrected.commit = Some("0cc175b".to_owned());
    store.record_scan(&corrected, at("13:00")).unwrap();
    store.record_scan(&informed, at("09:30")).unwrap();
    let commits: Vec<_> = dump(&*store).runs.into_iter().map(|run| run.commit).collect();
    assert!(commits.contains(&Some("0cc175b".to_owned())), "{commits:?}");
    assert_sound(&*store);
}
