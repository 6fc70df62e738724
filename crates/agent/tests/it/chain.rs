use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use ftc_agent::{
    AgentDriver, AgentError, AgentOutcome, AgentRun, AgentTask, Chain, CommandDriver, Profile,
};

use crate::support::Place;

/// A driver that ends as it was told, and remembers where it was asked to work.
struct Told {
    name: &'static str,
    outcome: AgentOutcome,
    asked: &'static Mutex<Vec<(&'static str, PathBuf)>>,
}

impl AgentDriver for Told {
    fn name(&self) -> &str {
        self.name
    }

    fn run(&self, task: &AgentTask<'_>) -> Result<AgentRun, AgentError> {
        self.asked
            .lock()
            .expect("no test has panicked")
            .push((self.name, task.out.to_owned()));
        let reason = format!("{} was told so", self.name);
        let transcript = task.out.join("transcript.log");
        Ok(AgentRun::new(
            self.name,
            self.outcome,
            reason,
            Duration::ZERO,
            transcript,
        ))
    }
}

fn run(outcomes: &[AgentOutcome]) -> (AgentRun, Vec<(&'static str, PathBuf)>, Place) {
    let asked: &'static Mutex<Vec<_>> = Box::leak(Box::default());
    let drivers = ["a", "b", "c"]
        .into_iter()
        .zip(outcomes)
        .map(|(name, &outcome)| {
            Box::new(Told {
                name,
                outcome,
                asked,
            }) as Box<dyn AgentDriver>
        })
        .collect();
    let place = Place::new();
    let run = place
        .run(&Chain(drivers), "do it")
        .expect("drivers cannot fail here");
    let asked = std::mem::take(&mut *asked.lock().expect("no test has panicked"));
    (run, asked, place)
}

#[test]
fn only_an_unavailable_driver_gives_way() {
    use AgentOutcome::{Changed, Denied, Failed, Interrupted, NoChange, TimedOut, Unavailable};
    for outcome in [Changed, NoChange, Denied, Interrupted, TimedOut, Failed] {
        let (run, asked, place) = run(&[outcome, Changed]);
        assert_eq!((run.driver.as_str(), run.outcome), ("a", outcome));
        assert_eq!(asked, [("a", place.out.clone())]);
        assert!(run.notes.is_empty());
    }
    let (run, asked, place) = run(&[Unavailable, Unavailable, NoChange]);
    assert_eq!((run.driver.as_str(), run.outcome), ("c", NoChange));
    assert_eq!(run.notes, ["a was told so", "b was told so"]);
    let places = [
        ("a", place.out.clone()),
        ("b", place.out.join("fallback-2")),
        ("c", place.out.join("fallback-3")),
    ];
    assert_eq!(asked, places);
}

#[test]
fn with_none_left_the_run_is_unavailable() {
    let (run, asked, _) = run(&[AgentOutcome::Unavailable, AgentOutcome::Unavailable]);
    assert_eq!(run.outcome, AgentOutcome::Unavailable);
    assert_eq!(
        (run.driver.as_str(), run.reason.as_str()),
        ("b", "b was told so")
    );
    assert_eq!(run.notes, ["a was told so"]);
    assert_eq!(asked.len(), 2);
}

#[test]
fn an_empty_chain_is_unavailable() {
    let place = Place::new();
    let run = place.run(&Chain(Vec::new()), "do it").unwrap();
    assert_eq!(run.outcome, AgentOutcome::Unavailable);
    assert_eq!(run.reason, "no agent is set up");
    assert_eq!(fs::read_to_string(&run.transcript).unwrap(), "");
}

#[test]
fn a_missing_agent_gives_way_to_one_that_is_there() {
    let place = Place::new();
    let ghost = Profile::parse(
        "name = 'ghost'\nargv = ['no-such-agent-anywhere']\n",
        "ghost.toml",
    );
    let ghost = CommandDriver::new(ghost.unwrap(), place.environment(&[]));
    let script = place.profile("script", "cat \"$1\" >code", "");
    let script = CommandDriver::new(script, place.environment(&[]));
    let run = place
        .run(&Chain(vec![Box::new(ghost), Box::new(script)]), "new")
        .unwrap();
    assert_eq!(
        (run.driver.as_str(), run.outcome),
        ("script", AgentOutcome::Changed)
    );
    assert_eq!(
        run.notes,
        ["agent `ghost` cannot be used: program `no-such-agent-anywhere` was not found"]
    );
    assert_eq!(run.transcript, place.out.join("fallback-2/transcript.log"));
    assert_eq!(
        fs::read_to_string(place.worktree.join("code")).unwrap(),
        "new"
    );
}
