use std::time::Duration;

use ftc_process::End;

use crate::support::{is_running, run, shell, time_out_when_ready, wait_until};

#[test]
fn a_timeout_ends_the_whole_group() {
    let outcome = time_out_when_ready("sleep 1000 & echo $!; echo ready; sleep 1000", |spawn| {
        spawn
    });
    assert_eq!(outcome.end, End::Signaled(15));
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
