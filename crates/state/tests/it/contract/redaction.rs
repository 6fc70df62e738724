//! What passes the store's boundary.

use std::time::Duration;

use ftc_state::{
    AuditEvent, AuditResult, ClaimRequest, LifecycleState, OccurrenceSource, OutboxDone,
    OutboxDraft, OutboxId, Reason, RepositoryName, Transition,
};

use jiff::Timestamp;

use super::Engine;
use crate::support::{at, dump, failure, fingerprint, ledger, only, repository, scan, walk};

/// Put together at run time, so that no scanner takes this file for a leak.
fn token() -> String {
    format!("ghp_{}", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gH6")
}

pub fn no_secret_is_stored(engine: Engine) {
    let store = engine();
    let secret = token();
    let text = format!("before \u{1b}[31m{secret}\u{1b}[0m after");
    let mut one = failure(7);
    one.fingerprint_version.clone_from(&text);
    one.test = Some(text.clone());
    one.suite = Some(text.clone());
    one.detail = Some(text.clone());
    one.framework.clone_from(&text);
    one.framework_family.clone_from(&text);
    one.message.clone_from(&text);
    one.excerpt.clone_from(&text);
    one.evidence = vec![Reason {
        rule: text.clone(),
        text: text.clone(),
    }];
    let mut record = scan(1, [one.clone()]);
    record.source = OccurrenceSource::run(&format!("https://ci.example.com/?t={secret}"), 1, &text);
    record.commit = Some(text.clone());
    record.platform = Some(text.clone());
    record.evidence.clone_from(&one.evidence);
    record.frameworks = vec![text.clone()];
    record.repository = RepositoryName::new(&format!("https://x:{secret}@example.com/pd")).unwrap();
    store.record_scan(&record, at("09:00")).unwrap();
    let event = AuditEvent::new(text.clone(), text.clone(), AuditResult::Done).with_detail(&text);
    store.append_audit(&event, at("09:00")).unwrap();

    let known = only(walk(5, |page| {
        store.list_fingerprints(&record.repository, page)
    }));
    let occurrence = only(walk(5, |page| {
        store.list_occurrences(&record.repository, &known.fingerprint, page)
    }));
    let run = only(walk(5, |page| store.list_runs(&record.repository, page)));
    let audit = store.list_audit(0, 5).unwrap();
    assert_eq!(audit.len(), 2);
    for stored in [
        format!("{known:?}"),
        format!("{occurrence:?}"),
        format!("{run:?}"),
        format!("{audit:?}"),
    ] {
        assert!(!stored.contains(&secret), "{stored}");
        assert!(!stored.contains("u{1b}"), "{stored}");
        assert!(stored.contains("before"), "the rest is kept: {stored}");
    }
}

pub fn no_secret_is_in_the_ledger(engine: Engine) {
    let store = engine();
    let secret = token();
    let text = format!("before {secret} after");
    let (tikv, seven) = (repository(), fingerprint(7));
    let begun = store
        .begin_lifecycle(&tikv, &seven, &text, at("09:00"))
        .unwrap();
    let json = format!(
        r#"{{ "list": ["{text}", {{"{secret}": true}}], "api_key": "Xk29dkQ0z", "sha": "0cc175b9", "line": "a\n{text}" }}"#
    );
    let draft = OutboxDraft::new(&text, &json);
    let step = Transition::new(&begun, LifecycleState::IssueOpen, &text)
        .with_memo(&json)
        .with_outbox([draft.clone(), draft]);
    let open = store.transition(&step, at("09:00")).unwrap();
    store.fail_outbox(OutboxId(1), &text, at("09:00")).unwrap();
    let done = OutboxDone::new(&text);
    store
        .complete_outbox(OutboxId(1), &done, at("09:00"))
        .unwrap();
    let wanted = ClaimRequest::new(&text, &text, Duration::from_secs(60));
    let claim = store.claim(&wanted, at("09:00")).unwrap();
    assert_eq!(store.load_claim(&text).unwrap(), Some(claim.clone()));
    store.break_claim(1, &wanted, at("09:00")).unwrap();

    let known = ledger(&*store);
    let audit = store.list_audit(0, 99).unwrap();
    for stored in [
        format!("{known:?}"),
        format!("{audit:?}"),
        format!("{claim:?}"),
    ] {
        assert!(!stored.contains(&secret), "{stored}");
        assert!(!stored.contains("Xk29dkQ0z"), "{stored}");
        assert!(stored.contains("before"), "the rest is kept: {stored}");
    }
    // It is still JSON, with everything else as it was, and the key is still the same key.
    let memo: serde_json::Value = serde_json::from_str(&open.memo).unwrap();
    assert_eq!(memo["sha"], "0cc175b9");
    let line = memo["line"].as_str().unwrap();
    assert!(
        line.starts_with("a\nbefore [redacted") && line.ends_with("] after"),
        "{line}"
    );
    assert_eq!(only(known.outbox).payload, open.memo);
}

pub fn long_texts_are_cut(engine: Engine) {
    let store = engine();
    let mut one = failure(7);
    one.message = "ä".repeat(100_000);
    one.excerpt = "line of text\n".repeat(100_000);
    one.evidence = vec![
        Reason {
            rule: "r".repeat(5_000),
            text: "t".repeat(100_000),
        };
        500
    ];
    store.record_scan(&scan(1, [one]), at("09:00")).unwrap();
    let stored = only(dump(&*store).occurrences).failure;
    assert!((8_000..8_300).contains(&stored.message.len()));
    assert!((16_000..16_500).contains(&stored.excerpt.len()));
    assert_eq!(stored.evidence.len(), 32);
    assert!(stored.evidence[0].rule.len() < 300);
    assert!(stored.evidence[0].text.len() < 8_300);
}

pub fn numbers_out_of_range_are_brought_in(engine: Engine) {
    let store = engine();
    let mut one = failure(7);
    one.confidence = f64::NAN;
    one.last_line = u64::MAX;
    let mut record = scan(1, [one]);
    record.confidence = 7.0;
    record.bytes = u64::MAX;
    record.time = Some((Timestamp::MIN, Timestamp::MAX));
    store.record_scan(&record, at("09:00")).unwrap();
    let known = dump(&*store);
    let stored = only(known.occurrences).failure;
    assert!(stored.confidence.abs() < f64::EPSILON);
    assert_eq!(stored.last_line, 9_223_372_036_854_775_807);
    let run = only(known.runs);
    assert!((run.confidence - 1.0).abs() < f64::EPSILON);
    assert_eq!(run.bytes, 9_223_372_036_854_775_807);
    let (first, last) = run.time.unwrap();
    assert_eq!(first, Timestamp::MIN);
    assert_eq!(last, "9999-12-30T22:00:00Z".parse().unwrap());
}
