//! Whether a lifecycle is what its journal makes it.

use jiff::Timestamp;

use super::model::{Lifecycle, TransitionEntry};
use super::state::LifecycleState;

/// A journal, followed entry by entry.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    last: Option<TransitionEntry>,
    entered_at: Option<Timestamp>,
}

impl Replay {
    /// Goes on to `entry`; says what is wrong if it cannot come next.
    pub(crate) fn step(&mut self, entry: &TransitionEntry) -> Result<(), &'static str> {
        let before = self.last.as_ref().map(|last| last.to);
        if entry.version != self.version() + 1 {
            return Err("its journal has a gap");
        }
        if entry.from != before {
            return Err("its journal has an entry that does not follow the one before it");
        }
        let legal = match before {
            None => entry.to == LifecycleState::Discovered,
            Some(from) => from == entry.to || from.can_become(entry.to),
        };
        if !legal {
            return Err("its journal has a move that is not allowed");
        }
        if before != Some(entry.to) {
            self.entered_at = Some(entry.at);
        }
        self.last = Some(entry.clone());
        Ok(())
    }

    /// Says what is wrong if `lifecycle` is not where the journal ends.
    pub(crate) fn agrees(&self, lifecycle: &Lifecycle) -> Result<(), &'static str> {
        if lifecycle.version != self.version() {
            return Err("its version is not the number of its journal entries");
        }
        let same = self.last.as_ref().is_some_and(|last| {
            lifecycle.state == last.to
                && lifecycle.reason == last.reason
                && lifecycle.changed_at == last.at
                && Some(lifecycle.entered_at) == self.entered_at
        });
        if same {
            Ok(())
        } else {
            Err("it is not what its last journal entry made it")
        }
    }

    fn version(&self) -> u64 {
        self.last.as_ref().map_or(0, |last| last.version)
    }
}
