//! What a run comes to.

use std::io;

use crate::outcome::{End, Outcome};
use crate::run::Run;
use crate::shim::spec::StartFailure;
use crate::spawn::Breach;

/// Why there is no outcome. Nothing is left of the child, as far as it could be found.
pub(crate) enum Failure {
    /// The system would not let us wait.
    Wait(io::Error),
    /// The program did not start.
    NotStarted(StartFailure),
    /// The control group could not be joined, and was required.
    NotInCgroup(String),
    /// The shim is none.
    NoShim(io::Error),
    /// The shim was killed.
    Breached(Box<Breach>),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Wait(error)
    }
}

impl Run<'_> {
    /// Once everything has ended: collects what was read and what is known.
    pub(super) fn into_outcome(self, output_abandoned: bool) -> Result<Outcome, Failure> {
        let total_duration = self.started.elapsed();
        let captures = self.output.finish();
        if let Some(containment) = self.breached {
            return Err(Failure::Breached(Box::new(Breach {
                stopped: self.stopped,
                stdout: captures.stdout,
                stderr: captures.stderr,
                spill: captures.spill,
                containment,
            })));
        }
        let ended = self.holder.finish()?;
        Ok(Outcome {
            end: End::of(ended.status),
            timed_out: self.stopped.is_some(),
            stopped: self.stopped,
            stdout: captures.stdout,
            stderr: captures.stderr,
            order: captures.order,
            duration: self.duration.unwrap_or(total_duration),
            total_duration,
            output_abandoned,
            spill: captures.spill,
            containment: ended.containment,
            survivors_killed: ended.survivors_killed,
            usage: ended.usage,
            confined: ended.confined,
        })
    }
}
