//! What becomes of children whose parent is killed: the parent is a copy of this test program.

use std::fs::{self, OpenOptions};
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::place::{BY_A_SHIM, Held, Place};
use crate::support::{has_cgroup, run, shell, shim, wait_until};

/// Where a copy works, and by what it holds its child. Without them the copied tests do nothing.
const FOLDER: &str = "FTC_TEST_FOLDER";
const HELD: &str = "FTC_TEST_HELD";

/// Starts a copy of this program that runs only the test of this name.
fn start(name: &str, place: &Place, held: Held) -> Child {
    Command::new(std::env::current_exe().expect("a test program can find itself"))
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(FOLDER, place.path())
        .env(HELD, format!("{held:?}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the copy starts")
}

fn held() -> Option<(PathBuf, Held)> {
    let folder = PathBuf::from(std::env::var_os(FOLDER)?);
    let held = if std::env::var_os(HELD)? == "Shim" {
        Held::Shim
    } else {
        Held::ShimAndCgroup
    };
    Some((folder, held))
}

#[test]
fn copy_that_runs_a_child() {
    let Some((folder, held)) = held() else { return };
    let script = "exec 9>open; setsid sh -c 'trap \"\" TERM HUP; exec sleep 600' & sleep 600 & echo up >up; sleep 600";
    let outcome = run(&held.prepare(shell(script).directory(folder)));
    panic!("the child has ended: {outcome:?}");
}

#[test]
fn copy_that_runs_something_short() {
    if held().is_some() {
        run(&shell("exit 0").shim(shim()));
    }
}

/// Waits until the copy's child has started all of its own.
fn wait_for_start(place: &Place) {
    let mut text = String::new();
    OpenOptions::new()
        .read(true)
        .open(place.path().join("up"))
        .and_then(|mut fifo| fifo.read_to_string(&mut text))
        .expect("the fifo is ours");
    assert_eq!(text, "up\n");
}

/// The control groups that the process of this number has made.
fn groups_of(pid: u32) -> Vec<PathBuf> {
    let own = fs::read_to_string("/proc/self/cgroup").expect("there is a `/proc`");
    let Some(own) = own.lines().find_map(|line| line.strip_prefix("0::")) else {
        return Vec::new();
    };
    let mut groups = Vec::new();
    for mount in ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] {
        let entries = fs::read_dir(format!("{mount}{own}"));
        groups.extend(entries.into_iter().flatten().flatten().filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let is_of_it = name.starts_with("ftc-") && name.contains(&format!("-{pid}-"));
            is_of_it.then(|| entry.path())
        }));
    }
    groups
}

#[test]
fn a_parent_that_is_killed_leaves_no_child_and_no_group() {
    for held in BY_A_SHIM {
        let place = Place::new();
        let mut copy = start("orphaned::copy_that_runs_a_child", &place, held);
        wait_for_start(&place);
        let pid = copy.id();
        assert_eq!(
            groups_of(pid).len(),
            usize::from(held == Held::ShimAndCgroup && has_cgroup())
        );
        copy.kill().expect("it runs");
        copy.wait().expect("it is ours");
        wait_until("nothing is left", || place.is_empty());
        wait_until("its group is gone", || groups_of(pid).is_empty());
    }
}

#[test]
fn what_a_killed_parent_and_shim_have_left_the_next_run_removes() {
    if !has_cgroup() {
        return;
    }
    let place = Place::new();
    let mut copy = start(
        "orphaned::copy_that_runs_a_child",
        &place,
        Held::ShimAndCgroup,
    );
    wait_for_start(&place);
    let pid = copy.id();
    let signal = |signal: &str, pid: &str| {
        assert!(run(&shell(&format!("kill -{signal} {pid}"))).success());
    };
    // The shim must not notice that its parent dies, and the parent must not wake it.
    signal("STOP", &pid.to_string());
    let shims: Vec<String> = fs::read_dir(format!("/proc/{pid}/task"))
        .expect("there is a `/proc`")
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|text| {
            let pids = text.split_ascii_whitespace();
            pids.map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(shims.len(), 1, "the kernel tells whose child is whose");
    signal("STOP", &shims[0]);
    copy.kill().expect("it runs");
    copy.wait().expect("it is ours");
    signal("KILL", &shims[0]);
    assert!(!place.is_empty());
    assert_eq!(groups_of(pid).len(), 1);

    let mut next = start(
        "orphaned::copy_that_runs_something_short",
        &place,
        Held::ShimAndCgroup,
    );
    assert!(next.wait().expect("it is ours").success());
    wait_until("nothing is left", || place.is_empty());
    assert_eq!(groups_of(pid), Vec::<PathBuf>::new());
}
