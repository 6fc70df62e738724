//! Lists, look-ups and the audit log.

use ftc_fingerprint::Fingerprint;
use ftc_state::{AuditEvent, AuditResult, FindError, RepositoryName};

use super::Engine;
use crate::support::{
    assert_sound, at, dump, dump_by, failure, failure_at, fingerprint, repository, scan,
};

pub fn lists_run_from_late_to_early(engine: Engine) {
    let store = engine();
    for (run, clock) in [(1, Some("08:00")), (2, None), (3, Some("10:00")), (4, Some("09:00"))] {
        let one = clock.map_or_else(|| failure(7), |clock| failure_at(7, clock));
        let mut record = scan(run, [one]);
        record.time = clock.map(|clock| (at("01:00"), at(clock)));
        store.record_scan(&record, at("12:00")).unwrap();
    }
    let known = dump_by(&*store, 1);
    let expected = [Some(at("10:00")), Some(at("09:00")), Some(at("08:00")), None];
    let times: Vec<_> = known
        .occurrences
        .iter()
        .map(|occurrence| occurrence.failure.occurred_at)
        .collect();
    assert_eq!(times, expected);
    let ends: Vec<_> = known
        .runs
        .iter()
        .map(|run| run.time.map(|(_, last)| last))
        .collect();
    assert_eq!(ends, expected);

    store
        .record_scan(&scan(5, [failure_at(8, "11:00"), failure(9)]), at("12:00"))
        .unwrap();
    let ids: Vec<_> = dump(&*store)
        .fingerprints
        .iter()
        .map(|known| known.fingerprint)
        .collect();
    assert_eq!(ids, [fingerprint(8), fingerprint(7), fingerprint(9)]);
}

pub fn the_size_of_pages_makes_no_difference(engine: Engine) {
    let store = engine();
    // Many rows with the same time and many without one: there, only the keys tell rows apart.
    for run in 0..20_u32 {
        let id = u8::try_from(run).unwrap();
        let one = if run % 3 == 0 { failure(id) } else { failure_at(id, "08:00") };
        let shared = if run % 2 == 0 { failure(99) } else { failure_at(99, "07:00") };
        let mut record = scan(run, [one, shared]);
        record.time = (run % 4 != 0).then(|| (at("01:00"), at("02:00")));
        store.record_scan(&record, at("09:00")).unwrap();
    }
    let whole = dump_by(&*store, 1000);
    assert_eq!(whole.fingerprints.len(), 21);
    assert_eq!(whole.occurrences.len(), 40);
    assert_eq!(whole.runs.len(), 20);
    for limit in [1, 2, 7, 20, 21] {
        assert_eq!(dump_by(&*store, limit), whole, "{limit} rows per page");
    }
}

pub fn a_prefix_finds_its_fingerprint(engine: Engine) {
    let store = engine();
    store
        .record_scan(&scan(1, [failure(0xab), failure(0xac)]), at("09:00"))
        .unwrap();
    let find = |prefix: &str| {
        let found = store.find_fingerprint(Some(&repository()), &prefix.parse().unwrap());
        found.unwrap().map(|known| known.fingerprint)
    };
    assert_eq!(find("abab"), Some(fingerprint(0xab)));
    assert_eq!(find("ABABAB"), Some(fingerprint(0xab)));
    assert_eq!(find(&fingerprint(0xac).to_string()), Some(fingerprint(0xac)));
    assert_eq!(find("abac"), None);
    let anywhere = store.find_fingerprint(None, &"acac".parse().unwrap());
    assert_eq!(anywhere.unwrap().unwrap().repository, repository());
    let other = RepositoryName::new("other/one").unwrap();
    let elsewhere = store.find_fingerprint(Some(&other), &"acac".parse().unwrap());
    assert_eq!(elsewhere.unwrap(), None);
}

pub fn an_ambiguous_prefix_names_the_candidates(engine: Engine) {
    let store = engine();
    let (mut one, mut two) = (failure(1), failure(2));
    one.fingerprint = with_start(&[0xab, 0xcd, 0x01]);
    two.fingerprint = with_start(&[0xab, 0xcd, 0xf2]);
    two.test = None;
    store
        .record_scan(&scan(1, [one.clone(), two]), at("09:00"))
        .unwrap();
    let error = store
        .find_fingerprint(None, &"abcd".parse().unwrap())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`abcd` is the beginning of more than one fingerprint"
    );
    assert_eq!(
        error.hints(),
        [
            "`abcd010000000000000000000000000000000000000000000000000000000000` in tikv/pd: Test1",
            "`abcdf20000000000000000000000000000000000000000000000000000000000` in tikv/pd: (no test)",
        ]
    );
    let found = store.find_fingerprint(None, &"abcd01".parse().unwrap());
    assert_eq!(found.unwrap().unwrap().fingerprint, one.fingerprint);

    // One fingerprint in two repositories is ambiguous too, until one of them is named.
    let mut elsewhere = scan(1, [one]);
    elsewhere.repository = RepositoryName::new("a/fork").unwrap();
    store.record_scan(&elsewhere, at("09:00")).unwrap();
    let error = store
        .find_fingerprint(None, &"abcd01".parse().unwrap())
        .unwrap_err();
    let FindError::Ambiguous { candidates, .. } = error else {
        panic!("{error}");
    };
    let names: Vec<_> = candidates
        .iter()
        .map(|candidate| candidate.repository.as_str())
        .collect();
    assert_eq!(names, ["a/fork", "tikv/pd"]);
    let here = store.find_fingerprint(Some(&repository()), &"abcd01".parse().unwrap());
    assert_eq!(here.unwrap().unwrap().repository, repository());
}

pub fn many_candidates_are_cut(engine: Engine) {
    let store = engine();
    let failures: Vec<_> = (0..30)
        .map(|id| {
            let mut one = failure(id);
            one.fingerprint = with_start(&[0xab, 0xcd, id]);
            one
        })
        .collect();
    store.record_scan(&scan(1, failures), at("09:00")).unwrap();
    let error = store
        .find_fingerprint(None, &"abcd".parse().unwrap())
        .unwrap_err();
    assert_eq!(error.hints().len(), FindError::MAX_CANDIDATES);
}

fn with_start(start: &[u8]) -> Fingerprint {
    let mut bytes = [0; 32];
    bytes[..start.len()].copy_from_slice(start);
    Fingerprint(bytes)
}

pub fn the_audit_log_is_a_chain(engine: Engine) {
    let store = engine();
    store
        .record_scan(&scan(1, [failure(7)]), at("09:00"))
        .unwrap();
    let event = AuditEvent::new("issue.open", "tikv/pd#7", AuditResult::Refused);
    let appended = store
        .append_audit(&event.clone().with_detail("rate limit"), at("10:00"))
        .unwrap();
    let log = store.list_audit(0, 10).unwrap();
    assert_eq!(log.len(), 2);
    assert_eq!(log[0].sequence, 1);
    assert_eq!(log[0].event.action, "scan.record");
    assert_eq!(
        log[0].event.target,
        "tikv/pd https://ci.example.com/runs/1 attempt 1 unit.log"
    );
    assert_eq!(
        log[0].event.detail,
        "class unknown, 1 occurrences, 1 of them new"
    );
    assert_eq!(log[1], appended);
    assert_eq!(log[1].previous, log[0].hash);
    assert_eq!(log[1].at, at("10:00"));
    assert_eq!(log[1].event, event.with_detail("rate limit"));
    assert_eq!(store.list_audit(1, 10).unwrap(), log[1..]);
    assert_eq!(store.list_audit(0, 1).unwrap(), log[..1]);
    assert_eq!(store.list_audit(2, 10).unwrap(), []);
    assert_eq!(store.list_audit(u64::MAX, 10).unwrap(), []);
    assert_sound(&*store);
}
