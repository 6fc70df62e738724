//! Every engine agrees with the one in memory, call by call, whatever the calls.

use std::time::Duration;

use ftc_state::{
    Claim, ClaimError, ClaimRequest, Claims, LifecycleState, MemoryStore, OutboxDone, OutboxDraft,
    OutboxId, Store, Transition,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::Engine;
use crate::support::{assert_sound, at, fingerprint, ledger, repository};

#[derive(Debug, Clone)]
enum Call {
    Begin(u8),
    /// Of which lifecycle, to which state, how far from the version that it has, and what is asked for.
    Move(u8, usize, u64, Vec<(u8, u8)>),
    Complete(u64, Option<u64>),
    Fail(u64),
    Claim(u8, u64),
    Break(u64),
    Renew(u64),
    Release(u64),
}

fn call() -> impl Strategy<Value = Call> {
    let writes = prop::collection::vec((0..3_u8, 0..2_u8), 0..3);
    prop_oneof![
        1 => (0..2_u8).prop_map(Call::Begin),
        6 => (0..2_u8, 0..12_usize, prop_oneof![8 => Just(0), 1 => 1..3_u64], writes)
            .prop_map(|(id, to, behind, writes)| Call::Move(id, to, behind, writes)),
        2 => (1..6_u64, prop::option::of(1..50_u64)).prop_map(|(id, issue)| Call::Complete(id, issue)),
        1 => (1..6_u64).prop_map(Call::Fail),
        2 => (0..3_u8, 0..40_u64).prop_map(|(owner, ttl)| Call::Claim(owner, ttl)),
        1 => (0..4_u64).prop_map(Call::Break),
        1 => (0..4_u64).prop_map(Call::Renew),
        1 => (0..4_u64).prop_map(Call::Release),
    ]
}

/// Makes the call and tells everything that came of it.
fn make(store: &dyn Store, call: &Call, now: Timestamp) -> String {
    match call {
        Call::Begin(id) => {
            let begun = store.begin_lifecycle(&repository(), &fingerprint(*id), "seen", now);
            format!("{begun:?}")
        }
        Call::Move(id, to, behind, writes) => {
            let seen = store
                .load_lifecycle(&repository(), &fingerprint(*id))
                .unwrap();
            let Some(seen) = seen else {
                return "not begun".to_owned();
            };
            // Half of the time to a state that may follow, or nothing would ever get far.
            let next = seen.state.next();
            let to = match next.len() {
                0 => LifecycleState::ALL[*to],
                _ if to % 2 == 0 => next[to / 2 % next.len()],
                _ => LifecycleState::ALL[*to],
            };
            let drafts = writes.iter().map(|(key, payload)| {
                OutboxDraft::new(format!("write {key}"), payload.to_string())
            });
            let mut step = Transition::new(&seen, to, "moved").with_outbox(drafts);
            step.version = step.version.wrapping_sub(*behind);
            told(store.transition(&step, now))
        }
        Call::Complete(id, issue) => {
            let mut done = OutboxDone::new("made");
            done.issue = *issue;
            told(store.complete_outbox(OutboxId(*id), &done, now))
        }
        Call::Fail(id) => told(store.fail_outbox(OutboxId(*id), "no network", now)),
        Call::Claim(owner, ttl) => told(store.claim(&request(*owner, *ttl), now)),
        Call::Break(fence) => told(store.break_claim(*fence, &request(9, 5), now)),
        Call::Renew(fence) => told(with_fence(store, *fence, |claim| {
            store
                .renew_claim(claim, Duration::from_secs(5), now)
                .map(drop)
        })),
        Call::Release(fence) => told(with_fence(store, *fence, |claim| {
            store.release_claim(claim, now)
        })),
    }
}

fn request(owner: u8, ttl: u64) -> ClaimRequest {
    ClaimRequest::new("key", format!("owner {owner}"), Duration::from_secs(ttl))
}

/// A claim that somebody had once, or has.
fn with_fence(
    store: &dyn Store,
    fence: u64,
    call: impl Fn(&Claim) -> Result<(), ClaimError>,
) -> Result<(), ClaimError> {
    let mut claim = match store.claim(&request(0, 0), at("01:00")) {
        Ok(claim) => claim,
        Err(_) => match store.load_claim("key").unwrap() {
            Some(claim) => claim,
            None => return Ok(()),
        },
    };
    claim.fence = claim.fence.saturating_sub(fence);
    call(&claim)
}

fn told<T: std::fmt::Debug, E: std::error::Error>(answer: Result<T, E>) -> String {
    match answer {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}

pub fn every_engine_does_what_the_model_does(engine: Engine) {
    let config = Config {
        cases: 48,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&prop::collection::vec(call(), 1..60), |calls| {
            let (store, model) = (engine(), MemoryStore::new());
            for (second, call) in (0..).zip(&calls) {
                let now = at("09:00") + SignedDuration::from_secs(second);
                let told = make(&*store, call, now);
                prop_assert_eq!(told, make(&model, call, now), "{:?}", call);
            }
            prop_assert_eq!(ledger(&*store), ledger(&model));
            prop_assert_eq!(
                store.load_claim("key").unwrap(),
                model.load_claim("key").unwrap()
            );
            prop_assert_eq!(
                store.list_audit(0, 999).unwrap(),
                model.list_audit(0, 999).unwrap()
            );
            prop_assert_eq!(store.check().unwrap(), model.check().unwrap());
            assert_sound(&*store);
            Ok(())
        })
        .expect("the engines agree");
}
