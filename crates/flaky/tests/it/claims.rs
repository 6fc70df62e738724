//! One cleaner at a time.

use std::time::Duration;

use ftc_flaky::PassError;
use ftc_process::{ParentEnv, ProcessIdentity, Spawn};
use ftc_state::{ClaimError, ClaimRequest};
use jiff::Timestamp;

use crate::support::{Ticking, World};

fn key() -> &'static str {
    "clean/demo/mirrors"
}

fn claim_of(world: &World, owner: &ProcessIdentity) {
    let owner = serde_json::to_string(owner).unwrap();
    let request = ClaimRequest::new(key(), owner, Duration::from_secs(3600));
    world.store.claim(&request, now(&world.clock)).unwrap();
}

fn now(clock: &Ticking) -> Timestamp {
    ftc_flaky::Clock::now(clock)
}

/// The process id of a process that has ended.
fn ended() -> u32 {
    let path = ParentEnv::capture().var_os("PATH").unwrap().to_owned();
    let outcome = Spawn::new(["sh", "-c", "echo $$"])
        .env("PATH", path)
        .run()
        .unwrap();
    outcome.stdout.to_text().trim().parse().unwrap()
}

#[test]
fn a_living_cleaner_is_waited_for() {
    let world = World::new();
    claim_of(&world, &ProcessIdentity::current().unwrap());
    let error = world.try_pass(None, |_, _| {}).unwrap_err();
    assert!(
        matches!(error, PassError::Claim(ClaimError::Held { .. })),
        "{error:?}"
    );
    assert!(error.is_retryable());
}

#[test]
fn a_cleaner_of_another_machine_is_waited_for() {
    let world = World::new();
    let mut elsewhere = ProcessIdentity::current().unwrap();
    elsewhere.host = "another.example.com".to_owned();
    elsewhere.pid = ended();
    claim_of(&world, &elsewhere);
    let error = world.try_pass(None, |_, _| {}).unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
}

#[test]
fn a_cleaner_that_is_gone_is_taken_over_from() {
    let world = World::new();
    let mut gone = ProcessIdentity::current().unwrap();
    gone.pid = ended();
    claim_of(&world, &gone);
    world.discover();
    // And the claim is given back: another one may have it.
    claim_of(&world, &ProcessIdentity::current().unwrap());
}

#[test]
fn an_owner_that_says_nothing_of_a_process_is_waited_out() {
    let world = World::new();
    let request = ClaimRequest::new(key(), "somebody", Duration::from_secs(60));
    world.store.claim(&request, now(&world.clock)).unwrap();
    let error = world.try_pass(None, |_, _| {}).unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    for _ in 0..60 {
        now(&world.clock);
    }
    world.discover();
}

#[test]
fn a_claim_is_given_back_after_an_error() {
    let world = World::new();
    let remote = world.path("nowhere").to_str().unwrap().to_owned();
    let source = Some(ftc_flaky::Source::Runs(1));
    let error = world
        .try_pass(source, |parts, _| parts.remote = remote)
        .unwrap_err();
    assert!(matches!(error, PassError::Base(_)), "{error:?}");
    world.discover();
}
