//! Children that turn against whoever holds them. Nobody may be left, nothing may hang, and no breach may look like a success.

use std::time::Duration;

use ftc_process::{Containment, End, Outcome, SpawnError, Stop};

use crate::fault_support::{each_without_survivors, held, ways};

/// The start of a script that has something in a session of its own, which holds the witness and not the output.
const COMPANION: &str = "setsid sh -c 'exec >/dev/null 2>&1; trap \"\" TERM; echo up >&9; : >there; while :; do sleep 600; done' &
    while ! [ -e there ]; do sleep 0.01; done\n";

fn script(attack: &str) -> String {
    format!("{COMPANION}{attack}")
}

fn assert_breached(way: &str, result: Result<Outcome, SpawnError>) {
    let error = result.expect_err(way);
    let SpawnError::Breached { breach, .. } = &error else {
        panic!("{way}: {error:?}");
    };
    assert_eq!(breach.stdout.to_text(), "before\n", "{way}");
    assert!(!error.is_retryable() && !error.is_not_found(), "{way}");
}

#[test]
fn a_child_that_kills_its_parent_in_any_way() {
    // Rust survives the first `SEGV` and `BUS` that is sent to it. `STKFLT`, real-time signals and the like end a process that does not expect them.
    for signal in [
        "KILL", "SEGV", "ABRT", "BUS", "SYS", "XCPU", "VTALRM", "PROF", "IO", "34", "64",
    ] {
        each_without_survivors(
            held,
            &script(&format!(
                "echo before; shim=$PPID; while kill -{signal} $shim; do sleep 0.02; done; sleep 600"
            )),
            |spawn| spawn.timeout(Duration::from_secs(20)),
            |way, result, words| {
                assert_breached(&format!("{way}, {signal}"), result);
                assert_eq!(words, "up\n", "{way}");
            },
        );
    }
}

#[test]
fn a_child_that_sends_its_parent_harmless_signals() {
    for signal in [
        "USR1", "USR2", "ALRM", "CHLD", "CONT", "WINCH", "URG", "PIPE", "TSTP", "TTIN", "TTOU",
    ] {
        each_without_survivors(
            held,
            &format!("for i in 1 2 3; do kill -{signal} $PPID; done; echo fine; exit 3"),
            |spawn| spawn.timeout(Duration::from_secs(30)),
            |way, result, _| {
                let outcome = result.unwrap_or_else(|error| panic!("{way}, {signal}: {error:?}"));
                assert_eq!(outcome.end, End::Exited(3), "{way}, {signal}");
                assert_eq!(outcome.stdout.to_text(), "fine\n", "{way}, {signal}");
            },
        );
    }
}

#[test]
fn a_child_that_kills_its_parent_and_exits_well() {
    // The exit code that it wants to be seen is 0. It may come first or last, but proves nothing without the shim's word.
    each_without_survivors(
        held,
        &script("echo before; (kill -9 $PPID; exit 0) & exit 0"),
        |spawn| spawn,
        |way, result, words| {
            // Here `$PPID` is still the shim, and either of both may win.
            if let Err(error) = result {
                assert!(
                    matches!(error, SpawnError::Breached { .. }),
                    "{way}: {error:?}"
                );
            }
            assert_eq!(words, "up\n", "{way}");
        },
    );
    each_without_survivors(
        held,
        &script("echo before; kill -9 $PPID; exit 0"),
        |spawn| spawn,
        |way, result, words| {
            assert_breached(way, result);
            assert_eq!(words, "up\n", "{way}");
        },
    );
}

#[test]
fn a_child_that_stops_its_parent_once() {
    each_without_survivors(
        held,
        &script("kill -STOP $PPID; echo before; exit 3"),
        |spawn| spawn.timeout(Duration::from_secs(60)),
        |way, result, words| {
            let outcome = result.unwrap_or_else(|error| panic!("{way}: {error:?}"));
            assert_eq!(outcome.end, End::Exited(3), "{way}");
            assert_eq!(words, "up\n", "{way}");
        },
    );
}

#[test]
fn a_child_that_stops_its_parent_again_and_again() {
    each_without_survivors(
        held,
        &script("trap '' TERM; echo before; while :; do kill -STOP $PPID; done"),
        |spawn| {
            spawn
                .timeout(Duration::from_secs(2))
                .grace(Duration::from_millis(20))
        },
        |way, result, words| {
            // Between two stops the shim may get far enough to do its work.
            match result {
                Ok(outcome) => assert_eq!(outcome.stopped, Some(Stop::WallTimeout), "{way}"),
                Err(error) => assert_breached(way, Err(error)),
            }
            assert_eq!(words, "up\n", "{way}");
        },
    );
}

#[test]
#[ignore = "needs python"]
fn a_child_that_takes_its_parents_descriptors() {
    // A shim that may open nothing sees nobody in `/proc`, and waits for ever for those whom it does not see.
    let python = "import os, resource; print('before', flush=True)
resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (0, 0))";
    each_without_survivors(
        held,
        &script(&format!("exec python3 -c \"{python}\"")),
        |spawn| spawn.timeout(Duration::from_secs(30)),
        |way, result, words| {
            match result {
                Ok(outcome) => assert_eq!(outcome.end, End::Exited(0), "{way}"),
                Err(error) => assert_breached(way, Err(error)),
            }
            assert_eq!(words, "up\n", "{way}");
        },
    );
}

#[test]
#[ignore = "needs python"]
fn a_leader_that_moves_into_another_group() {
    // Signals to the group that it was started in do not reach it any more. (Its child lives on without a shim; this one goes by itself.)
    let python = "import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
leader = os.getpid()
child = os.fork()
if child == 0:
    while os.getppid() == leader:
        time.sleep(0.01)
    os._exit(0)
os.setpgid(child, child)
os.setpgid(0, child)
os.write(9, b'up\\n')
time.sleep(600)";
    each_without_survivors(
        ways,
        &format!("exec python3 -c \"{python}\""),
        |spawn| {
            spawn
                .timeout(Duration::from_secs(3))
                .grace(Duration::from_millis(20))
        },
        |way, result, words| {
            let outcome = result.unwrap_or_else(|error| panic!("{way}: {error:?}"));
            assert_eq!(outcome.end, End::Signaled(9), "{way}");
            assert_eq!(outcome.stopped, Some(Stop::WallTimeout), "{way}");
            assert_eq!(words, "up\n", "{way}");
        },
    );
}

/// Sets `$cgroup` to the directory of the script's own control group of version 2; empty where there is none.
const FIND_CGROUP: &str = r"
    path=$(sed -n 's/^0:://p' /proc/self/cgroup)
    mount=$(sed -n 's/^[0-9]* [0-9]* [0-9:]* [^ ]* \([^ ]*\) .* - cgroup2 .*/\1/p' /proc/self/mountinfo | head -n 1)
    cgroup=${mount:+$mount$path}
";

/// What a child that may write control groups does to its own. Where it may not, nothing happens, and the rest is checked.
fn with_cgroup(attack: &str) {
    each_without_survivors(
        held,
        &script(&format!(
            "{FIND_CGROUP}\n[ -w \"$cgroup/cgroup.procs\" ] && {{ {attack} }}\ntrap '' TERM; while :; do sleep 600; done"
        )),
        |spawn| {
            spawn
                .timeout(Duration::from_secs(2))
                .grace(Duration::from_millis(20))
        },
        |way, result, words| {
            let outcome = result.unwrap_or_else(|error| panic!("{way}: {error:?}"));
            assert_eq!(outcome.stopped, Some(Stop::WallTimeout), "{way}");
            assert_eq!(words, "up\n", "{way}");
            if way == "shim, no cgroup" {
                assert_eq!(outcome.containment, Containment::Subreaper);
            }
        },
    );
}

#[test]
fn a_child_that_leaves_its_control_group() {
    with_cgroup("echo 0 >\"$mount/cgroup.procs\";");
}

#[test]
fn a_child_that_makes_control_groups_of_its_own() {
    with_cgroup(
        "case $path in */ftc-*) mkdir -p \"$cgroup/a/b\" && echo $$ >\"$cgroup/a/b/cgroup.procs\";; esac;",
    );
}

#[test]
fn a_child_that_freezes_itself() {
    with_cgroup("case $path in */ftc-*) echo 1 >\"$cgroup/cgroup.freeze\";; esac;");
}
