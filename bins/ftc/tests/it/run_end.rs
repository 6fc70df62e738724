//! `ftc run`: nothing is left, however it ends.

use std::io::Read as _;

use rustix::process::{Pid, Signal, kill_process};

use crate::installation::Installation;
use crate::run_support::{Lifeline, first_line, shell, start};

#[test]
fn a_time_limit_ends_the_whole_tree() {
    let installation = Installation::new();
    let lifeline = Lifeline::new(&installation);
    let flags = ["--timeout", "500ms", "--grace", "100ms"];
    let outcome = shell(&installation, &flags, &lifeline.tree());
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(1), "ready\n"));
    lifeline.expect_end();
}

#[test]
fn what_outlives_it_is_killed_and_told() {
    let installation = Installation::new();
    let lifeline = Lifeline::new(&installation);
    let script = format!(
        "exec 3>'{}'; setsid sleep 600 >/dev/null 2>&1 & exit 0",
        lifeline.path().display()
    );
    let outcome = shell(&installation, &[], &script);
    assert_eq!(outcome.code, Some(0));
    assert_eq!(
        outcome.err,
        "warning: 1 process outlived `sh` and was killed\n"
    );
    lifeline.expect_end();
}

#[test]
fn an_interruption_ends_the_whole_tree() {
    ftc_testkit::signals::let_children_hear();
    for (signal, name, code) in [
        (Signal::INT, "SIGINT", 130),
        (Signal::TERM, "SIGTERM", 143),
        (Signal::HUP, "SIGHUP", 129),
    ] {
        let installation = Installation::new();
        let lifeline = Lifeline::new(&installation);
        let mut child = start(&installation, &["--grace", "100ms"], &lifeline.tree());
        assert_eq!(first_line(&mut child), "ready\n");
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        let err = String::from_utf8(output.stderr).unwrap();
        let told = format!("ftc run: interrupted by {name}; `sh` was stopped after ");
        assert!(err.starts_with(&told), "{err}");
        lifeline.expect_end();
    }
}

#[test]
fn our_own_death_ends_the_whole_tree() {
    let installation = Installation::new();
    let lifeline = Lifeline::new(&installation);
    let mut child = start(&installation, &[], &lifeline.tree());
    assert_eq!(first_line(&mut child), "ready\n");
    kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
    child.wait().unwrap();
    lifeline.expect_end();
}

#[test]
fn a_command_that_kills_what_holds_it_has_failed() {
    let installation = Installation::new();
    let lifeline = Lifeline::new(&installation);
    let script = format!(
        "exec 3>'{}'; setsid sleep 600 & kill -9 $PPID; exit 0",
        lifeline.path().display()
    );
    let outcome = shell(&installation, &["--exit-code"], &script);
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome
            .err
            .starts_with("ftc run: the process that held `sh` was killed"),
        "{}",
        outcome.err
    );
    lifeline.expect_end();
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    let installation = Installation::new();
    let lifeline = Lifeline::new(&installation);
    let script = format!(
        "exec 3>'{}'; while :; do echo y; done",
        lifeline.path().display()
    );
    let mut child = start(&installation, &[], &script);
    assert_eq!(first_line(&mut child), "y\n");
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
    lifeline.expect_end();
}

#[test]
fn a_reader_that_does_not_read_does_not_stop_the_clock() {
    let installation = Installation::new();
    let lifeline = Lifeline::new(&installation);
    let script = format!(
        "exec 3>'{}'; while :; do echo 0123456789012345678901234567890123456789; done",
        lifeline.path().display()
    );
    let mut child = start(&installation, &["--timeout", "1s"], &script);
    // Nothing has been read of its output when nothing is left of it.
    lifeline.expect_end();
    let mut out = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut out).unwrap();
    assert!(out.starts_with(b"0123456789"));
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("the time limit is 1.00 s"), "{err}");
}
