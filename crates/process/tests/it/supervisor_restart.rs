//! When a service is started again, as a function of its history and the time.

use std::time::Duration;

use ftc_process::supervisor::{
    Backoff, Desired, EndedHow, History, NextStart, RestartPolicy, RestartWhen, next_start,
};
use proptest::prelude::*;

fn policy() -> RestartPolicy {
    let mut policy = RestartPolicy::default();
    policy.when = RestartWhen::Always;
    policy.backoff.initial = seconds(1);
    policy.backoff.max = seconds(10);
    policy.backoff.jitter = 0.0;
    policy.max_restarts = 3;
    policy.window = seconds(100);
    policy
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn wanted() -> History {
    let mut history = History::default();
    history.desired = Desired::Running;
    history
}

/// A service that was started at `started` and ended at `ended`.
fn ended(policy: &RestartPolicy, how: EndedHow, started: u64, ended: u64) -> History {
    let mut history = wanted();
    history.record_start(policy, false, seconds(started));
    history.record_end(policy, how, seconds(ended));
    history
}

#[test]
fn nothing_starts_that_nobody_wants() {
    let mut history = History::default();
    assert_eq!(
        next_start("a", &policy(), &history, seconds(5)),
        NextStart::None
    );
    history.desired = Desired::Stopped;
    history.start_asked = true;
    assert_eq!(
        next_start("a", &policy(), &history, seconds(5)),
        NextStart::None
    );
    // Not even what would be due.
    let mut history = ended(&policy(), EndedHow::Failed, 0, 1);
    history.desired = Desired::Stopped;
    assert_eq!(
        next_start("a", &policy(), &history, seconds(500)),
        NextStart::None
    );
}

#[test]
fn what_is_wanted_starts_at_once_and_only_once() {
    let mut history = wanted();
    let first = NextStart::Now { is_restart: false };
    assert_eq!(next_start("a", &policy(), &history, seconds(5)), first);
    history.record_start(&policy(), false, seconds(5));
    assert_eq!(
        next_start("a", &policy(), &history, seconds(5)),
        NextStart::None
    );
    assert!(history.restarts.is_empty());
}

#[test]
fn the_policy_says_after_which_ends() {
    use EndedHow::{Asked, Clean, Failed};
    for (when, how, is_restarted) in [
        (RestartWhen::Always, Clean, true),
        (RestartWhen::Always, Failed, true),
        (RestartWhen::OnFailure, Clean, false),
        (RestartWhen::OnFailure, Asked, false),
        (RestartWhen::OnFailure, Failed, true),
        (RestartWhen::Never, Clean, false),
        (RestartWhen::Never, Failed, false),
    ] {
        let mut policy = policy();
        policy.when = when;
        let history = ended(&policy, how, 0, 2);
        let expected = if is_restarted {
            NextStart::At(seconds(3))
        } else {
            NextStart::None
        };
        assert_eq!(
            next_start("a", &policy, &history, seconds(2)),
            expected,
            "{when:?} {how:?}"
        );
    }
}

#[test]
fn waits_grow_up_to_the_longest_and_begin_anew_after_a_long_run() {
    let mut policy = policy();
    policy.max_restarts = 1000;
    let mut history = wanted();
    let mut now = seconds(0);
    let mut waits = Vec::new();
    history.record_start(&policy, false, now);
    for _ in 0..7 {
        history.record_end(&policy, EndedHow::Failed, now);
        let NextStart::At(due) = next_start("a", &policy, &history, now) else {
            panic!("it is to be started later");
        };
        waits.push(due.saturating_sub(now).as_secs());
        now = due;
        assert_eq!(
            next_start("a", &policy, &history, now),
            NextStart::Now { is_restart: true }
        );
        history.record_start(&policy, true, now);
    }
    assert_eq!(waits, [1, 2, 4, 8, 10, 10, 10]);
    now += policy.window;
    history.record_end(&policy, EndedHow::Failed, now);
    assert_eq!(
        next_start("a", &policy, &history, now),
        NextStart::At(now + seconds(1))
    );
}

#[test]
fn too_many_restarts_are_a_crash_loop_until_it_is_reset() {
    let policy = policy();
    let mut history = ended(&policy, EndedHow::Failed, 0, 0);
    for at in [10, 20, 30] {
        let restart = NextStart::Now { is_restart: true };
        assert_eq!(next_start("a", &policy, &history, seconds(at)), restart);
        history.record_start(&policy, true, seconds(at));
        history.record_end(&policy, EndedHow::Failed, seconds(at));
    }
    assert_eq!(
        next_start("a", &policy, &history, seconds(60)),
        NextStart::CrashLoop
    );
    // Whoever acts on it sets this, and then time alone does not help.
    history.crash_loop = true;
    assert_eq!(
        next_start("a", &policy, &history, seconds(100_000)),
        NextStart::CrashLoop
    );
    // Neither does asking for a start.
    history.start_asked = true;
    assert_eq!(
        next_start("a", &policy, &history, seconds(60)),
        NextStart::CrashLoop
    );
    history.reset();
    assert_eq!(
        next_start("a", &policy, &history, seconds(60)),
        NextStart::Now { is_restart: false }
    );
    assert_eq!((history.attempt, history.restarts.len()), (0, 0));
}

#[test]
fn a_policy_without_restarts_is_a_crash_loop_at_the_first_failure() {
    let mut policy = policy();
    policy.max_restarts = 0;
    let history = ended(&policy, EndedHow::Failed, 0, 1);
    assert_eq!(
        next_start("a", &policy, &history, seconds(50)),
        NextStart::CrashLoop
    );
}

#[test]
fn a_person_need_not_wait() {
    let mut history = ended(&policy(), EndedHow::Failed, 0, 1);
    history.start_asked = true;
    let now = NextStart::Now { is_restart: false };
    assert_eq!(next_start("a", &policy(), &history, seconds(1)), now);
    // That it was stopped by a person is no failure.
    let history = ended(&policy(), EndedHow::Asked, 0, 1);
    assert_eq!(history.attempt, 0);
}

fn backoffs() -> impl Strategy<Value = Backoff> {
    (1..100_000_u64, 1..1_000_u64, 1.0..10.0, 0.0..=1.0).prop_map(
        |(initial, times, factor, jitter)| {
            let mut backoff = Backoff::default();
            backoff.initial = Duration::from_millis(initial);
            backoff.max = Duration::from_millis(initial * times);
            backoff.factor = factor;
            backoff.jitter = jitter;
            backoff
        },
    )
}

proptest! {
    #[test]
    fn waits_never_shrink_and_never_exceed_the_longest(backoff in backoffs(), name in "[a-z]{1,8}") {
        let mut before = Duration::ZERO;
        for attempt in (0..40).chain([1000, u32::MAX]) {
            let delay = backoff.delay(&name, attempt);
            prop_assert!(before <= delay && delay <= backoff.max, "{attempt}: {delay:?}");
            prop_assert_eq!(delay, backoff.delay(&name, attempt));
            before = delay;
        }
        prop_assert_eq!(backoff.delay(&name, u32::MAX), backoff.max);
    }

    /// Whatever the service does and whenever it is looked at.
    #[test]
    fn no_window_has_more_restarts_than_allowed(
        steps in prop::collection::vec((0..30_000_u64, 0..40_000_u64), 1..60),
        max_restarts in 0..6_u32,
        window in 1..200_u64,
    ) {
        let mut policy = policy();
        policy.max_restarts = max_restarts;
        policy.window = seconds(window);
        let mut history = wanted();
        let mut now = Duration::ZERO;
        let mut restarts: Vec<Duration> = Vec::new();
        for (pause, run) in steps {
            now += Duration::from_millis(pause);
            if let NextStart::Now { is_restart } = next_start("a", &policy, &history, now) {
                history.record_start(&policy, is_restart, now);
                restarts.extend(is_restart.then_some(now));
                now += Duration::from_millis(run);
                history.record_end(&policy, EndedHow::Failed, now);
            }
        }
        for (index, first) in restarts.iter().enumerate() {
            let within = restarts[index..].iter().filter(|at| at.saturating_sub(*first) < policy.window);
            prop_assert!(within.count() <= max_restarts as usize);
        }
        if max_restarts > 0 && history.attempt > 1 {
            prop_assert!(!restarts.is_empty());
        }
    }
}

#[test]
fn jitter_tells_services_apart() {
    let backoff = Backoff::default();
    let delays: std::collections::BTreeSet<_> = (0..50)
        .map(|number| backoff.delay(&format!("s{number}"), 3))
        .collect();
    assert!(delays.len() > 40, "{delays:?}");
}
