//! Claims and their fences.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ftc_state::{Claim, ClaimError, ClaimRequest};
use jiff::Timestamp;

use super::Engine;
use crate::support::{assert_sound, at};

const HOUR: Duration = Duration::from_secs(3600);

fn request(owner: &str) -> ClaimRequest {
    ClaimRequest::new("tikv/pd 7", owner, HOUR)
}

fn assert_held(refusal: Result<Claim, ClaimError>, holder: &Claim) {
    let error = refusal.unwrap_err();
    assert!(error.is_retryable() && !error.hints().is_empty(), "{error}");
    match error {
        ClaimError::Held {
            key,
            owner,
            expires_at,
            fence,
        } => {
            assert_eq!((&key, &owner), (&holder.key, &holder.owner));
            assert_eq!((expires_at, fence), (holder.expires_at, holder.fence));
        }
        other => panic!("{other}"),
    }
}

fn assert_lost<T: std::fmt::Debug>(refusal: Result<T, ClaimError>) {
    let error = refusal.unwrap_err();
    assert!(matches!(error, ClaimError::Lost { .. }), "{error}");
    assert!(!error.is_retryable());
}

pub fn one_holder_at_a_time(engine: Engine) {
    let store = engine();
    assert_eq!(store.load_claim("tikv/pd 7").unwrap(), None);
    let one = store.claim(&request("one"), at("09:00")).unwrap();
    assert_eq!(
        (one.key.as_str(), one.owner.as_str(), one.fence),
        ("tikv/pd 7", "one", 1)
    );
    assert_eq!(one.expires_at, at("10:00"));
    assert_eq!(store.load_claim("tikv/pd 7").unwrap(), Some(one.clone()));
    // An owner that claims twice is two.
    assert_held(store.claim(&request("two"), at("09:59")), &one);
    assert_held(store.claim(&request("one"), at("09:59")), &one);
    // A clock that goes backwards gives nothing away.
    assert_held(store.claim(&request("two"), at("08:00")), &one);
    let elsewhere = ClaimRequest::new("tikv/pd 8", "two", HOUR);
    assert_eq!(store.claim(&elsewhere, at("09:00")).unwrap().fence, 1);

    let two = store.claim(&request("two"), at("10:00")).unwrap();
    assert_eq!((two.owner.as_str(), two.fence), ("two", 2));
    assert_held(store.claim(&request("one"), at("10:30")), &two);
    assert_eq!(store.check().unwrap().claims, 2);
    assert_sound(&*store);
}

pub fn fences_only_grow(engine: Engine) {
    let store = engine();
    let mut last = 0;
    let mut higher = |claim: &Claim| {
        assert!(claim.fence > last, "{claim:?}");
        last = claim.fence;
    };
    let one = store.claim(&request("one"), at("09:00")).unwrap();
    higher(&one);
    store.release_claim(&one, at("09:10")).unwrap();
    let two = store.claim(&request("two"), at("09:11")).unwrap();
    higher(&two);
    let three = store.claim(&request("three"), at("11:00")).unwrap();
    higher(&three);
    let four = store
        .break_claim(three.fence, &request("four"), at("11:01"))
        .unwrap();
    higher(&four);
    store.release_claim(&four, at("11:02")).unwrap();
    assert_eq!(store.load_claim("tikv/pd 7").unwrap(), None);
    higher(&store.claim(&request("one"), at("11:03")).unwrap());
    assert_sound(&*store);
}

pub fn a_claim_that_is_over_cannot_be_kept(engine: Engine) {
    let store = engine();
    let one = store.claim(&request("one"), at("09:00")).unwrap();
    let renewed = store.renew_claim(&one, HOUR, at("09:30")).unwrap();
    assert_eq!((renewed.fence, renewed.expires_at), (1, at("10:30")));
    assert_held(store.claim(&request("two"), at("10:15")), &renewed);
    // It has expired, but nobody took it.
    let late = store.renew_claim(&one, HOUR, at("12:00")).unwrap();
    assert_eq!((late.fence, late.expires_at), (1, at("13:00")));

    let two = store.claim(&request("two"), at("13:00")).unwrap();
    assert_lost(store.renew_claim(&one, HOUR, at("13:01")));
    assert_lost(store.release_claim(&one, at("13:01")));
    assert_eq!(store.load_claim("tikv/pd 7").unwrap(), Some(two.clone()));

    store.release_claim(&two, at("13:02")).unwrap();
    store.release_claim(&two, at("13:03")).unwrap();
    assert_lost(store.renew_claim(&two, HOUR, at("13:04")));
    let three = store.claim(&request("three"), at("13:05")).unwrap();
    assert_lost(store.release_claim(&two, at("13:06")));
    assert_eq!(store.load_claim("tikv/pd 7").unwrap(), Some(three));
    // For longer than time lasts.
    let ever = ClaimRequest::new("ever", "one", Duration::MAX);
    let ever = store.claim(&ever, at("09:00")).unwrap();
    assert!(ever.expires_at > "9999-12-30T00:00:00Z".parse::<Timestamp>().unwrap());
    assert_sound(&*store);
}

pub fn a_claim_is_broken_by_its_fence_only(engine: Engine) {
    let store = engine();
    assert_lost(store.break_claim(0, &request("two"), at("09:00")));
    assert_lost(store.break_claim(1, &request("two"), at("09:00")));
    let one = store.claim(&request("one"), at("09:00")).unwrap();
    for wrong in [0, 2, u64::MAX] {
        assert_held(store.break_claim(wrong, &request("two"), at("09:01")), &one);
    }
    // Two find out that the holder is gone; one of them gets the claim.
    let two = store.break_claim(1, &request("two"), at("09:01")).unwrap();
    assert_eq!((two.owner.as_str(), two.fence), ("two", 2));
    assert_held(store.break_claim(1, &request("three"), at("09:01")), &two);
    // The holder was not gone after all.
    assert_lost(store.renew_claim(&one, HOUR, at("09:02")));
    assert_lost(store.release_claim(&one, at("09:02")));
    let audit = store.list_audit(0, 9).unwrap();
    assert_eq!(audit.len(), 1);
    assert_eq!(audit[0].event.action, "claim.break");
    assert_eq!(
        audit[0].event.detail,
        "claim 1 of one is broken by two, which has claim 2"
    );
    assert_sound(&*store);
}

pub fn unfit_claims_are_refused(engine: Engine) {
    let store = engine();
    let refused = |key: &str, owner: &str| {
        let wanted = ClaimRequest::new(key, owner, HOUR);
        let error = store.claim(&wanted, at("09:00")).unwrap_err();
        assert!(matches!(error, ClaimError::Length { .. }), "{error}");
        let broken = store.break_claim(1, &wanted, at("09:00")).unwrap_err();
        assert_eq!(broken.to_string(), error.to_string());
        error.to_string()
    };
    assert_eq!(
        refused("", "one"),
        "the key of a claim has 0 bytes, not 1 to 512"
    );
    assert_eq!(
        refused("k", ""),
        "the owner of a claim has 0 bytes, not 1 to 4096"
    );
    refused(&"k".repeat(513), "one");
    refused("k", &"o".repeat(4097));
    // What says who it is comes back as it was.
    let owner = r#"{"pid":71,"start_ticks":5,"boot_id":"2b5a1e1c-6c1f-4f6e-9d7c-0e4d8c5a7b11","host":"ci-4"}"#;
    let claim = store
        .claim(&ClaimRequest::new("k", owner, HOUR), at("09:00"))
        .unwrap();
    assert_eq!(claim.owner, owner);
    assert_eq!(store.check().unwrap().claims, 1);
}

pub fn threads_never_hold_it_together(engine: Engine) {
    let store = engine();
    let store = &*store;
    let inside = AtomicBool::new(false);
    let last = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let inside = &inside;
                scope.spawn(move || {
                    let wanted = request(&format!("thread {thread}"));
                    let mut wins = 0;
                    let mut last = 0;
                    while wins < 10 {
                        let Ok(claim) = store.claim(&wanted, at("09:00")) else {
                            thread::yield_now();
                            continue;
                        };
                        assert!(!inside.swap(true, Ordering::SeqCst), "{claim:?}");
                        assert!(claim.fence > last, "{claim:?}");
                        (wins, last) = (wins + 1, claim.fence);
                        inside.store(false, Ordering::SeqCst);
                        store.release_claim(&claim, at("09:01")).unwrap();
                    }
                    last
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .max()
    });
    assert_eq!(last, Some(80), "one fence for each win");
    assert_sound(store);
}
