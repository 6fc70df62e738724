use std::time::Duration;

use ftc_process::{End, Stop};

use crate::support::{is_running, run, shell, time_out_when_ready, wait_until};

#[test]
fn a_timeout_ends_the_whole_group() {
    let outcome = time_out_when_ready("sleep 1000 & echo $!; echo ready; sleep 1000", |spawn| {
        spawn
    });
    assert_eq!(outcome.end, End::Signaled(15));
    assert_eq!(outcome.stopped, Some(Stop::WallTimeout));
    assert!(!outcome.success() && !outcome.output_abandoned);
    let text = outcome.stdout.to_text();
    let pid = text.lines().next().unwrap();
    wait_until("the background process is gone", || !is_running(pid));
}

#[test]
fn within_the_grace_a_child_may_tidy_up() {
    // The shell runs its trap after the `sleep` of the same group has got the signal, too.
    let script = "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 1000; done";
    let outcome = time_out_when_ready(script, |spawn| spawn.grace(Duration::from_secs(60)));
    assert_eq!(outcome.end, End::Exited(7));
    assert_eq!(outcome.stdout.to_text(), "ready\nbye\n");
    assert!(!outcome.success());
}

#[test]
fn who_ignores_the_first_signal_gets_the_second() {
    let script = "trap '' TERM; echo ready; while :; do sleep 1000; done";
    let outcome = time_out_when_ready(script, |spawn| spawn.grace(Duration::from_millis(50)));
    assert_eq!(outcome.end, End::Signaled(9));
}

#[test]
fn a_limit_beyond_all_clocks_is_none() {
    let outcome = run(&shell("echo fine")
        .timeout(Duration::MAX)
        .grace(Duration::MAX));
    assert!(outcome.success());
}

#[test]
fn endless_output_ends_at_the_timeout_and_stays_bounded() {
    let outcome = time_out_when_ready("echo ready; exec cat /dev/zero", |spawn| {
        spawn.capture_limit(10_000)
    });
    assert_eq!(outcome.stdout.to_bytes().len(), 10_000);
    assert!(outcome.stdout.truncated());
}

#[test]
fn silence_ends_a_child() {
    let outcome = run(&shell("exec sleep 1000").idle_timeout(Duration::from_millis(50)));
    assert_eq!(outcome.end, End::Signaled(15));
    assert_eq!(outcome.stopped, Some(Stop::IdleTimeout));
    assert!(outcome.timed_out && !outcome.success());
}

#[test]
fn silence_ends_a_child_that_has_closed_its_outputs() {
    let script = "exec >/dev/null 2>&1; exec sleep 1000";
    let outcome = run(&shell(script).idle_timeout(Duration::from_millis(50)));
    assert_eq!(outcome.stopped, Some(Stop::IdleTimeout));
}

#[test]
fn who_ignores_the_first_signal_for_its_silence_gets_the_second() {
    let script = "trap '' TERM; while :; do sleep 1000; done";
    let spawn = shell(script)
        .idle_timeout(Duration::from_secs(1))
        .grace(Duration::from_millis(50));
    let outcome = run(&spawn);
    assert_eq!(outcome.stopped, Some(Stop::IdleTimeout));
    assert!(matches!(outcome.end, End::Signaled(9 | 15)));
}

#[test]
fn both_limits_hold_at_once() {
    let noisy = "while :; do echo noise; done";
    let limits = |wall, idle| {
        shell(noisy)
            .timeout(Duration::from_millis(wall))
            .idle_timeout(Duration::from_millis(idle))
    };
    assert_eq!(run(&limits(100, 60_000)).stopped, Some(Stop::WallTimeout));
    let silent = shell("exec sleep 1000")
        .timeout(Duration::from_secs(600))
        .idle_timeout(Duration::from_millis(50));
    assert_eq!(run(&silent).stopped, Some(Stop::IdleTimeout));
}

#[test]
fn stops_are_told_in_words() {
    assert_eq!(Stop::WallTimeout.to_string(), "time limit");
    assert_eq!(Stop::IdleTimeout.to_string(), "idle limit");
}
