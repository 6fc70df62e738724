//! Several drivers, of which the first that is available does the work.

use std::time::Duration;

use crate::driver::{AgentDriver, AgentTask};
use crate::error::AgentError;
use crate::folder::{Folder, write_private_text};
use crate::run::{AgentOutcome, AgentRun};

/// Tries drivers in order: the next one is asked only when the one before was
/// [`Unavailable`](crate::AgentOutcome::Unavailable). With none left the run is unavailable, too.
///
/// The first driver works in the task's folder, a later one in the folder `fallback-2`, `fallback-3` and so on in it.
pub struct Chain(pub Vec<Box<dyn AgentDriver>>);

impl AgentDriver for Chain {
    fn name(&self) -> &'static str {
        "chain"
    }

    fn run(&self, task: &AgentTask<'_>) -> Result<AgentRun, AgentError> {
        let mut notes = Vec::new();
        let mut last = None;
        for (at, driver) in self.0.iter().enumerate() {
            let out = match at {
                0 => task.out.to_owned(),
                _ => task.out.join(format!("fallback-{}", at + 1)),
            };
            let run = driver.run(&AgentTask { out: &out, ..*task })?;
            let is_unavailable = run.outcome == AgentOutcome::Unavailable;
            if let Some(earlier) = last.replace(run) {
                let AgentRun {
                    reason, notes: own, ..
                } = earlier;
                notes.push(reason);
                notes.extend(own);
            }
            if !is_unavailable {
                break;
            }
        }
        let Some(mut run) = last else {
            let folder = Folder::prepare(task.out)?;
            write_private_text(&folder.transcript, "")?;
            return Ok(AgentRun::new(
                self.name(),
                AgentOutcome::Unavailable,
                "no agent is set up",
                Duration::ZERO,
                folder.transcript,
            ));
        };
        notes.append(&mut run.notes);
        run.notes = notes;
        Ok(run)
    }
}
