//! Many writers at once.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ftc_github::{IssueFilter, IssueNumber, IssuesRead as _, IssuesWrite as _, all_pages};
use ftc_process::{End, ParentEnv, Spawn};

use crate::support::{World, open_issue, wait};

/// Where the copy of this program works.
const ROOT: &str = "FTC_TEST_ROOT";
const WRITERS: usize = 4;
const EACH: usize = 5;

fn write_some(world: &World) {
    for number in 0..EACH {
        open_issue(&world.forge, &format!("issue {number}"));
        wait(world.forge.create_comment(IssueNumber(1), "me too")).unwrap();
        wait(
            world
                .forge
                .add_labels(IssueNumber(1), &[format!("label {number}")]),
        )
        .unwrap();
    }
}

fn assert_nothing_lost(world: &World, writers: usize) {
    let filter = IssueFilter::default();
    let issues = wait(all_pages(|page| world.forge.issues(&filter, page))).unwrap();
    let numbers: BTreeSet<u64> = issues.iter().map(|issue| issue.number.0).collect();
    let expected: BTreeSet<u64> = (1..=1 + (writers * EACH) as u64).collect();
    assert_eq!(numbers, expected);
    assert!(issues.iter().all(|issue| issue.verified));
    let comments = wait(all_pages(|page| world.forge.comments(IssueNumber(1), page))).unwrap();
    assert_eq!(comments.len(), writers * EACH);
    assert_eq!(issues.last().unwrap().labels.len(), EACH);
}

#[test]
fn threads_lose_nothing() {
    let world = Arc::new(World::new());
    open_issue(&world.forge, "first");
    let threads: Vec<_> = (0..WRITERS)
        .map(|_| {
            let world = Arc::clone(&world);
            std::thread::spawn(move || write_some(&world))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_nothing_lost(&world, WRITERS);
}

/// Does nothing unless it is the copy that [`processes_lose_nothing`] starts.
#[test]
fn one_of_several_processes() {
    if let Some(root) = std::env::var_os(ROOT) {
        write_some(&World::reopen(&PathBuf::from(root)));
    }
}

#[test]
fn processes_lose_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let world = World::at(directory.path());
    open_issue(&world.forge, "first");
    let program = std::env::current_exe().unwrap();
    let spawn = Spawn::new([program])
        .args(["--exact", "processes::one_of_several_processes"])
        .inherit_from(&ParentEnv::capture())
        .env(ROOT, directory.path())
        .timeout(Duration::from_secs(120));
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| assert_eq!(spawn.run().unwrap().end, End::Exited(0)));
        }
    });
    assert_nothing_lost(&world, WRITERS);
}
