//! Numbers of processes that are given to others at once, and hosts that are killed at any moment.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ftc_process::{End, Shim, Spawn};

use crate::fault_support::{self, assert_done, task, ways};
use crate::support::{shell, shim, wait_until};

#[test]
#[ignore = "needs root"]
fn a_number_that_is_a_strangers_by_now() {
    if task().is_some() {
        reuse_numbers();
        return;
    }
    // In a namespace of its own, whose next number can be set. Linux looks upwards from there for a free one.
    let name = "fault_pids::a_number_that_is_a_strangers_by_now";
    let test = format!("exec \"$0\" --exact {name} --ignored --nocapture --test-threads=1");
    let script = format!("exec unshare --pid --fork --mount-proc sh -c '{test}' \"$0\"");
    let this = std::env::current_exe().unwrap();
    let copy = fault_support::with_task(shell(&script).arg(this), "run");
    assert_done(&copy.run().unwrap());
}

/// Kills trees while others run, and sees to it that the others get the numbers of those that were just killed.
fn reuse_numbers() {
    let over = AtomicBool::new(false);
    let is_over = || over.load(Ordering::Relaxed);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over() {
                fs::write("/proc/sys/kernel/ns_last_pid", "20").expect("root may");
                std::thread::yield_now();
            }
        });
        scope.spawn(|| {
            let victims =
                "for i in 1 2 3 4 5; do setsid sleep 600 & (sleep 0.01 &); done; sleep 600";
            while !is_over() {
                for (way, spawn) in &ways(&shell(victims))[1..] {
                    let spawn = spawn
                        .clone()
                        .timeout(Duration::from_millis(30))
                        .grace(Duration::from_millis(5));
                    assert!(spawn.run().expect("it can be had").timed_out, "{way}");
                }
            }
        });
        let strangers = shell(
            "echo $$; for i in 1 2 3 4 5 6 7 8; do sleep 0.005 || exit 9; true & wait $! || exit 8; done; exit 3",
        );
        let mut numbers = HashSet::new();
        for _ in 0..30 {
            for (way, spawn) in ways(&strangers) {
                let outcome = spawn.run().expect("it can be had");
                assert_eq!(
                    outcome.end,
                    End::Exited(3),
                    "{way}: it was taken for another"
                );
                numbers.insert(outcome.stdout.to_text());
            }
        }
        assert!(
            numbers.len() < 60,
            "numbers were not given again: {numbers:?}"
        );
        over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_host_that_is_killed_at_any_moment() {
    if let Some(place) = task() {
        let place = Path::new(&place);
        let [sh, sleep] = ["sh", "sleep"].map(|name| place.join(name));
        let script = "setsid \"$SLEEP\" 600 >/dev/null 2>&1 & exec \"$SLEEP\" 600";
        let spawn = Spawn::new([sh.into_os_string(), "-c".into(), script.into()])
            .env("SLEEP", sleep)
            .env("PATH", fault_support::path())
            .shim(Shim::at(place.join("shim")));
        let outcome = spawn.run();
        panic!("it was to be killed: {outcome:?}");
    }
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().canonicalize().unwrap();
    let path = fault_support::path();
    for name in ["sh", "sleep"] {
        let program =
            ftc_process::find_program(name, None, Some(&path)).expect("every machine has it");
        fs::copy(program, place.join(name)).unwrap();
    }
    fs::copy(shim().program(), place.join("shim")).unwrap();
    for step in 0..60 {
        let mut host = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "fault_pids::a_host_that_is_killed_at_any_moment",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(fault_support::TASK, &place)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Not a wait for anything: it is the moment that is tried.
        std::thread::sleep(Duration::from_micros(400 * step));
        host.kill().unwrap();
        host.wait().unwrap();
        // A shim that is only about to be what it will be is not seen: nobody must be there several times in a row.
        wait_until("nobody is left", || (0..5).all(|_| !is_inhabited(&place)));
    }
}

/// Whether anybody executes a program of `place`.
fn is_inhabited(place: &Path) -> bool {
    fs::read_dir("/proc")
        .expect("it can be had")
        .flatten()
        .any(|entry| {
            // Who has ended meanwhile has no program.
            fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe.starts_with(place))
        })
}
