//! Fences: whoever has lost a slot cannot harm the next tenant.

use ftc_worktree::{FenceError, LeaseId, LeaseToken, ReleaseError};

use crate::support::{Place, dead_process, read, write};

#[test]
fn a_lease_that_was_taken_back_is_refused_everywhere() {
    let place = Place::new();
    let pool = place.pool();
    let mut request = place.request();
    request.process = dead_process();
    let lost = pool.acquire(&request).unwrap();
    lost.check().unwrap();

    let (other, recovery) = place.open();
    assert_eq!(recovery.reclaimed.len(), 1);
    let lease = place.lease(&other);
    assert_eq!((lease.slot(), lost.slot()), (1, 1));
    assert!(lease.epoch() > lost.epoch());
    write(lease.path(), "draft", "of the new tenant");

    let error = lost.check().unwrap_err();
    assert!(matches!(error, FenceError::Lost { slot: 1, .. }), "{error}");
    let error = pool.release(lost.id(), lost.epoch()).unwrap_err();
    assert!(matches!(error, ReleaseError::NotLeased { .. }), "{error}");
    // Dropping it does not give back what is somebody else's.
    drop(lost);
    lease.check().unwrap();
    assert_eq!(read(lease.path(), "draft"), "of the new tenant");
}

#[test]
fn a_stale_fence_is_refused_and_changes_nothing() {
    let place = Place::new();
    let pool = place.pool();
    let lease = place.lease(&pool);
    for epoch in [0, lease.epoch() - 1, lease.epoch() + 1] {
        let error = pool.release(lease.id(), epoch).unwrap_err();
        assert!(
            matches!(error, ReleaseError::StaleFence { given, held, .. } if given == epoch && held == lease.epoch()),
            "{error}"
        );
        assert!(!error.is_retryable());
    }
    lease.check().unwrap();
}

#[test]
fn a_lease_is_given_back_once() {
    let place = Place::new();
    let pool = place.pool();
    let lease = place.lease(&pool);
    let (id, epoch) = (*lease.id(), lease.epoch());
    pool.release(&id, epoch).unwrap();
    assert!(matches!(
        lease.release().unwrap_err(),
        ReleaseError::NotLeased { .. }
    ));
    assert!(matches!(
        pool.release(&id, epoch).unwrap_err(),
        ReleaseError::NotLeased { .. }
    ));
}

#[test]
fn a_detached_lease_stays_and_can_be_handed_over_as_text() {
    let place = Place::new();
    let pool = place.pool();
    let text = serde_json::to_string(&place.lease(&pool).detach()).unwrap();
    let token: LeaseToken = serde_json::from_str(&text).unwrap();
    assert_eq!(token.path, place.slot(1));
    let slots = pool.list().unwrap();
    let info = slots[0].lease.as_ref().unwrap();
    assert_eq!((info.id, info.epoch), (token.lease, token.epoch));
    place.pool().release(&token.lease, token.epoch).unwrap();
}

#[test]
fn isolation_names_of_leases_lead_nowhere_else() {
    let good = "0198c2f4-6f0e-7d32-9a51-3c5be0d4a7f1";
    assert_eq!(good.parse::<LeaseId>().unwrap().to_string(), good);
    let bad = [
        "",
        ".",
        "..",
        "-f",
        "index.json",
        "a.lock",
        "../../heads/main",
        "0198C2F4-6F0E-7D32-9A51-3C5BE0D4A7F1",
        "0198c2f46f0e7d329a513c5be0d4a7f1",
        "{0198c2f4-6f0e-7d32-9a51-3c5be0d4a7f1}",
        "0198c2f4-6f0e-7d32-9a51-3c5be0d4a7f1\n",
    ];
    for text in bad {
        assert!(text.parse::<LeaseId>().is_err(), "{text}");
        let json = serde_json::to_string(text).unwrap();
        assert!(serde_json::from_str::<LeaseId>(&json).is_err(), "{text}");
    }
}
