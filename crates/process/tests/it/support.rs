//! What the tests share.

use std::time::{Duration, Instant};

use ftc_process::{Outcome, ParentEnv, Shim, Spawn};

/// A shell script as the program under test, with the search path of this machine.
pub fn shell(script: &str) -> Spawn {
    Spawn::new(["sh", "-c", script]).inherit_from(&parent())
}

/// The small shim of this package.
pub fn shim() -> Shim {
    Shim::at(env!("CARGO_BIN_EXE_ftc-shim"))
}

/// Whether a control group can be made here; by another way than the code under test goes.
pub fn has_cgroup() -> bool {
    let Ok(groups) = std::fs::read_to_string("/proc/self/cgroup") else {
        return false;
    };
    let Some(own) = groups.lines().find_map(|line| line.strip_prefix("0::/")) else {
        return false;
    };
    ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
        .iter()
        .any(|mount| {
            let probe = format!(
                "{mount}/{own}/probe-{}-{:?}",
                std::process::id(),
                std::thread::current().id()
            );
            let made = std::fs::create_dir(&probe).is_ok();
            let usable = made && std::path::Path::new(&probe).join("cgroup.kill").exists();
            if made {
                std::fs::remove_dir(&probe).expect("it is ours and empty");
            }
            usable
        })
}

pub fn run(spawn: &Spawn) -> Outcome {
    spawn.run().expect("the program starts")
}

pub fn parent() -> ParentEnv {
    ParentEnv::capture()
}

/// Runs `script` with longer and longer timeouts until it got far enough to print `ready`: how long that takes depends on the
/// load of the machine, which must not decide a test.
pub fn time_out_when_ready(script: &str, prepare: impl Fn(Spawn) -> Spawn) -> Outcome {
    for timeout_ms in [200, 1_000, 5_000, 30_000] {
        let spawn = prepare(shell(script).timeout(Duration::from_millis(timeout_ms)));
        let outcome = run(&spawn);
        assert!(outcome.timed_out, "{outcome:?}");
        if outcome.stdout.to_text().contains("ready\n") {
            return outcome;
        }
    }
    panic!("the script was never ready");
}

/// Whether the process runs: a zombie that nobody reaped yet does not.
pub fn is_running(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        let state = stat
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.chars().next());
        !matches!(state, Some('Z' | 'X') | None)
    })
}

pub fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "waited too long until {what}"
        );
        std::thread::yield_now();
    }
}
