//! What is filed, and what is only remembered.

use std::fs;
use std::path::{Path, PathBuf};

use ftc_flaky::{Held, PassReport, Source};
use ftc_process::{ParentEnv, Spawn};
use ftc_state::LifecycleState;

use crate::support::{BOT, CAUSE, Project, TEST, World, forge_story};

fn of_tests(list: &str) -> Project {
    Project::default().with("tests/list", list)
}

fn held(report: &PassReport) -> &[Held] {
    &report.discovery.as_ref().unwrap().held
}

fn nothing_is_filed(world: &World, report: &PassReport) {
    assert!(report.failures.is_empty(), "{report:?}");
    assert!(report.writes.is_empty(), "{report:?}");
    assert_eq!(forge_story(&world.forge_of(BOT)), "");
}

#[test]
fn a_test_that_never_fails() {
    let world = World::with(&of_tests("steady one\nsteady two\n"));
    let report = world.pass_from(Source::Runs(3));
    let discovery = report.discovery.as_ref().unwrap();
    assert_eq!(
        (discovery.read, discovery.failed, discovery.unexplained),
        (3, 0, 0)
    );
    assert!(held(&report).is_empty());
    nothing_is_filed(&world, &report);
}

#[test]
fn a_test_that_always_fails() {
    let world = World::with(&of_tests("steady one\nbroken two\n"));
    let report = world.pass_from(Source::Runs(3));
    assert_eq!(report.discovery.as_ref().unwrap().failed, 3);
    let [held] = held(&report) else {
        panic!("{report:?}");
    };
    assert_eq!(held.test.as_deref(), Some("two"));
    assert_eq!(
        held.reason,
        "it failed in all 3 runs, so it may be an ordinary failure"
    );
    nothing_is_filed(&world, &report);
}

#[test]
fn a_single_failing_run_proves_nothing() {
    let world = World::new();
    let report = world.pass_from(Source::Runs(1));
    assert_eq!(held(&report)[0].reason, "it ran only once at this commit");
    nothing_is_filed(&world, &report);
}

#[test]
fn runs_of_another_commit_prove_nothing_about_this_one() {
    let world = World::new();
    world.pass_from(Source::Runs(1));
    // The counter stands at 1 and the next three runs fail too; a fixed commit passes.
    world.write("src/mode", "fixed\n");
    world.publish("Mend it");
    let report = world.pass_from(Source::Runs(3));
    assert_eq!(report.discovery.as_ref().unwrap().failed, 0);
    assert_eq!(held(&report).len(), 1);
    nothing_is_filed(&world, &report);
}

#[test]
fn runs_that_do_not_build_are_no_flakes() {
    let world = World::with(&Project::default().with("src/mode", "nobuild\n"));
    let report = world.pass_from(Source::Runs(3));
    nothing_is_filed(&world, &report);
    let discovery = report.discovery.as_ref().unwrap();
    assert_eq!(discovery.read, 3);
    assert_eq!(discovery.failed + discovery.unexplained, 3);
}

#[test]
fn runs_that_the_machine_broke_are_no_flakes() {
    let world = World::with(&Project::default().with("src/mode", "infra\n"));
    let report = world.pass_from(Source::Runs(3));
    nothing_is_filed(&world, &report);
}

#[test]
fn runs_that_did_not_build_are_no_passes() {
    // One red run of the test, one broken build: nothing has passed.
    let world = World::new();
    let logs = logs(&world, &[("a", &red()), ("b", NO_BUILD)]);
    let report = world.pass_from(Source::Directory(logs));
    let held = held(&report);
    let test = held.iter().find(|held| held.test.is_some()).unwrap();
    assert_eq!(test.test.as_deref(), Some(TEST));
    assert_eq!(test.reason, "it ran only once at this commit");
    nothing_is_filed(&world, &report);
}

#[test]
fn three_flakes_are_three_issues_but_not_at_once() {
    let list = format!("flaky {TEST}\nflaky another_flake\nflaky a_third_one\n");
    let mut world = World::with(&of_tests(&list));
    world.options.max_new_issues = 1;
    // They share a counter, and each passes at another run of four.
    let report = world.pass_from(Source::Runs(4));
    assert_eq!(report.failures.len(), 1, "{report:?}");
    let held = held(&report);
    assert_eq!(held.len(), 2);
    for held in held {
        assert_eq!(
            held.reason,
            "this pass already opens 1 issues, the most it may"
        );
    }
    for known in [2, 3, 3] {
        let report = world.pass_from(Source::Runs(1));
        assert_eq!(report.failures.len(), known, "{report:?}");
    }
    assert!(
        world
            .lifecycles()
            .iter()
            .all(|one| one.state == LifecycleState::WaitingForSignal)
    );
}

const COMMIT: &str = "8b3b633f0c2a6c5f1f0e8c9d2b7a4e6d5c4b3a29";
const NO_BUILD: &str = "   Compiling mirrors v0.1.0\nerror[E0308]: mismatched types\n --> src/cache.rs:4:14\n\nerror: could not compile `mirrors` (lib) due to 1 previous error\n";

fn red() -> String {
    format!(
        "\nrunning 2 tests\ntest adds_a_mirror ... ok\ntest {TEST} ... FAILED\n\nfailures:\n\n---- {TEST} stdout ----\n\nthread '{TEST}' panicked at src/cache.rs:4:5:\n{CAUSE}\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\n\nfailures:\n    {TEST}\n\ntest result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n"
    )
}

fn green() -> String {
    format!(
        "\nrunning 2 tests\ntest adds_a_mirror ... ok\ntest {TEST} ... ok\n\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n"
    )
}

/// A folder of logs of one commit.
fn logs(world: &World, logs: &[(&str, &str)]) -> PathBuf {
    let folder = world.path("logs");
    fs::create_dir_all(folder.join(COMMIT)).unwrap();
    for (name, text) in logs {
        fs::write(folder.join(COMMIT).join(format!("{name}.log")), text).unwrap();
    }
    folder
}

#[test]
fn logs_of_one_commit_prove_a_flake_and_its_rate() {
    let world = World::new();
    let folder = logs(
        &world,
        &[
            ("1", &red()),
            ("2", &green()),
            ("3", &format!("{}\n", green())),
        ],
    );
    // Read twice, they are still three runs.
    world.pass_from(Source::Directory(folder.clone()));
    let report = world.pass_from(Source::Directory(folder));
    assert_eq!(report.failures.len(), 1);
    let rate = world.memo().rate.unwrap();
    assert_eq!(
        (rate.runs, rate.failures, rate.commit.as_str()),
        (3, 1, COMMIT)
    );
}

#[test]
fn logs_of_no_known_commit_are_remembered_and_filed_by_nobody() {
    let world = World::new();
    let folder = world.path("logs");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("1.log"), red()).unwrap();
    fs::write(folder.join("2.log"), green()).unwrap();
    let report = world.pass_from(Source::Directory(folder));
    assert_eq!(
        held(&report)[0].reason,
        "no run that passed is known at the same commit"
    );
    nothing_is_filed(&world, &report);
}

#[test]
fn cleaner_w07_unreadable_log_does_not_stop_the_others() {
    let world = World::new();
    let folder = logs(&world, &[("1", &red()), ("2", &green())]);
    let bad = unreadable(&folder.join(COMMIT), false);
    let report = world.pass_from(Source::Directory(folder));
    let discovery = report.discovery.as_ref().unwrap();
    assert_eq!(discovery.unreadable.len(), 1, "{discovery:?}");
    assert_eq!(discovery.unreadable[0].path, bad);
    assert_eq!(discovery.read, 2);
    assert_eq!(report.failures.len(), 1);
    assert!(report.is_partial());
}

#[test]
fn a_folder_in_the_folder_of_logs_that_cannot_be_read_does_not_stop_the_others() {
    let world = World::new();
    let folder = logs(&world, &[("1", &red()), ("2", &green())]);
    let bad = unreadable(&folder.join(COMMIT), true);
    let report = world.pass_from(Source::Directory(folder));
    let discovery = report.discovery.as_ref().unwrap();
    assert_eq!(discovery.unreadable.len(), 1, "{discovery:?}");
    assert_eq!(discovery.unreadable[0].path, bad);
    assert_eq!(report.failures.len(), 1);
}

/// Makes a file or a folder that nobody can open, root included: its path is longer than the system takes.
fn unreadable(folder: &Path, is_folder: bool) -> PathBuf {
    let mut deep = folder.to_owned();
    while deep.as_os_str().len() < 3_900 {
        let room = (4_000 - deep.as_os_str().len()).min(201);
        deep.push("d".repeat(room - 1));
    }
    fs::create_dir_all(&deep).unwrap();
    let name = "f".repeat(250);
    let word = if is_folder { "mkdir" } else { "touch" };
    let path = ParentEnv::capture().var_os("PATH").unwrap().to_owned();
    let outcome = Spawn::new([word, &name])
        .env("PATH", path)
        .directory(&deep)
        .run()
        .unwrap();
    assert!(outcome.success(), "{}", outcome.stderr.to_text());
    deep.join(name)
}

#[test]
fn a_folder_of_logs_that_is_not_there_is_an_error() {
    let world = World::new();
    let result = world.try_pass(Some(Source::Directory(world.path("nowhere"))), |_, _| {});
    let error = result.unwrap_err();
    assert!(!error.is_retryable());
    assert!(!error.hints().is_empty());
}
