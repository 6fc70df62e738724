//! Agents.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ftc_agent::{
    AgentDriver, AgentError, AgentOutcome, AgentRun, AgentTask, CommandDriver, Profile,
};
use ftc_process::ParentEnv;

type Work = dyn Fn(&AgentTask<'_>) -> AgentOutcome + Send + Sync;

/// An agent that is a function.
pub struct Closure(Box<Work>);

impl AgentDriver for Closure {
    fn name(&self) -> &'static str {
        "closure"
    }

    fn run(&self, task: &AgentTask<'_>) -> Result<AgentRun, AgentError> {
        fs::create_dir_all(task.out).unwrap();
        let transcript = task.out.join("transcript.log");
        fs::write(&transcript, task.prompt).unwrap();
        let outcome = (self.0)(task);
        Ok(AgentRun::new(
            "closure",
            outcome,
            format!("it ended as {outcome}"),
            Duration::ZERO,
            transcript,
        ))
    }
}

/// An agent that does this, and says that it changed something if it did.
pub fn does(work: impl Fn(&AgentTask<'_>) + Send + Sync + 'static) -> Arc<dyn AgentDriver> {
    Arc::new(Closure(Box::new(move |task| {
        let before = task.watch.tree().unwrap();
        work(task);
        match task.watch.tree() {
            Ok(after) if after == before => AgentOutcome::NoChange,
            _ => AgentOutcome::Changed,
        }
    })))
}

/// An agent that edits its worktree.
pub fn edits(edit: impl Fn(&Path) + Send + Sync + 'static) -> Arc<dyn AgentDriver> {
    does(move |task| edit(task.worktree))
}

/// An agent that does nothing and says that it ended so.
pub fn outcome(outcome: AgentOutcome) -> Arc<dyn AgentDriver> {
    Arc::new(Closure(Box::new(move |_| outcome)))
}

/// An agent that is a shell script, with more lines of its profile.
pub fn command(script: &str, rest: &str) -> Arc<dyn AgentDriver> {
    Arc::new(driver(script, rest))
}

/// The same, to be held or confined.
pub fn driver(script: &str, rest: &str) -> CommandDriver {
    let text = format!(
        "name = \"script\"\nargv = [\"sh\", \"-c\", '''{script}''', \"sh\", \"{{prompt_file}}\"]\n{rest}\n"
    );
    let profile = Profile::parse(&text, "agent.toml").unwrap();
    CommandDriver::new(profile, ParentEnv::capture())
}
