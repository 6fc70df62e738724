//! Hosts that are short of something themselves. Each test runs again in a copy of this program, which it may cripple.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::time::Duration;

use ftc_process::confine::{Profile, ResourceLimits};
use ftc_process::{Confinement, Shim, Spawn, SpawnError};
use rustix::process::{Resource, Rlimit, WaitOptions, setrlimit, wait};

use crate::fault_support::{self, Witness, assert_done, chain, copy, each_outcome, task, ways};
use crate::support::shell;

#[test]
fn closed_standard_streams() {
    if let Some(task) = task() {
        each_outcome(&shell("cat; echo out; echo err >&2"), |way, outcome| {
            assert_eq!(outcome.stdout.to_text(), "out\n", "{way}");
            assert_eq!(outcome.stderr.to_text(), "err\n", "{way}");
        });
        fs::write(task, "done").expect("the test has a disk");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for close in ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"] {
        let done = directory
            .path()
            .join(close.replace(['<', '>', '&', ' '], ""));
        let name = "fault_limits::closed_standard_streams";
        let outcome = copy(name, done.to_str().unwrap(), &format!("exec {close}"))
            .run()
            .unwrap();
        assert!(
            outcome.success(),
            "{close}: {}{}",
            outcome.stdout.to_text(),
            outcome.stderr.to_text()
        );
        assert_eq!(fs::read_to_string(&done).unwrap(), "done", "{close}");
    }
}

#[test]
fn no_file_descriptors_left() {
    if task().is_some() {
        with_few_descriptors();
        return;
    }
    let outcome = copy("fault_limits::no_file_descriptors_left", "run", "")
        .run()
        .unwrap();
    let text = assert_done(&outcome);
    for way in ["alone", "shim", "shim, no cgroup"] {
        assert!(text.contains(&format!("{way}: refused")), "{text}");
        assert!(text.contains(&format!("{way}: ran")), "{text}");
    }
}

/// Runs a child with 0, 1, 2, ... free descriptors until there are plenty. Each time it either runs as if nothing were wrong or is
/// refused with the system's word for it; never does it hang, lose output, leave a child or leave a descriptor open.
#[expect(clippy::print_stdout, reason = "the test above reads it")]
fn with_few_descriptors() {
    const PLENTY: usize = 40;
    set_limit(Resource::Nofile, 64);
    for (way, spawn) in ways(&shell("echo out; echo err >&2; exit 3")) {
        for free in 0..PLENTY {
            let mut held = hold_all();
            held.truncate(held.len() - free.min(held.len()));
            let open = open_count_when(held.len());
            match spawn.run() {
                Ok(outcome) => {
                    assert_eq!(outcome.end.code(), Some(3), "{way} {free}");
                    assert_eq!(outcome.stdout.to_text(), "out\n", "{way} {free}");
                    assert_eq!(outcome.stderr.to_text(), "err\n", "{way} {free}");
                    println!("{way}: ran");
                }
                Err(error) => {
                    assert!(
                        chain(&error).contains("Too many open files"),
                        "{way} {free}: {}",
                        chain(&error)
                    );
                    // One that was started has had its chance: to start it again is the caller's decision.
                    let started = matches!(error, SpawnError::Wait { .. });
                    assert!(started || error.is_retryable(), "{way} {free}: {error:?}");
                    assert!(free < PLENTY - 1, "{way}: that was enough");
                    println!("{way}: refused");
                }
            }
            assert_eq!(
                open_count_when(held.len()),
                open,
                "{way} {free}: a descriptor stayed open"
            );
            // `ECHILD`: nobody is left, not even a zombie.
            assert_eq!(
                wait(WaitOptions::NOHANG).err(),
                Some(rustix::io::Errno::CHILD),
                "{way} {free}"
            );
        }
    }
}

fn set_limit(resource: Resource, limit: u64) {
    let limit = Rlimit {
        current: Some(limit),
        maximum: Some(limit),
    };
    setrlimit(resource, limit).expect("it may be lowered");
}

/// Opens files until there is no descriptor left.
fn hold_all() -> Vec<File> {
    std::iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

/// How many descriptors are free beside `held` ones.
fn open_count_when(held: usize) -> usize {
    held + hold_all().len()
}

#[test]
fn no_process_can_be_made() {
    if let Some(shim) = task() {
        assert!(!rustix::process::getuid().is_root());
        set_limit(Resource::Nproc, 0);
        for spawn in [
            shell("true"),
            shell("true").shim(Shim::at(&shim)),
            shell("true").shim(Shim::at(&shim).without_cgroup()),
        ] {
            let error = spawn.run().expect_err("no process can be made");
            assert!(error.is_retryable(), "{error:?}");
            assert!(
                chain(&error).contains("temporarily unavailable"),
                "{}",
                chain(&error)
            );
        }
        return;
    }
    as_nobody("fault_limits::no_process_can_be_made");
}

/// Runs the test `name` again as a user whom limits on processes bind: root becomes somebody else, and takes along what that one has
/// to execute. The task is the shim.
fn as_nobody(name: &str) {
    let directory = tempfile::tempdir().expect("the test has a disk and a shell");
    let open_to_all = Permissions::from_mode(0o755);
    fs::set_permissions(directory.path(), open_to_all).expect("the test has a disk and a shell");
    let [this, shim] = ["this", "shim"].map(|name| directory.path().join(name));
    fs::copy(
        std::env::current_exe().expect("the test has a disk and a shell"),
        &this,
    )
    .expect("the test has a disk and a shell");
    fs::copy(crate::support::shim().program(), &shim).expect("the test has a disk and a shell");
    let drop_root =
        "[ $(id -u) = 0 ] && root=\"setpriv --reuid=65534 --regid=65534 --clear-groups\"";
    let script =
        format!("{drop_root}\nexec $root ./this --exact {name} --nocapture --test-threads=1");
    let copy = fault_support::with_task(
        shell(&script),
        shim.to_str().expect("the test has a disk and a shell"),
    );
    assert_done(
        &copy
            .directory(directory.path())
            .run()
            .expect("the test has a disk and a shell"),
    );
}

#[test]
fn a_fork_bomb_under_a_limit_of_processes() {
    let Some(shim) = task() else {
        as_nobody("fault_limits::a_fork_bomb_under_a_limit_of_processes");
        return;
    };
    // All processes of the user count, also those of other programs.
    let mut limits = ResourceLimits::default();
    limits.processes = Some(count_of_own_processes() + 60);
    // Without the limit it would be 2^11 shells: enough to be seen, and not too many for a machine if the limit does not hold.
    let script = "exec 9>witness
        bomb() { [ $1 = 0 ] || { bomb $(($1 - 1)) & bomb $(($1 - 1)) & }; echo up >&9; wait; sleep 600; }
        bomb 10";
    let witness = Witness::new();
    let confinement = Confinement::new(Profile::Gate)
        .writable(witness.directory())
        .limits(limits);
    let outcome = shell(script)
        .directory(witness.directory())
        .shim(Shim::at(shim))
        .confine(confinement)
        .timeout(Duration::from_secs(3))
        .grace(Duration::from_millis(20))
        .run()
        .unwrap();
    let up = witness.last_words().lines().count();
    assert!(up <= 60, "{up} processes");
    assert!(
        up > 1 && outcome.stderr.to_text().contains("ork"),
        "{}",
        outcome.stderr.to_text()
    );
    assert!(!outcome.success());
}

/// How many processes and threads the user of this process has.
fn count_of_own_processes() -> u64 {
    let me = rustix::process::getuid().as_raw();
    let own = fs::read_dir("/proc")
        .expect("it can be had")
        .flatten()
        .filter(|entry| {
            entry
                .file_name()
                .to_str()
                .is_some_and(|name| name.parse::<u32>().is_ok())
                && entry.metadata().is_ok_and(|metadata| metadata.uid() == me)
        });
    own.filter_map(|entry| fs::read_dir(entry.path().join("task")).ok())
        .map(|threads| threads.count() as u64)
        .sum()
}

#[test]
fn a_stopped_host_does_not_take_its_own_sleep_for_silence() {
    // A closed laptop and a debugger look like this: time passes, the child prints, and nobody reads.
    if task().is_some() {
        let script = "kill -STOP $HOST; sleep $LONGER; echo printed meanwhile; kill -CONT $HOST";
        let spawn = shell(script).env("HOST", std::process::id().to_string());
        for (way, spawn) in ways(&spawn) {
            stop_the_host(way, &spawn);
        }
        return;
    }
    let name = "fault_limits::a_stopped_host_does_not_take_its_own_sleep_for_silence";
    assert_done(&copy(name, "run", "").run().unwrap());
}

/// Longer and longer, until the child gets as far as to stop us before it has been silent for too long itself.
fn stop_the_host(way: &str, spawn: &Spawn) {
    for limit in [1, 4, 16] {
        let outcome = spawn
            .clone()
            .env("LONGER", (limit + 1).to_string())
            .idle_timeout(Duration::from_secs(limit))
            .run()
            .expect("it can be had");
        if outcome.stdout.to_text() == "printed meanwhile\n" {
            assert_eq!(outcome.stopped, None, "{way}");
            return;
        }
    }
    panic!("{way}: it never got as far");
}
