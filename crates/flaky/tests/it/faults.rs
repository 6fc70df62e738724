//! The law of the outbox: whatever breaks, the next passes come to the same end, and nothing is there twice.

use std::collections::HashSet;
use std::fs;
use std::sync::{Arc, Mutex};

use ftc_flaky::{PassReport, Source};
use ftc_github::IssueNumber;
use ftc_state::LifecycleState;

use crate::support::{BOT, Fault, Faulty, MAINTAINER, World, forge_story};

type Plan = Arc<dyn Fn(&str) -> Option<Fault> + Send + Sync>;

fn nothing_breaks() -> Plan {
    Arc::new(|_| None)
}

/// Every call breaks the first time that it is made.
fn all_break_once(fault: Fault) -> (Plan, Arc<Mutex<HashSet<String>>>) {
    let seen: Arc<Mutex<HashSet<String>>> = Arc::default();
    let known = Arc::clone(&seen);
    let plan: Plan = Arc::new(move |name: &str| {
        known
            .lock()
            .unwrap()
            .insert(name.to_owned())
            .then_some(fault)
    });
    (plan, seen)
}

fn pass(world: &World, source: Option<Source>, plan: &Plan) -> PassReport {
    let plan = Arc::clone(plan);
    world
        .try_pass(source, |parts, _| {
            parts.forge = Faulty::over(Arc::new(world.forge_of(BOT)), move |name| plan(name));
        })
        .unwrap()
}

/// Plays everybody else between the passes, each once, until the story is over.
fn play(world: &World, plan: &Plan) -> usize {
    let mut report = pass(world, Some(Source::Runs(4)), plan);
    let (mut approved, mut asked, mut merged) = (false, false, false);
    for passes in 1..400 {
        let calm = report.failures[0].error.is_none();
        if let Some(error) = &report.failures[0].error {
            assert!(
                error.is_retryable() || format!("{error:?}").contains("Ambiguous"),
                "{error:?}"
            );
        }
        let lifecycle = world.lifecycle();
        match lifecycle.state {
            LifecycleState::WaitingForSignal if calm && !approved => {
                approved = true;
                world.approve(IssueNumber(lifecycle.issue.unwrap()));
            }
            LifecycleState::PrOpen if calm && !asked => {
                asked = true;
                world.ask_for_changes(IssueNumber(lifecycle.pull.unwrap()), "Please say why.");
            }
            LifecycleState::PrOpen if calm && !merged && world.memo().review_rounds == 1 => {
                merged = true;
                world.merge(IssueNumber(lifecycle.pull.unwrap()));
            }
            LifecycleState::Merged if calm => return passes,
            _ => {}
        }
        report = pass(world, None, plan);
    }
    panic!("the story does not end: {report:?}");
}

fn ended(world: &World) -> (String, Vec<String>) {
    (forge_story(&world.forge_of(MAINTAINER)), world.journal())
}

fn undisturbed() -> (String, Vec<String>) {
    let world = World::new();
    play(&world, &nothing_breaks());
    ended(&world)
}

#[test]
fn calls_that_never_arrive_are_made_again() {
    let world = World::new();
    let (plan, seen) = all_break_once(Fault::Before);
    play(&world, &plan);
    let calls = seen.lock().unwrap().len();
    assert!(calls > 25, "{calls}");
    let (story, journal) = ended(&world);
    let (expected, states) = undisturbed();
    assert_eq!(story, expected);
    assert_eq!(journal, states);
}

#[test]
fn calls_whose_answer_is_lost_are_not_repeated() {
    let world = World::new();
    let (plan, seen) = all_break_once(Fault::After);
    play(&world, &plan);
    let calls = seen.lock().unwrap().len();
    assert!(calls > 25, "{calls}");
    let (story, journal) = ended(&world);
    let (expected, states) = undisturbed();
    assert_eq!(story, expected);
    assert_eq!(journal, states);
}

/// Files a flake from logs, with the one call broken, until it is filed.
fn filed(fault: Option<(usize, Fault)>) -> (String, usize) {
    let world = World::new();
    let folder = world
        .path("logs")
        .join("8b3b633f0c2a6c5f1f0e8c9d2b7a4e6d5c4b3a29");
    fs::create_dir_all(&folder).unwrap();
    let start = "\nrunning 1 test\ntest one ... ";
    fs::write(folder.join("1.log"), format!("{start}ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n")).unwrap();
    fs::write(folder.join("2.log"), format!("{start}FAILED\n\nfailures:\n\n---- one stdout ----\n\nthread 'one' panicked at src/cache.rs:4:5:\nno\n\n\nfailures:\n    one\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n")).unwrap();
    let calls = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&calls);
    let plan: Plan = Arc::new(move |_| {
        let mut calls = counted.lock().unwrap();
        *calls += 1;
        fault
            .filter(|(at, _)| at == &*calls)
            .map(|(_, fault)| fault)
    });
    let source = Some(Source::Directory(world.path("logs")));
    for _ in 0..3 {
        pass(&world, source.clone(), &plan);
    }
    assert_eq!(world.state(), LifecycleState::WaitingForSignal);
    let folder = world.path("logs").to_str().unwrap().to_owned();
    let story = forge_story(&world.forge_of(MAINTAINER)).replace(&folder, "logs");
    (story, *calls.lock().unwrap())
}

#[test]
fn each_single_call_of_a_filing_may_break() {
    let (expected, calls) = filed(None);
    assert!(calls > 10, "{calls}");
    for at in 1..=calls {
        for fault in [Fault::Before, Fault::After] {
            let (story, _) = filed(Some((at, fault)));
            assert_eq!(story, expected, "call {at}, {fault:?}");
        }
    }
}
