//! Somebody else is at work at the same time: another cleaner, a person at a branch, a process that an agent left behind.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ftc_flaky::{Clock as _, Event, Observer, PassError, PassReport, Source, Stage};
use ftc_github::{IssueNumber, PullsRead as _};
use ftc_state::{ClaimError, ClaimRequest, LifecycleState, OutboxFilter, PageRequest, Store};

use crate::support::{
    BOT, Faulty, MAINTAINER, Ticking, World, does, edits, forge_story, git, wait,
};

const KEY: &str = "clean/demo/mirrors";

/// Another cleaner takes the repository over, as after a long stop of ours.
fn take_over(store: &dyn Store, clock: &Ticking) {
    let held = store.load_claim(KEY).unwrap().unwrap();
    let request = ClaimRequest::new(KEY, "another", Duration::from_secs(3600));
    store
        .break_claim(held.fence, &request, clock.now())
        .unwrap();
}

fn is_lost(result: &Result<PassReport, PassError>) {
    assert!(
        matches!(result, Err(PassError::Claim(ClaimError::Lost { .. }))),
        "{result:?}"
    );
}

#[test]
fn a_cleaner_that_was_overtaken_while_its_agent_worked_decides_nothing() {
    let mut world = World::new();
    let issue = world.discover();
    world.approve(issue);
    let (store, clock) = (Arc::clone(&world.store), world.clock.clone());
    world.agent = Some(edits(move |worktree| {
        fs::write(worktree.join("src/mode"), "fixed\n").unwrap();
        take_over(&*store, &clock);
    }));
    is_lost(&world.try_pass(None, |_, _| {}));
    assert_eq!(world.state(), LifecycleState::ApprovedToFix);
    let refs = git(&world.project(), &["for-each-ref", "refs/ftc/fix"]);
    assert_eq!(refs, "");
}

#[test]
fn a_cleaner_that_was_overtaken_between_two_writes_sends_no_more() {
    let world = World::new();
    let (store, clock) = (Arc::clone(&world.store), world.clock.clone());
    let overtaken = AtomicBool::new(false);
    let result = world.try_pass(Some(Source::Runs(4)), |parts, _| {
        let inner = Arc::clone(&parts.forge);
        parts.forge = Faulty::over(inner, move |call| {
            let first =
                call.starts_with("ensure_label") && !overtaken.swap(true, Ordering::Relaxed);
            if first {
                take_over(&*store, &clock);
            }
            None
        });
    });
    is_lost(&result);
    // One label was on its way. Nothing else was written, and the successor finds the rest in the outbox.
    assert_eq!(forge_story(&world.forge_of(MAINTAINER)), "");
    let page = PageRequest::first(PageRequest::MAX_LIMIT);
    let pending = world
        .store
        .list_outbox(&World::name(), &OutboxFilter::pending(), &page);
    assert_eq!(pending.unwrap().items.len(), 3);
}

/// Commits something to a branch of the origin, which may be new.
fn push_as_a_person(world: &World, branch: &str, is_new: bool) -> String {
    let clone = world.path("clone");
    git(&world.path(""), &["clone", "-q", "origin.git", "clone"]);
    let start = if is_new { "-c" } else { "-q" };
    git(&clone, &["switch", start, branch]);
    fs::write(clone.join("src/mine.rs"), "// mine\n").unwrap();
    git(&clone, &["add", "--all"]);
    git(&clone, &["commit", "-q", "-m", "mine"]);
    git(&clone, &["push", "-q", "origin", branch]);
    git(&clone, &["rev-parse", "HEAD"])
}

fn branch_of(world: &World) -> String {
    format!("ai/fix/{}", world.lifecycle().fingerprint.short())
}

fn at(world: &World, branch: &str) -> String {
    git(
        &world.origin(),
        &["rev-parse", &format!("refs/heads/{branch}")],
    )
}

/// A pass in which a person pushes to `branch` right before the first push of the cleaner.
fn pass_with_a_person_at(world: World, branch: &str, is_new: bool) -> (World, PassReport, String) {
    let world = Arc::new(world);
    let pushed: Arc<Mutex<Option<String>>> = Arc::default();
    let report = world
        .try_pass(None, |parts, _| {
            let inner = Arc::clone(&parts.forge);
            let (world, pushed, branch) =
                (Arc::clone(&world), Arc::clone(&pushed), branch.to_owned());
            parts.forge = Faulty::over(inner, move |call| {
                let mut pushed = pushed.lock().unwrap();
                if call.starts_with("push_branch") && pushed.is_none() {
                    *pushed = Some(push_as_a_person(&world, &branch, is_new));
                }
                None
            });
        })
        .unwrap();
    let mine = pushed.lock().unwrap().clone().unwrap();
    let world = Arc::into_inner(world).expect("the pass is over");
    (world, report, mine)
}

fn nothing_is_pending(world: &World) {
    let page = PageRequest::first(PageRequest::MAX_LIMIT);
    let pending = world
        .store
        .list_outbox(&World::name(), &OutboxFilter::pending(), &page);
    assert_eq!(pending.unwrap().items, []);
    let report = world.pass();
    assert!(report.failures[0].error.is_none(), "{report:?}");
    assert!(report.writes.is_empty(), "{:?}", report.writes);
}

#[test]
fn a_branch_that_somebody_has_is_not_overwritten() {
    let world = World::new();
    let issue = world.discover();
    let branch = branch_of(&world);
    let mine = push_as_a_person(&world, &branch, true);
    world.approve(issue);
    world.pass();
    assert_eq!(at(&world, &branch), mine);
    let pull = IssueNumber(world.lifecycle().pull.unwrap());
    let pull = wait(world.forge_of(BOT).pull(pull)).unwrap().unwrap();
    assert_eq!(pull.head, format!("{branch}-2"));
    assert_eq!(world.memo().fix.unwrap().branch, pull.head);
    world.merge(pull.number);
    world.pass();
    assert_eq!(world.state(), LifecycleState::Merged);
}

#[test]
fn a_branch_that_somebody_makes_before_the_first_push_is_not_overwritten_and_stops_nothing() {
    let world = World::new();
    let issue = world.discover();
    world.approve(issue);
    let branch = branch_of(&world);
    let (world, report, mine) = pass_with_a_person_at(world, &branch, true);
    assert!(report.failures[0].error.is_none(), "{report:?}");
    assert_eq!(at(&world, &branch), mine);
    let pull = IssueNumber(world.lifecycle().pull.unwrap());
    let pull = wait(world.forge_of(BOT).pull(pull)).unwrap().unwrap();
    assert_eq!(pull.head, format!("{branch}-2"));
    nothing_is_pending(&world);
}

#[test]
fn a_push_to_the_branch_while_a_review_is_answered_is_built_upon() {
    let world = World::new();
    let pull = world.propose();
    let branch = branch_of(&world);
    world.ask_for_changes(pull, "Please say why.");
    let (world, report, mine) = pass_with_a_person_at(world, &branch, false);
    assert!(report.failures[0].error.is_none(), "{report:?}");
    let head = at(&world, &branch);
    assert_eq!(
        git(&world.origin(), &["rev-parse", &format!("{head}^")]),
        mine
    );
    assert_eq!(world.memo().review_rounds, 2);
    // Only the answer that is there is told.
    let story = forge_story(&world.forge_of(MAINTAINER));
    assert_eq!(story.matches("Answered in").count(), 1, "{story}");
    nothing_is_pending(&world);
}

/// Dies when it hears of a decision that was made anew.
struct Dying;

impl Observer for Dying {
    fn event(&self, event: &Event) {
        let is_anew = matches!(event, Event::Notice { text, .. } if text.contains("somebody else"));
        assert!(!is_anew, "killed");
    }
}

/// A pass that is killed between the new decision and the withdrawal of the old one, after which all is as if it had not been.
fn killed_pass_with_a_person_at(world: World, branch: &str, is_new: bool) -> (World, String) {
    let pushed: Mutex<Option<String>> = Mutex::default();
    let shared = Arc::new((world, pushed));
    let result = catch_unwind(AssertUnwindSafe(|| {
        let world = &shared.0;
        world.try_pass(None, |parts, _| {
            parts.observer = Arc::new(Dying);
            let inner = Arc::clone(&parts.forge);
            let (shared, branch) = (Arc::clone(&shared), branch.to_owned());
            parts.forge = Faulty::over(inner, move |call| {
                let mut pushed = shared.1.lock().unwrap();
                if call.starts_with("push_branch") && pushed.is_none() {
                    *pushed = Some(push_as_a_person(&shared.0, &branch, is_new));
                }
                None
            });
        })
    }));
    assert!(result.is_err(), "nobody was killed");
    let (world, pushed) = Arc::into_inner(shared).expect("the pass is over");
    let held = world.store.load_claim(KEY).unwrap().unwrap();
    world.store.release_claim(&held, world.clock.now()).unwrap();
    (world, pushed.into_inner().unwrap().unwrap())
}

#[test]
fn a_proposal_that_is_decided_anew_survives_a_kill() {
    let world = World::new();
    let issue = world.discover();
    world.approve(issue);
    let branch = branch_of(&world);
    let (world, mine) = killed_pass_with_a_person_at(world, &branch, true);
    assert!(world.lifecycle().pull.is_none());
    world.pass();
    assert_eq!(at(&world, &branch), mine);
    let branches = git(
        &world.origin(),
        &["for-each-ref", "--format=%(refname)", "refs/heads/ai"],
    );
    assert_eq!(branches.lines().count(), 2, "{branches}");
    assert_eq!(world.memo().fix.unwrap().branch, format!("{branch}-2"));
    nothing_is_pending(&world);
}

#[test]
fn an_answer_that_is_decided_anew_survives_a_kill() {
    let world = World::new();
    let pull = world.propose();
    let branch = branch_of(&world);
    world.ask_for_changes(pull, "Please say why.");
    let (world, mine) = killed_pass_with_a_person_at(world, &branch, false);
    assert_eq!(at(&world, &branch), mine);
    world.pass();
    let head = at(&world, &branch);
    assert_eq!(
        git(&world.origin(), &["rev-parse", &format!("{head}^")]),
        mine
    );
    nothing_is_pending(&world);
}

/// Does something when an attempt comes to a stage.
struct At<F>(Stage, F);

impl<F: Fn() + Send + Sync> Observer for At<F> {
    fn event(&self, event: &Event) {
        if matches!(event, Event::Stage { stage, .. } if *stage == self.0) {
            self.1();
        }
    }
}

#[test]
fn what_else_is_written_into_the_clean_worktree_is_never_committed() {
    let mut world = World::new();
    world.agent = Some(edits(|worktree| {
        fs::write(worktree.join("src/new.rs"), "// new\n").unwrap();
    }));
    let issue = world.discover();
    world.approve(issue);
    let project = world.project();
    // What would mend the race is not in the ChangeSet. That one file is hidden and another one is changed leaves as many
    // differences as the ChangeSet has.
    let plant = move || {
        fs::write(
            project.join(".git/info/exclude"),
            "src/new.rs\n/.worktrees\n",
        )
        .unwrap();
        for slot in fs::read_dir(project.join(".worktrees/s")).unwrap() {
            fs::write(slot.unwrap().path().join("src/mode"), "fixed\n").unwrap();
        }
    };
    world
        .try_pass(None, |parts, _| {
            parts.observer = Arc::new(At(Stage::Apply, plant));
        })
        .unwrap();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "apply", "{reason}");
    assert!(reason.ends_with("`src/mode`, `src/new.rs`"), "{reason}");
}

#[test]
fn a_change_is_not_judged_where_the_agent_worked() {
    let mut world = World::new();
    let script = fs::read_to_string(world.project().join("run-tests.sh")).unwrap();
    let script = script.replacen('\n', "\npwd >>\"$FTC_COUNTER.places\"\n", 1);
    world.write("run-tests.sh", &script);
    world.publish("Say where the tests run");
    let places = world.path("counter.places");
    let (log, agents): (PathBuf, Arc<Mutex<Option<PathBuf>>>) = (places.clone(), Arc::default());
    let seen = Arc::clone(&agents);
    world.agent = Some(does(move |task| {
        fs::write(task.worktree.join("src/mode"), "fixed\n").unwrap();
        *seen.lock().unwrap() = Some(task.worktree.to_owned());
        fs::write(&log, "").unwrap();
    }));
    world.propose();
    let place = agents.lock().unwrap().clone().unwrap();
    let ran = fs::read_to_string(places).unwrap();
    assert!(ran.lines().count() > 5, "{ran}");
    let place = fs::canonicalize(place).unwrap();
    assert!(
        ran.lines()
            .all(|line| fs::canonicalize(line).unwrap() != place),
        "{ran}"
    );
}
