//! Ending a run from another thread.

use ftc_process::{Cancel, Containment, End, Event, Output, Spawn, SpawnError, Stop};
use std::time::Duration;

use crate::place::{BY_ANYTHING, Place};
use crate::support::{run, shell, shim};

/// Runs until the script says that it is `ready`, then does `then`.
fn run_until_ready(spawn: &Spawn, then: impl Fn()) -> ftc_process::Outcome {
    let mut seen = Vec::new();
    spawn
        .run_with(&mut |event| {
            if let Event::Output {
                output: Output::Stdout,
                bytes,
                ..
            } = event
            {
                let before = seen.ends_with(b"ready\n");
                seen.extend_from_slice(bytes);
                if !before && seen.ends_with(b"ready\n") {
                    then();
                }
            }
        })
        .expect("it runs")
}

#[test]
fn a_run_ends_with_all_that_it_has_started() {
    for held in BY_ANYTHING {
        let place = Place::new();
        let cancel = Cancel::new().unwrap();
        let spawn = held
            .prepare(place.spawn("LONG & echo ready; LONG"))
            .cancel_on(&cancel);
        let outcome = run_until_ready(&spawn, || cancel.cancel());
        assert_eq!(outcome.stopped, Some(Stop::Cancelled));
        assert_eq!(outcome.end, End::Signaled(15));
        assert!(outcome.timed_out && !outcome.success());
        place.assert_empty(held);
    }
}

#[test]
fn the_grace_is_kept() {
    for held in BY_ANYTHING {
        let place = Place::new();
        let cancel = Cancel::new().unwrap();
        let script = "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.02; done";
        let spawn = held
            .prepare(place.spawn(script).grace(Duration::from_secs(60)))
            .cancel_on(&cancel);
        let outcome = run_until_ready(&spawn, || cancel.cancel());
        assert_eq!(outcome.end, End::Exited(7));
        assert_eq!(outcome.stdout.to_text(), "ready\nbye\n");
        place.assert_empty(held);
    }
}

#[test]
fn asked_twice_there_is_no_grace() {
    for held in BY_ANYTHING {
        let place = Place::new();
        let cancel = Cancel::new().unwrap();
        // It says that it was asked, and the second time it is not asked any more.
        let script = "trap 'echo ready' TERM; echo ready; while :; do sleep 0.02; done";
        let spawn = held
            .prepare(place.spawn(script).grace(Duration::from_secs(600)))
            .cancel_on(&cancel);
        let asked = std::cell::Cell::new(0);
        let mut seen = 0;
        let outcome = spawn
            .run_with(&mut |event| {
                if let Event::Output { bytes, .. } = event {
                    seen += String::from_utf8_lossy(bytes).lines().count();
                    match (seen, asked.get()) {
                        (1, 0) => cancel.cancel(),
                        (2.., 1) => cancel.kill(),
                        _ => return,
                    }
                    asked.set(asked.get() + 1);
                }
            })
            .unwrap();
        assert_eq!(asked.get(), 2);
        assert_eq!(outcome.stopped, Some(Stop::Cancelled));
        assert_eq!(outcome.end, End::Signaled(9));
        place.assert_empty(held);
    }
}

#[test]
fn without_grace_from_the_beginning() {
    for held in BY_ANYTHING {
        let place = Place::new();
        let cancel = Cancel::new().unwrap();
        let script = "trap 'echo asked' TERM; echo ready; while :; do sleep 0.02; done";
        let spawn = held
            .prepare(place.spawn(script).grace(Duration::from_secs(600)))
            .cancel_on(&cancel);
        let outcome = run_until_ready(&spawn, || cancel.kill());
        assert_eq!(outcome.stopped, Some(Stop::Cancelled));
        assert!(matches!(outcome.end, End::Signaled(9)), "{outcome:?}");
        place.assert_empty(held);
    }
}

#[test]
fn what_was_cancelled_before_is_not_started() {
    let directory = tempfile::tempdir().unwrap();
    let cancel = Cancel::new().unwrap();
    cancel.cancel();
    assert!(cancel.is_cancelled() && !cancel.is_killed());
    for spawn in [
        shell("touch mark"),
        shell("touch mark")
            .shim(shim())
            .require(Containment::Subreaper),
    ] {
        let spawn = spawn.directory(directory.path()).cancel_on(&cancel.clone());
        let error = spawn.run().expect_err("it is cancelled");
        assert!(matches!(error, SpawnError::Cancelled));
        assert!(!error.is_retryable());
    }
    assert!(!directory.path().join("mark").exists());
}

#[test]
fn many_runs_are_ended_at_once() {
    let cancel = Cancel::new().unwrap();
    let (ready, all_ready) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (cancel, ready) = (cancel.clone(), ready.clone());
            scope.spawn(move || {
                let spawn = shell("echo ready; exec sleep 600").cancel_on(&cancel);
                let spawn = if number % 2 == 0 {
                    spawn.shim(shim())
                } else {
                    spawn
                };
                let outcome = run_until_ready(&spawn, || ready.send(()).expect("somebody counts"));
                assert_eq!(outcome.stopped, Some(Stop::Cancelled));
            });
        }
        for _ in 0..8 {
            all_ready.recv().expect("all of them run");
        }
        cancel.cancel();
    });
}

#[test]
fn one_that_is_not_used_does_nothing() {
    let cancel = Cancel::new().unwrap();
    for spawn in [shell("exit 3"), shell("exit 3").shim(shim())] {
        let outcome = run(&spawn.cancel_on(&cancel));
        assert_eq!(outcome.end, End::Exited(3));
        assert_eq!(outcome.stopped, None);
    }
    assert!(!cancel.is_cancelled());
}
