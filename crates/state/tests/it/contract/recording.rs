//! Recording scans.

use std::thread;

use ftc_durable::Digest;
use ftc_fingerprint::{Class, Sketch};
use ftc_state::{Novelty, OccurrenceSource, Reason, RepositoryName};

use super::Engine;
use crate::support::{
    assert_sound, at, dump, failure, failure_at, fingerprint, only, repository, scan, source,
};

pub fn a_new_failure_is_the_first(engine: Engine) {
    let store = engine();
    let recorded = store
        .record_scan(&scan(1, [failure_at(7, "08:00")]), at("09:00"))
        .unwrap();
    assert_eq!(recorded.run, Novelty::New);
    let answer = only(recorded.failures);
    assert_eq!(answer.occurrence, Novelty::New);
    assert!(answer.is_first());
    let known = answer.fingerprint;
    assert_eq!(known.times_seen, 1);
    assert_eq!(known.first_seen, Some(at("08:00")));
    assert_eq!(known.last_seen, Some(at("08:00")));
    assert_eq!(known.first_scanned, at("09:00"));
    assert_eq!(known.message, "lease 7 expired");
    let loaded = store.load_fingerprint(&repository(), &fingerprint(7));
    assert_eq!(loaded.unwrap(), Some(known));
    let absent = store.load_fingerprint(&repository(), &fingerprint(8));
    assert_eq!(absent.unwrap(), None);
    assert_sound(&*store);
}

pub fn the_same_scan_again_adds_nothing(engine: Engine) {
    let store = engine();
    let record = scan(1, [failure_at(7, "08:00"), failure(8)]);
    store.record_scan(&record, at("09:00")).unwrap();
    let before = dump(&*store);
    let again = store.record_scan(&record, at("10:00")).unwrap();
    assert_eq!(again.run, Novelty::Known);
    for answer in &again.failures {
        assert_eq!(answer.occurrence, Novelty::Known);
        assert!(!answer.is_first());
        assert_eq!(answer.fingerprint.times_seen, 1);
        assert_eq!(answer.fingerprint.first_scanned, at("09:00"));
        assert_eq!(answer.fingerprint.last_scanned, at("10:00"));
    }
    let mut after = dump(&*store);
    assert_eq!(only(after.runs.clone()).last_scanned, at("10:00"));
    for known in &mut after.fingerprints {
        known.last_scanned = at("09:00");
    }
    for occurrence in &mut after.occurrences {
        occurrence.last_scanned = at("09:00");
    }
    after.runs[0].last_scanned = at("09:00");
    assert_eq!(after, before);
    assert_sound(&*store);
}

pub fn another_run_is_another_occurrence(engine: Engine) {
    let store = engine();
    store
        .record_scan(&scan(1, [failure(7)]), at("09:00"))
        .unwrap();
    let second = store
        .record_scan(&scan(2, [failure(7)]), at("10:00"))
        .unwrap();
    assert_eq!(second.run, Novelty::New);
    let answer = only(second.failures);
    assert_eq!(answer.occurrence, Novelty::New);
    assert!(!answer.is_first(), "run 1 had it before");
    assert_eq!(answer.fingerprint.times_seen, 2);

    let mut retried = scan(2, [failure(7)]);
    retried.source = OccurrenceSource::run("https://ci.example.com/runs/2", 2, "unit.log");
    let third = store.record_scan(&retried, at("11:00")).unwrap();
    assert_eq!(only(third.failures).fingerprint.times_seen, 3);
    assert_eq!(dump(&*store).occurrences.len(), 3);
}

pub fn seen_is_the_logs_time_and_scanned_the_callers(engine: Engine) {
    let store = engine();
    for (run, occurred, scanned) in [
        (1, "08:00", "12:00"),
        (2, "06:00", "11:00"),
        (3, "07:00", "13:00"),
    ] {
        let record = scan(run, [failure_at(7, occurred)]);
        store.record_scan(&record, at(scanned)).unwrap();
    }
    let known = only(dump(&*store).fingerprints);
    assert_eq!(known.first_seen, Some(at("06:00")));
    assert_eq!(known.last_seen, Some(at("08:00")));
    assert_eq!(known.first_scanned, at("11:00"));
    assert_eq!(known.last_scanned, at("13:00"));
}

pub fn logs_without_times_leave_seen_open(engine: Engine) {
    let store = engine();
    store
        .record_scan(&scan(1, [failure(7)]), at("09:00"))
        .unwrap();
    let known = only(dump(&*store).fingerprints);
    assert_eq!((known.first_seen, known.last_seen), (None, None));

    let dated = scan(2, [failure_at(7, "08:00")]);
    store.record_scan(&dated, at("10:00")).unwrap();
    store
        .record_scan(&scan(3, [failure(7)]), at("11:00"))
        .unwrap();
    let known = only(dump(&*store).fingerprints);
    assert_eq!(known.first_seen, Some(at("08:00")));
    assert_eq!(known.last_seen, Some(at("08:00")));
}

pub fn the_latest_scan_describes_a_run(engine: Engine) {
    let store = engine();
    let mut partial = scan(1, [failure(7)]);
    partial.lines = 10;
    let mut whole = scan(1, [failure(7), failure(8)]);
    whole.lines = 90;
    whole.class = Class::Infra;
    store.record_scan(&whole, at("10:00")).unwrap();
    store.record_scan(&partial, at("09:00")).unwrap();
    let run = only(dump(&*store).runs);
    assert_eq!((run.lines, run.failed), (90, 2), "the scan of 09:00 is older");
    assert_eq!(run.class, Class::Infra);
    assert_eq!(run.first_scanned, at("09:00"));
    assert_eq!(run.last_scanned, at("10:00"));

    whole.failures.pop();
    store.record_scan(&whole, at("11:00")).unwrap();
    let after = dump(&*store);
    assert_eq!(only(after.runs).failed, 1);
    assert_eq!(after.occurrences.len(), 2, "an occurrence is never removed");
}

pub fn a_corrected_occurrence_corrects_its_fingerprint(engine: Engine) {
    let store = engine();
    let mut wrong = failure_at(7, "05:00");
    wrong.class = Class::Flaky;
    wrong.confidence = 0.9;
    wrong.message = "misread".to_owned();
    store
        .record_scan(&scan(1, [wrong]), at("09:00"))
        .unwrap();
    store
        .record_scan(&scan(2, [failure_at(7, "04:30")]), at("09:30"))
        .unwrap();
    let corrected = scan(1, [failure_at(7, "06:00")]);
    let answer = store.record_scan(&corrected, at("10:00")).unwrap();
    let known = only(answer.failures).fingerprint;
    assert_eq!(known.class, Class::Unknown);
    assert!(known.confidence.abs() < f64::EPSILON);
    assert_eq!(known.message, "lease 7 expired");
    assert_eq!(known.first_seen, Some(at("04:30")));
    assert_eq!(known.last_seen, Some(at("06:00")));
    assert_eq!(known.times_seen, 2);
    assert_sound(&*store);
}

pub fn the_strongest_class_is_kept(engine: Engine) {
    let store = engine();
    for (run, class, confidence) in [
        (1, Class::Unknown, 0.99),
        (2, Class::Flaky, 0.8),
        (3, Class::Infra, 0.6),
        (4, Class::Unknown, 1.0),
    ] {
        let mut one = failure_at(7, &format!("0{run}:00"));
        one.class = class;
        one.confidence = confidence;
        one.evidence = vec![Reason {
            rule: format!("rule-{run}"),
            text: "because".to_owned(),
        }];
        store.record_scan(&scan(run, [one]), at("09:00")).unwrap();
    }
    let known = only(dump(&*store).fingerprints);
    assert_eq!(known.class, Class::Flaky, "a decided class, and the surest");
    assert!((known.confidence - 0.8).abs() < f64::EPSILON);
    assert_eq!(only(known.evidence).rule, "rule-2");
}

pub fn passing_runs_are_kept(engine: Engine) {
    let store = engine();
    let mut record = scan(1, []);
    record.class = Class::Pass;
    record.time = Some((at("08:00"), at("08:05")));
    record.commit = Some("5f4dcc3".to_owned());
    record.frameworks = vec!["go-test".to_owned()];
    let recorded = store.record_scan(&record, at("09:00")).unwrap();
    assert_eq!(recorded.failures, []);
    let known = dump(&*store);
    assert_eq!((known.fingerprints.len(), known.occurrences.len()), (0, 0));
    let run = only(known.runs);
    assert_eq!(run.class, Class::Pass);
    assert_eq!(run.time, Some((at("08:00"), at("08:05"))));
    assert_eq!(run.commit.as_deref(), Some("5f4dcc3"));
    assert_eq!(run.frameworks, ["go-test"]);
    assert_eq!((run.failed, run.passed_on_retry), (0, 0));
}

pub fn a_failure_mentioned_twice_is_one_occurrence(engine: Engine) {
    let store = engine();
    let mut retried = failure(7);
    retried.passed_on_retry = true;
    let mut failed = failure(7);
    failed.message = "failed for good".to_owned();
    let recorded = store
        .record_scan(&scan(1, [retried, failed, failure(8)]), at("09:00"))
        .unwrap();
    let ids: Vec<_> = recorded
        .failures
        .iter()
        .map(|answer| (answer.fingerprint.fingerprint, answer.fingerprint.times_seen))
        .collect();
    let (seven, eight) = (fingerprint(7), fingerprint(8));
    assert_eq!(ids, [(seven, 1), (seven, 1), (eight, 1)]);
    let known = dump(&*store);
    assert_eq!(known.occurrences.len(), 2);
    let seven = known
        .fingerprints
        .iter()
        .find(|known| known.fingerprint == fingerprint(7));
    assert_eq!(seven.unwrap().message, "failed for good");
    let run = only(known.runs);
    assert_eq!((run.failed, run.passed_on_retry), (2, 0));
}

pub fn one_fingerprint_under_two_tests_is_two_occurrences(engine: Engine) {
    let store = engine();
    let mut other = failure(7);
    other.test = Some("TestOther".to_owned());
    let record = scan(1, [failure(7), other]);
    let recorded = store.record_scan(&record, at("09:00")).unwrap();
    for answer in &recorded.failures {
        assert_eq!(answer.occurrence, Novelty::New);
        assert_eq!(answer.fingerprint.times_seen, 2, "after the whole scan");
    }
    assert_eq!(dump(&*store).occurrences.len(), 2);
    assert_sound(&*store);
}

pub fn repositories_are_apart(engine: Engine) {
    let store = engine();
    let mut elsewhere = scan(1, [failure(7)]);
    elsewhere.repository = RepositoryName::new("tikv/tikv").unwrap();
    store.record_scan(&elsewhere, at("09:00")).unwrap();
    assert_eq!(dump(&*store).runs, []);
    let here = store
        .record_scan(&scan(1, [failure(7)]), at("10:00"))
        .unwrap();
    assert!(only(here.failures).is_first());
    assert_sound(&*store);
}

pub fn every_field_comes_back(engine: Engine) {
    let store = engine();
    let mut one = failure_at(7, "08:00");
    one.cause = fingerprint(9);
    one.sketch = Sketch(u64::MAX - 1);
    one.fingerprint_version = "f9".to_owned();
    one.suite = Some("server/lease".to_owned());
    one.detail = Some("deadlock".to_owned());
    one.class = Class::Flaky;
    one.confidence = 0.75;
    one.evidence = vec![Reason {
        rule: "passed-on-retry".to_owned(),
        text: "passed on attempt 2 of 3".to_owned(),
    }];
    one.passed_on_retry = true;
    one.attempts = 3;
    (one.first_line, one.last_line) = (17, 4_294_967_296);
    one.message = "two\nlines".to_owned();
    let mut record = scan(1, [one.clone()]);
    record.source = OccurrenceSource::file("logs/unit.log", Digest::of_content(b"log"));
    record.commit = Some("5f4dcc3".to_owned());
    record.platform = Some("linux-x86_64".to_owned());
    record.evidence = one.evidence.clone();
    (record.lines, record.bytes) = (5_000_000_000, 6_000_000_000);
    store.record_scan(&record, at("09:00")).unwrap();

    let known = dump(&*store);
    let occurrence = only(known.occurrences);
    assert_eq!(occurrence.failure, one);
    assert_eq!(occurrence.source, record.source);
    assert_eq!(occurrence.commit.as_deref(), Some("5f4dcc3"));
    assert_eq!(occurrence.platform.as_deref(), Some("linux-x86_64"));
    let run = only(known.runs);
    assert_eq!((run.lines, run.bytes), (record.lines, record.bytes));
    assert_eq!((run.failed, run.passed_on_retry), (0, 1));
    assert_eq!(run.evidence, record.evidence);
    let fingerprint = only(known.fingerprints);
    assert_eq!(fingerprint.cause, one.cause);
    assert_eq!(fingerprint.sketch, one.sketch);
    assert_eq!(fingerprint.suite, one.suite);
    assert_eq!(fingerprint.detail, one.detail);
    assert_eq!(fingerprint.evidence, one.evidence);
}

pub fn threads_lose_and_double_nothing(engine: Engine) {
    const THREADS: u32 = 4;
    const RUNS: u32 = 25;
    let store = engine();
    // Each thread records runs of its own and runs that all the others record as well.
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = &*store;
            scope.spawn(move || {
                for run in 0..RUNS {
                    let own = scan(1000 * (thread + 1) + run, [failure(7)]);
                    store.record_scan(&own, at("09:00")).unwrap();
                    let shared = scan(run, [failure(7), failure(8)]);
                    store.record_scan(&shared, at("09:00")).unwrap();
                }
            });
        }
    });
    let times = |id| {
        let known = store.load_fingerprint(&repository(), &fingerprint(id));
        known.unwrap().unwrap().times_seen
    };
    assert_eq!(times(7), u64::from(THREADS * RUNS + RUNS));
    assert_eq!(times(8), u64::from(RUNS));
    let report = store.check().unwrap();
    assert_eq!(report.problems, []);
    assert_eq!(report.audit_entries, u64::from(2 * THREADS * RUNS));
    assert_eq!(report.runs, u64::from(THREADS * RUNS + RUNS));
    let run = dump(&*store).runs;
    assert!(run.iter().any(|run| run.source == source(0)));
}
