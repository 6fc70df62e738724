//! Many processes change one tree.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use ftc_changeset::{ExecError, Executor, OldFile, Outcome, verify_audit};
use ftc_process::{End, ParentEnv, Spawn};

use super::support::{Change, Site, path};

const DIRECTORY: &str = "FTC_TEST_CONCURRENT_DIRECTORY";
const ROUNDS: &str = "FTC_TEST_CONCURRENT_ROUNDS";

#[test]
fn eight_processes_take_turns() {
    increments_by_processes(8, 4);
}

/// Lets each of `processes` count `rounds` times in two files at once, and insists that no count is lost and none is torn.
pub fn increments_by_processes(processes: usize, rounds: usize) {
    let site = Site::new();
    site.write("left", "0").write("right", "0");
    let program = std::env::current_exe().unwrap();
    let spawn = Spawn::new([program])
        .args([
            "--exact",
            "executor::concurrency::counts_up",
            "--include-ignored",
        ])
        .inherit_from(&ParentEnv::capture())
        .env(DIRECTORY, site.directory())
        .env(ROUNDS, rounds.to_string());
    thread::scope(|scope| {
        let runs: Vec<_> = (0..processes)
            .map(|_| scope.spawn(|| spawn.run().unwrap()))
            .collect();
        for run in runs {
            let outcome = run.join().unwrap();
            assert_eq!(outcome.end, End::Exited(0), "{}", outcome.stdout.to_text());
        }
    });
    let total = (processes * rounds).to_string();
    assert_eq!(site.read("left"), total.as_bytes());
    assert_eq!(site.read("right"), total.as_bytes());
    let mut audit = verify_audit(&site.root(), &site.options()).unwrap();
    // Two that count the same step want the same change, and the second one finds it made.
    audit.retain(|entry| entry.event != "already_applied");
    assert!(audit.iter().all(|entry| entry.event == "applied"));
    assert_eq!(audit.len(), processes * rounds);
    // In the order of the log each change starts from what the one before it left.
    for pair in audit.windows(2) {
        assert_eq!(pair[0].files[0].new, pair[1].files[0].old);
    }
    assert!(!site.has_transaction());
}

/// What one process does; without a directory it is a test in its own right.
#[test]
fn counts_up() {
    let (site, rounds) = match std::env::var_os(DIRECTORY) {
        Some(directory) => {
            let rounds = std::env::var(ROUNDS).unwrap().parse().unwrap();
            (Site::at(PathBuf::from(directory)), rounds)
        }
        None => (Site::new(), 2_u32),
    };
    if !site.root().join("left").exists() {
        site.write("left", "0").write("right", "0");
    }
    let options = site.options().lock_wait(Duration::from_secs(60));
    let (executor, _) = Executor::open(&site.root(), options).unwrap();
    for _ in 0..rounds {
        while !count_once(&site, &executor) {}
    }
}

/// Counts once, and says whether nobody else was faster.
fn count_once(site: &Site, executor: &Executor) -> bool {
    let (left, right) = (site.read("left"), site.read("right"));
    if left != right {
        // Read while another process was in the middle of it.
        return false;
    }
    let count: u32 = String::from_utf8(left.clone()).unwrap().parse().unwrap();
    let next = (count + 1).to_string().into_bytes();
    let change = Change::new(|builder| {
        builder
            .modify(path("left"), OldFile::regular(&left), &next, None)
            .modify(path("right"), OldFile::regular(&right), &next, None)
    });
    match change.authorized(|authorized| executor.execute(authorized, change.blobs.as_ref())) {
        // Another process that counted the same step has made this very change: it was not ours.
        Ok(result) => result.outcome == Outcome::Applied,
        Err(ExecError::Conflict { .. }) => false,
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn whoever_does_not_wait_is_told_who_is_there() {
    let site = Site::new();
    site.write("file", "old");
    let (executor, _) = site.open();
    let owner = ftc_durable::Owner {
        pid: 7,
        host: "here".to_owned(),
        since: "now".to_owned(),
    };
    let lock = ftc_durable::FileLock::try_acquire(
        &site.state("lock"),
        ftc_durable::LockMode::Exclusive,
        &owner,
    )
    .unwrap();
    let change = Change::rewrite("file", "old", "new");
    let error = change
        .authorized(|authorized| executor.execute(authorized, change.blobs.as_ref()))
        .unwrap_err();
    assert!(matches!(error, ExecError::Busy(_)), "{error:?}");
    assert!(error.is_retryable());
    assert!(site.open().1.busy);
    drop(lock);
    assert!(!site.open().1.busy);
    site.apply(&change).unwrap();
}
