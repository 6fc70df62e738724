//! Leases with a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ftc_worktree::{Clock, Pool, PoolOptions, ReclaimReason, Recovery};
use jiff::{SignedDuration, Timestamp};

use crate::support::{Place, dead_process};

/// A clock that stands still until it is moved.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn go_on(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60, Ordering::SeqCst);
    }

    fn open(&self, place: &Place) -> (Pool, Recovery) {
        let seconds = Arc::clone(&self.0);
        let start: Timestamp = "2026-09-01T10:00:00Z".parse().expect("it is a time");
        place.open_with(PoolOptions {
            clock: Clock::new(move || {
                start + SignedDuration::from_secs(seconds.load(Ordering::SeqCst))
            }),
            ..PoolOptions::default()
        })
    }
}

const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn isolation_leases_have_owners_and_times() {
    let place = Place::new();
    let (pool, _) = Hand::default().open(&place);
    let _lease = pool.acquire(&place.request().ttl(HOUR)).unwrap();
    let slots = pool.list().unwrap();
    let lease = slots[0].lease.as_ref().unwrap();
    assert_eq!((&*lease.owner, &*lease.purpose), ("tester", "a test"));
    assert_eq!(lease.acquired_at.to_string(), "2026-09-01T10:00:00Z");
    assert_eq!(
        lease.expires_at.map(|end| end.to_string()).as_deref(),
        Some("2026-09-01T11:00:00Z")
    );
    assert_eq!(lease.process.pid, std::process::id());
}

#[test]
fn a_lease_with_a_time_outlives_its_process_until_then() {
    let place = Place::new();
    let hand = Hand::default();
    let (pool, _) = hand.open(&place);
    let mut request = place.request().ttl(HOUR);
    request.process = dead_process();
    let lease = pool.acquire(&request).unwrap().detach();
    hand.go_on(59);
    assert!(hand.open(&place).1.is_empty());
    hand.go_on(1);
    let recovery = hand.open(&place).1;
    assert_eq!(recovery.reclaimed[0].lease, lease.lease);
    assert_eq!(recovery.reclaimed[0].reason, ReclaimReason::OwnerGone);
}

#[test]
fn a_living_process_keeps_its_lease_beyond_its_time() {
    let place = Place::new();
    let hand = Hand::default();
    let (pool, _) = hand.open(&place);
    let lease = pool.acquire(&place.request().ttl(HOUR)).unwrap();
    hand.go_on(24 * 60);
    assert!(hand.open(&place).1.is_empty());
    lease.check().unwrap();
}

#[test]
fn a_lease_from_another_machine_ends_some_time_after_its_time_or_never() {
    let place = Place::new();
    let hand = Hand::default();
    let (pool, _) = hand.open(&place);
    let mut request = place.request();
    request.process.host = "elsewhere.example".to_owned();
    let endless = pool.acquire(&request).unwrap().detach();
    let timed = pool.acquire(&request.ttl(HOUR)).unwrap().detach();
    hand.go_on(69);
    assert!(hand.open(&place).1.is_empty());
    hand.go_on(1);
    let recovery = hand.open(&place).1;
    assert_eq!(recovery.reclaimed.len(), 1);
    assert_eq!(recovery.reclaimed[0].lease, timed.lease);
    assert_eq!(recovery.reclaimed[0].reason, ReclaimReason::Expired);
    hand.go_on(100_000);
    assert!(hand.open(&place).1.is_empty());
    let slots = pool.list().unwrap();
    assert_eq!(slots[0].lease.as_ref().unwrap().id, endless.lease);
}

#[test]
fn a_time_beyond_all_calendars_is_the_last_time_there_is() {
    let place = Place::new();
    let pool = place.pool();
    let _lease = pool.acquire(&place.request().ttl(Duration::MAX)).unwrap();
    let slots = pool.list().unwrap();
    let end = slots[0].lease.as_ref().unwrap().expires_at;
    assert_eq!(end, Some(Timestamp::MAX));
    assert!(place.open().1.is_empty());
}
