//! Several processes with one pool: copies of this test program.

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ftc_process::ProcessIdentity;
use ftc_worktree::{Pool, PoolOptions, ReclaimReason, Request};

use crate::support::{Place, git, head, names, open, read, write};

/// The repository that a copy works with. Without it the copied tests do nothing.
const REPOSITORY: &str = "FTC_TEST_REPOSITORY";
const CAPACITY: usize = 3;
const PROCESSES: usize = 8;
const ROUNDS: usize = 6;

/// Starts a copy of this program that runs only the test of this name.
fn start(name: &str, place: &Place) -> Child {
    Command::new(std::env::current_exe().expect("a test program can find itself"))
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(REPOSITORY, place.work())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the copy starts")
}

fn repository() -> Option<PathBuf> {
    std::env::var_os(REPOSITORY).map(PathBuf::from)
}

fn pool(work: &Path) -> Pool {
    let options = PoolOptions {
        capacity: CAPACITY,
        ..PoolOptions::default()
    };
    let (pool, recovery) =
        Pool::open(&open(work), &work.join(".worktrees"), options).expect("the pool opens");
    assert!(recovery.quarantined.is_empty(), "{recovery:?}");
    pool
}

#[test]
fn copy_that_leases_again_and_again() {
    let Some(work) = repository() else { return };
    let process = ProcessIdentity::current().unwrap();
    let commits = [
        head(&work),
        git(&work, ["rev-parse", "HEAD~1"]).trim().parse().unwrap(),
    ];
    for round in 0..ROUNDS {
        let request = Request::new(
            commits[round % 2],
            "copy",
            format!("{round}"),
            process.clone(),
        );
        let lease = loop {
            // Opened anew each time, so that recoveries run beside leases.
            match pool(&work).acquire(&request) {
                Ok(lease) => break lease,
                Err(error) if error.is_retryable() => std::thread::yield_now(),
                Err(error) => panic!("{error:?}"),
            }
        };
        // Whoever else were in this slot would have made this file.
        let tenant = work.join(format!("../tenant-{}", lease.slot()));
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&tenant)
            .unwrap();
        assert_eq!(head(lease.path()), commits[round % 2]);
        assert!(!names(lease.path()).contains(&"draft".to_owned()));
        write(lease.path(), "draft", &process.pid.to_string());
        lease.check().unwrap();
        assert_eq!(read(lease.path(), "draft"), process.pid.to_string());
        fs::remove_file(&tenant).unwrap();
        lease.release().unwrap();
    }
    writeln!(std::io::stdout(), "done").unwrap();
}

#[test]
fn isolation_processes_never_share_a_slot() {
    let place = Place::new();
    let name = "processes::copy_that_leases_again_and_again";
    let copies: Vec<_> = (0..PROCESSES).map(|_| start(name, &place)).collect();
    for copy in copies {
        let output = copy.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("done"), "{text}");
    }
    let (pool, recovery) = place.open();
    assert!(recovery.is_empty(), "{recovery:?}");
    let slots = pool.list().unwrap();
    assert_eq!(slots.len(), CAPACITY, "all of them were needed");
    assert_eq!(place.worktrees().len(), CAPACITY);
    // Each fence was given once.
    let text = fs::read_to_string(place.root().join("events.jsonl")).unwrap();
    let mut fences: Vec<u64> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|event| event["event"] == "lease.acquired")
        .map(|event| event["epoch"].as_u64().unwrap())
        .collect();
    assert_eq!(fences.len(), PROCESSES * ROUNDS);
    assert!(fences.is_sorted(), "{fences:?}");
    fences.dedup();
    assert_eq!(fences.len(), PROCESSES * ROUNDS);
}

#[test]
fn copy_that_holds_a_lease_until_it_is_killed() {
    let Some(work) = repository() else { return };
    let request = Request::new(
        head(&work),
        "holder",
        "",
        ProcessIdentity::current().unwrap(),
    );
    let lease = pool(&work).acquire(&request).unwrap();
    write(lease.path(), "draft", "unfinished");
    writeln!(std::io::stdout(), "holding {}", lease.id()).unwrap();
    loop {
        std::thread::park();
    }
}

/// Starts a copy that holds a lease, and waits until it does.
fn start_holder(place: &Place) -> (Child, String) {
    let mut holder = start(
        "processes::copy_that_holds_a_lease_until_it_is_killed",
        place,
    );
    let mut lines = BufReader::new(holder.stdout.take().expect("it was piped")).lines();
    let id = lines
        .find_map(|line| {
            line.expect("it can be read")
                .split_once("holding ")
                .map(|(_, id)| id.to_owned())
        })
        .expect("it says what it holds");
    (holder, id)
}

#[test]
fn cleaner_w16_leases_survive_a_crash() {
    let place = Place::new();
    let (mut killed, killed_id) = start_holder(&place);
    let (mut living, living_id) = start_holder(&place);

    // While both live, an opening sees both and touches neither.
    let pool = place.pool();
    let holders = |pool: &Pool| -> Vec<String> {
        let slots = pool.list().unwrap();
        slots
            .iter()
            .filter_map(|slot| Some(slot.lease.as_ref()?.id.to_string()))
            .collect()
    };
    assert_eq!(holders(&pool), [killed_id.clone(), living_id.clone()]);

    killed.kill().unwrap();
    killed.wait().unwrap();
    let (pool, recovery) = place.open();
    let [reclaimed] = &recovery.reclaimed[..] else {
        panic!("{recovery:?}");
    };
    assert_eq!(reclaimed.lease.to_string(), killed_id);
    assert_eq!(reclaimed.owner, "holder");
    assert_eq!(reclaimed.reason, ReclaimReason::OwnerGone);
    let salvage = &reclaimed.salvage.as_ref().unwrap().reference;
    assert_eq!(
        git(&place.work(), ["show", &format!("{salvage}:draft")]),
        "unfinished"
    );
    assert_eq!(holders(&pool), [living_id]);
    assert_eq!(read(&place.slot(2), "draft"), "unfinished");
    living.kill().unwrap();
    living.wait().unwrap();
}
