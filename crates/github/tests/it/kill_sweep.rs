//! The writer killed at every call that changes a file.

use std::fs;
use std::path::{Path, PathBuf};

use ftc_github::{
    Effect, IssueNumber, Marker, MergeOptions, PlannedWrite, PullState, PullsRead as _, blocks,
    ensure,
};
use ftc_testkit::faults::{DURABILITY_SYSCALLS, KillSweep};
use tempfile::TempDir;

use crate::support::{World, login, wait};

/// Where the swept copy of this program works.
const ROOT: &str = "FTC_TEST_ROOT";

/// The directory of the sweep, or a temporary one with a new world: the swept tests are tests in their own right.
fn world() -> (World, Option<TempDir>) {
    if let Some(root) = std::env::var_os(ROOT) {
        return (World::reopen(&PathBuf::from(root)), None);
    }
    let directory = tempfile::tempdir().unwrap();
    prepare(directory.path());
    (World::reopen(directory.path()), Some(directory))
}

fn prepare(root: &Path) {
    let world = World::at(root);
    world.branch("fix", "one changed\ntwo\nthree\n");
}

fn writes() -> Vec<PlannedWrite> {
    let issue = IssueNumber(1);
    vec![
        PlannedWrite::EnsureIssue {
            marker: Marker::new("issue", "x"),
            title: "flaky".to_owned(),
            body: blocks::block("SUMMARY", "text"),
            labels: vec!["flaky".to_owned()],
        },
        PlannedWrite::UpsertComment {
            issue,
            marker: Marker::new("analysis", "x"),
            body: "text".to_owned(),
        },
        PlannedWrite::AddLabels {
            issue,
            labels: vec!["needs-triage".to_owned()],
        },
        PlannedWrite::EnsurePull {
            marker: Marker::new("fix", "x"),
            head: "fix".to_owned(),
            base: "main".to_owned(),
            title: "Fix it".to_owned(),
            body: blocks::block("SUMMARY", "text"),
            labels: vec!["ai".to_owned()],
        },
    ]
}

fn make_all(world: &World) {
    for write in writes() {
        wait(ensure(&world.forge, &write)).unwrap();
    }
}

fn merge(world: &World) {
    let pull = wait(world.forge.pull(IssueNumber(2))).unwrap().unwrap();
    if pull.state == PullState::Open {
        let options = MergeOptions {
            without_checks: true,
            ..MergeOptions::default()
        };
        world
            .forge
            .merge(IssueNumber(2), &login("alice"), &options)
            .unwrap();
    }
}

#[test]
fn makes_every_write_and_merges() {
    let (world, _directory) = world();
    make_all(&world);
    merge(&world);
}

/// The files, without temporary ones and times.
fn files(world: &World) -> Vec<String> {
    let mut names: Vec<String> = world
        .everything()
        .into_keys()
        .filter(|path| path.starts_with(world.directory()) && path.is_file())
        .filter_map(|path| {
            path.strip_prefix(world.directory())
                .ok()?
                .to_str()
                .map(str::to_owned)
        })
        .filter(|name| !name.contains(".ftc-tmp-"))
        .collect();
    names.sort();
    names
}

#[test]
#[ignore = "needs strace"]
fn a_killed_writer_is_completed_by_the_next_one() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("world");
    let template = directory.path().join("template");
    prepare(&template);
    let report = KillSweep::this_test("kill_sweep::makes_every_write_and_merges")
        .env(ROOT, &root)
        .syscalls(DURABILITY_SYSCALLS.iter().chain(&["mkdir"]))
        .run(
            || {
                if root.exists() {
                    fs::remove_dir_all(&root).unwrap();
                }
                prepare(&root);
            },
            |run| {
                let world = World::reopen(&root);
                // git's own lock file outlives git's killed writer, and a person is told to look at it.
                let lock = world.origin.git_dir().join("refs/heads/main.lock");
                if lock.exists() {
                    fs::remove_file(lock).unwrap();
                }
                make_all(&world);
                for write in writes() {
                    let again = wait(ensure(&world.forge, &write)).unwrap();
                    assert_eq!(again.effect, Effect::Unchanged, "{run}: {write:?}");
                }
                merge(&world);
                let pull = wait(world.forge.pull(IssueNumber(2))).unwrap().unwrap();
                assert_eq!(pull.state, PullState::Merged, "{run}");
                assert_eq!(pull.merged_by, Some(login("alice")), "{run}");
                assert_eq!(
                    pull.merged_sha,
                    Some(world.tip("main").to_string()),
                    "{run}"
                );
                assert_eq!(
                    files(&world),
                    [
                        ".lock",
                        "forge.toml",
                        "issues/0001/comments/0001.md",
                        "issues/0001/issue.md",
                        "people.toml",
                        "pulls/0002/pull.md",
                        "seal.key",
                    ],
                    "{run}"
                );
            },
        )
        .unwrap();
    // Issue, comment, label, pull request, its label, and both records of the merge.
    assert!(
        report.kills_of(&["rename", "renameat", "renameat2"]) >= 7,
        "{report:?}"
    );
}
