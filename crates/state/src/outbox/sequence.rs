//! Whether entries of the outbox make sense.

use super::model::{OutboxEntry, OutboxStatus};

/// The entries of a store, followed by repository, key and revision.
#[derive(Debug, Default)]
pub(crate) struct Sequence {
    last: Option<OutboxEntry>,
}

impl Sequence {
    /// Goes on to `entry`; says what is wrong with it.
    pub(crate) fn step(&mut self, entry: &OutboxEntry) -> Result<(), &'static str> {
        let same_key = self
            .last
            .as_ref()
            .filter(|last| last.repository == entry.repository && last.key == entry.key);
        let expected = same_key.map_or(1, |last| last.revision + 1);
        self.last = Some(entry.clone());
        if entry.revision != expected {
            return Err("a revision before it is missing");
        }
        let done = entry.status == OutboxStatus::Done;
        if done != entry.done_at.is_some() || done != entry.result.is_some() {
            return Err("it is neither pending nor done");
        }
        Ok(())
    }
}
