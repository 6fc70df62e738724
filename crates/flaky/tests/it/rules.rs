//! What judges a change and a write: always the base branch.

use std::fs;

use ftc_flaky::{FailureError, PassReport, SendError, Source};
use ftc_github::{
    Clock, CloseReason, IssueEdit, IssueState, IssuesWrite as _, LocalForge, PullsRead as _,
};
use ftc_process::ParentEnv;
use ftc_state::LifecycleState;
use ftc_vcs::GitProgram;
use jiff::SignedDuration;

use crate::support::{
    BOT, MAINTAINER, Project, World, command, edits, forge_story, git, login, wait,
};

const RULES: &str = "forge:
  repositories: [demo/mirrors]
  operations: [ensure_label, ensure_issue, upsert_comment, add_labels, remove_label";

fn governed(rules: &str) -> World {
    let project = Project::default();
    let policy = project.text("ftc-policy.yaml");
    World::with(&project.with("ftc-policy.yaml", &format!("{policy}{rules}\n")))
}

fn refused(report: &PassReport) -> String {
    match &report.failures[0].error {
        Some(FailureError::Send(SendError::Refused { reason, .. })) => reason.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_write_that_the_policy_does_not_name_is_not_sent_until_it_does() {
    let world = governed(&format!("{RULES}]\n  branches: ['ai/fix/**']"));
    let issue = world.discover();
    world.approve(issue);
    let reason = refused(&world.pass());
    assert_eq!(
        reason,
        "`ftc-policy.yaml` of the base branch does not allow it: operation `push_branch` is not allowed"
    );
    assert_eq!(world.state(), LifecycleState::PrOpen);
    assert_eq!(world.lifecycle().pull, None);
    let policy = fs::read_to_string(world.project().join("ftc-policy.yaml")).unwrap();
    let more = policy.replace(
        "remove_label]",
        "remove_label, push_branch, ensure_pull, create_check]",
    );
    world.write("ftc-policy.yaml", &more);
    world.publish("Let fixes be proposed");
    assert!(!world.pass().is_partial());
    assert!(world.lifecycle().pull.is_some());
}

#[test]
fn a_branch_that_the_policy_does_not_name_is_not_pushed() {
    let world = governed(&format!(
        "{RULES}, push_branch, ensure_pull, create_check]\n  branches: ['robots/**']"
    ));
    let issue = world.discover();
    world.approve(issue);
    let reason = refused(&world.pass());
    assert!(reason.contains("branch `ai/fix/"), "{reason}");
}

#[test]
fn no_more_writes_than_the_policy_allows_in_a_time() {
    let world = governed(&format!("{RULES}]\n  rate: {{max: 5, per: 1d}}"));
    // Three labels, the issue and its analysis.
    world.discover();
    let issue = world.lifecycle().issue.unwrap();
    world.approve(ftc_github::IssueNumber(issue));
    let reason = refused(&world.pass());
    assert!(reason.contains("too many writes"), "{reason}");
}

#[test]
fn a_policy_that_cannot_be_read_and_may_speak_of_writes_allows_none() {
    let world = governed("forge: [");
    let report = world.pass_from(Source::Runs(4));
    let reason = refused(&report);
    assert!(reason.contains("cannot be read"), "{reason}");
    assert_eq!(forge_story(&world.forge_of(MAINTAINER)), "");
}

#[test]
fn an_answer_is_judged_by_the_gates_of_the_base_branch() {
    let policy = "version: 1\nexecutor:\n  allowed_paths: [\"**\"]\n  review_defaults: false\n";
    let mut world = World::with(&Project::default().with("ftc-policy.yaml", policy));
    world.options.scope = vec!["**".to_owned()];
    // A good fix, and gates that would let anything pass.
    world.agent = Some(edits(|worktree| {
        let says = "running 3 tests\\n\\ntest result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\\n";
        let argv = format!("[sh, -c, \"printf '\\\\n{}'\"", says.replace('\\', "\\\\"));
        let gates = format!(
            "version: 1\ngates:\n  - id: test\n    argv: {argv}]\n    rerun: {argv}, \"{{test}}\"]\n"
        );
        fs::write(worktree.join("gates.yaml"), gates).unwrap();
        fs::write(worktree.join("src/mode"), "fixed\n").unwrap();
    }));
    let pull = world.propose();
    let head = world.head_of(pull);
    world.agent = Some(edits(|worktree| {
        fs::write(worktree.join("src/mode"), "racy\n").unwrap();
    }));
    world.ask_for_changes(pull, "Please take that back.");
    world.pass();
    assert_eq!(world.head_of(pull), head);
    let story = forge_story(&world.forge_of(MAINTAINER));
    assert!(
        story.contains("The review could not be answered"),
        "{story}"
    );
}

#[test]
fn an_approval_by_a_clock_that_is_ahead_is_used_up_like_any_other() {
    let mut world = World::new();
    world.agent = Some(edits(|_| {}));
    let issue = world.discover();
    let clock = world.clock.clone();
    let program = GitProgram::find(&ParentEnv::capture()).unwrap();
    let ahead = LocalForge::open(&world.path("forge"), login(MAINTAINER), &program)
        .unwrap()
        .with_clock(Clock::new(move || {
            ftc_flaky::Clock::now(&clock) + SignedDuration::from_hours(1)
        }));
    ahead.approve(issue, &login(MAINTAINER)).unwrap();
    world.pass();
    assert_eq!(world.memo().failed_attempts.len(), 1);
    world.refusal();
}

#[test]
fn where_things_lie_on_this_machine_is_not_published() {
    let world = World::new();
    let folder = world
        .path("logs")
        .join("8b3b633f0c2a6c5f1f0e8c9d2b7a4e6d5c4b3a29");
    fs::create_dir_all(&folder).unwrap();
    let start = "\nrunning 1 test\ntest one ... ";
    fs::write(folder.join("1.log"), format!("{start}ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n")).unwrap();
    fs::write(folder.join("2.log"), format!("{start}FAILED\n\nfailures:\n\n---- one stdout ----\n\nthread 'one' panicked at src/cache.rs:4:5:\nno\n\n\nfailures:\n    one\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n")).unwrap();
    world.pass_from(Source::Directory(world.path("logs")));
    let story = forge_story(&world.forge_of(BOT));
    assert!(story.contains("logs/"), "{story}");
    let place = world.path("");
    let place = place.to_str().unwrap().trim_end_matches('/');
    assert!(!story.contains(place), "{story}");
}

#[test]
fn a_reason_that_is_published_says_nothing_of_places_on_this_machine() {
    let mut world = World::new();
    world.agent = Some(command("pwd >&2; exit 3", ""));
    let issue = world.discover();
    world.approve(issue);
    world.pass();
    // Who runs the program is told all.
    let place = world.path("");
    let place = place.to_str().unwrap().trim_end_matches('/');
    let (_, reason) = world.refusal();
    assert!(reason.contains(place), "{reason}");
    let story = forge_story(&world.forge_of(BOT));
    assert!(story.contains("REPOSITORY/.worktrees/"), "{story}");
    assert!(!story.contains(place), "{story}");
}

#[test]
fn names_in_titles_and_commits_mention_nobody_and_close_nothing() {
    let name = "Cache#refresh_fixes_#12_for_@alice";
    let list = format!("steady one\nflaky {name}\n");
    let world = World::with(&Project::default().with("tests/list", &list));
    let pull = world.propose();
    let shown = "Cache#refresh_fixes_# 12_for_@ alice";
    let title = wait(world.forge_of(BOT).pull(pull)).unwrap().unwrap().title;
    assert_eq!(title, format!("[AI] Stabilize {shown}"));
    let head = world.head_of(pull);
    let subject = git(&world.origin(), &["log", "-1", "--format=%s", &head]);
    assert_eq!(subject, format!("Stabilise {shown}"));
}

#[test]
fn an_issue_that_was_closed_after_the_approval_gets_no_fix() {
    let mut world = World::new();
    let issue = world.discover();
    world.approve(issue);
    world.agent = None;
    world.pass();
    assert_eq!(world.state(), LifecycleState::ApprovedToFix);
    let close = IssueEdit {
        state: Some(IssueState::Closed(CloseReason::NotPlanned)),
        ..IssueEdit::default()
    };
    wait(world.forge_of(MAINTAINER).edit_issue(issue, &close)).unwrap();
    world.agent = Some(edits(|_| panic!("the agent ran")));
    world.pass();
    assert_eq!(world.state(), LifecycleState::Closed);
}

/// A test that its tool runs again when it fails, as the change asks for, and that then passes.
const RETRIED: &str = r"
if [ -n $only ] && [ $mode = retried ]; then
    printf '\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\n'
    printf ' Nextest run ID 5858f026-095c-442c-a52e-e1676649a1f3 with nextest profile: default\n'
    printf '    Starting 1 test across 1 binary\n'
    printf '  TRY 1 FAIL [   0.005s] (---) mirrors %s\n' $only
    printf '  stderr ---\n\n    thread '\''%s'\'' panicked at src/cache.rs:4:5:\n    the cache keeps an old answer\n\n' $only
    printf '  TRY 2 PASS [   0.005s] (1/1) mirrors %s\n' $only
    printf '\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\n'
    printf '     Summary [   0.011s] 1 test run: 1 passed (1 flaky), 0 skipped\n'
    printf '   FLAKY 2/3 [   0.005s] (1/1) mirrors %s\n' $only
    exit 0
fi
[ $mode != retried ] || mode=fixed
passed=0";

#[test]
fn a_change_that_only_lets_the_tool_run_the_test_again_is_no_fix() {
    let project = Project::default();
    let retried = RETRIED
        .replace("$only", "\"$only\"")
        .replace("$mode", "\"$mode\"");
    let script = project
        .text("run-tests.sh")
        .replacen("\npassed=0", &retried, 1);
    let mut world = World::with(&project.with("run-tests.sh", &script));
    world.agent = Some(edits(|worktree| {
        fs::write(worktree.join("src/mode"), "retried\n").unwrap();
    }));
    let issue = world.discover();
    world.approve(issue);
    world.pass();
    let lifecycle = world.lifecycle();
    assert_eq!(lifecycle.pull, None);
    let last = world.memo().failed_attempts.pop().unwrap();
    assert_eq!(last.stage, "proof", "{}", last.reason);
    assert!(
        last.reason
            .ends_with("passed only when its tool ran it again"),
        "{}",
        last.reason
    );
}
