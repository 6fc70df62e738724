//! Hosts that do odd things: panic, cancel at any moment, ignore signals, have no shim where they say.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use ftc_process::{Cancel, Event, Shim, SpawnError, Stop};
use rustix::process::{WaitOptions, wait};

use crate::fault_support::{
    Witness, assert_done, chain, copy, each_outcome, each_without_survivors, task, ways,
};
use crate::support::{is_running, shell, shim, wait_until};

#[test]
fn an_observer_that_panics() {
    let script = "exec 9>witness; setsid sh -c 'echo up >&9; while :; do sleep 600; done' & echo out; sleep 600";
    for (way, spawn) in ways(&shell(script)) {
        if way == "alone" {
            // What leaves the group is not found without a shim.
            continue;
        }
        let witness = Witness::new();
        let spawn = spawn.directory(witness.directory());
        let result = catch_unwind(AssertUnwindSafe(|| {
            spawn.run_with(&mut |event| {
                assert!(!matches!(event, Event::Output { .. }), "told to panic");
            })
        }));
        assert!(result.is_err(), "{way}: {result:?}");
        witness.last_words();
    }
}

#[test]
fn a_time_limit_of_nothing() {
    for _ in 0..20 {
        each_without_survivors(
            ways,
            "echo up >&9; sleep 600",
            |spawn| spawn.timeout(Duration::ZERO).grace(Duration::ZERO),
            |way, result, _| {
                let outcome = result.unwrap_or_else(|error| panic!("{way}: {error:?}"));
                assert_eq!(outcome.stopped, Some(Stop::WallTimeout), "{way}");
                assert!(!outcome.success(), "{way}");
            },
        );
    }
}

#[test]
fn a_cancellation_at_any_moment() {
    for microseconds in (0..6000).step_by(200) {
        for (way, spawn) in ways(&shell("exec 9>witness; echo up >&9; sleep 600")) {
            let witness = Witness::new();
            let cancel = Cancel::new().unwrap();
            let spawn = spawn.directory(witness.directory()).cancel_on(&cancel);
            let result = std::thread::scope(|scope| {
                scope.spawn(|| {
                    // Not a wait for anything: it is the moment that is tried.
                    std::thread::sleep(Duration::from_micros(microseconds));
                    cancel.kill();
                });
                spawn.run()
            });
            match result {
                Ok(outcome) => assert_eq!(outcome.stopped, Some(Stop::Cancelled), "{way}"),
                Err(SpawnError::Cancelled) => {}
                Err(error) => panic!("{way}: {error:?}"),
            }
            witness.last_words();
        }
    }
}

#[test]
fn a_shim_that_is_none() {
    let directory = tempfile::tempdir().unwrap();
    for program in [
        "/no/such/shim",
        "/bin/false",
        "/bin/true",
        "/bin/cat",
        "/bin/sh",
        "/dev/null",
        "/",
    ] {
        let spawn = shell("touch ran").directory(directory.path());
        let error = spawn
            .clone()
            .shim(Shim::at(program))
            .run()
            .expect_err(program);
        assert!(
            matches!(error, SpawnError::Shim { .. }),
            "{program}: {error:?}"
        );
        assert!(error.to_string().contains(program), "{error}");
        let large = spawn
            .args(vec!["x".repeat(1000); 1000])
            .shim(Shim::at(program));
        let error = large.run().expect_err(program);
        assert!(
            matches!(error, SpawnError::Shim { .. }),
            "{program}: {error:?}"
        );
    }
    assert!(!directory.path().join("ran").exists());
}

#[test]
fn a_host_that_ignores_the_ends_of_its_children() {
    // A shell with `trap '' CHLD` passes that on, and then the kernel keeps no status for anybody: it cannot be told how a child ended.
    // That must be said, or be put right; it must not look like a success, and must not hang.
    if task().is_some() {
        for (way, spawn) in ways(&shell("echo out; exit 3")) {
            match spawn.run() {
                Ok(outcome) => {
                    assert_eq!(outcome.end.code(), Some(3), "{way}");
                    assert_eq!(outcome.stdout.to_text(), "out\n", "{way}");
                }
                Err(error) => {
                    assert!(matches!(error, SpawnError::Wait { .. }), "{way}: {error:?}");
                    assert!(
                        chain(&error).contains("No child process"),
                        "{way}: {}",
                        chain(&error)
                    );
                }
            }
        }
        return;
    }
    let name = "fault_host::a_host_that_ignores_the_ends_of_its_children";
    // `sh` cannot be trusted to pass it on (it needs the status itself).
    let prepare = "command -v env >/dev/null && env --ignore-signal=CHLD true 2>/dev/null && ignore='env --ignore-signal=CHLD'";
    let script =
        format!("{prepare}\nexec $ignore \"$0\" --exact {name} --nocapture --test-threads=1");
    let this = std::env::current_exe().unwrap();
    assert_done(
        &crate::fault_support::with_task(shell(&script).arg(this), "run")
            .run()
            .unwrap(),
    );
}

#[test]
fn nothing_stays_open_after_many_runs() {
    if task().is_none() {
        let outcome = copy("fault_host::nothing_stays_open_after_many_runs", "run", "")
            .run()
            .unwrap();
        assert_done(&outcome);
        return;
    }
    // The first runs may set up what is kept for all of them.
    run_all_kinds();
    let before = open_count();
    for _ in 0..4 {
        run_all_kinds();
    }
    assert_eq!(open_count(), before);
    // `ECHILD`: not even a zombie is left.
    assert_eq!(
        wait(WaitOptions::NOHANG).err(),
        Some(rustix::io::Errno::CHILD)
    );
    let threads = std::fs::read_dir("/proc/self/task").unwrap().count();
    assert!(threads <= 2, "{threads} threads");
}

fn open_count() -> usize {
    std::fs::read_dir("/proc/self/fd")
        .expect("there is `/proc`")
        .count()
}

/// A success, a failure, a timeout, a missing program, a breach.
fn run_all_kinds() {
    each_outcome(&shell("exit 0"), |way, outcome| {
        assert!(outcome.success(), "{way}");
    });
    for (_, spawn) in ways(&shell("sleep 600 & sleep 600").timeout(Duration::from_millis(20))) {
        assert!(spawn.run().expect("it starts").timed_out);
    }
    for (_, spawn) in ways(&shell("true").arg("x".repeat(10 << 20))) {
        assert!(spawn.run().is_err());
    }
    let breach = shell("kill -9 $PPID; sleep 600").shim(shim()).run();
    assert!(
        matches!(breach, Err(SpawnError::Breached { .. })),
        "{breach:?}"
    );
}

#[test]
fn a_slow_observer_while_everything_ends() {
    // While it keeps us, child and shim end, and it is time to look after the shim. What that has said must still be heard.
    for (way, spawn) in &ways(&shell("echo out; sleep 0.2; exit 3"))[1..] {
        let mut shim = String::new();
        let outcome = spawn.run_with(&mut |event| match event {
            Event::Started { pid } => {
                let status = std::fs::read_to_string(format!("/proc/{pid}/status"));
                let status = status.expect("it runs");
                let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
                parent
                    .expect("it has a parent")
                    .trim()
                    .clone_into(&mut shim);
            }
            Event::Output { .. } => {
                wait_until("the shim has ended", || !is_running(&shim));
                // Not a wait for anything: it is the delay that is tried.
                std::thread::sleep(Duration::from_millis(1100));
            }
            _ => {}
        });
        let outcome = outcome.unwrap_or_else(|error| panic!("{way}: {}", chain(&error)));
        assert_eq!(outcome.end.code(), Some(3), "{way}");
        assert_eq!(outcome.stdout.to_text(), "out\n", "{way}");
    }
}
