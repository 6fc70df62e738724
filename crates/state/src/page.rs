//! Lists by page.

use jiff::Timestamp;

use crate::known::{KnownFingerprint, Occurrence, Run};
use crate::lifecycle::{Lifecycle, TransitionEntry};
use crate::outbox::OutboxEntry;

/// Which part of a list to return.
///
/// Unless a list says otherwise, it runs from the latest time in the logs to the earliest, rows without a time last, equal times by
/// key. A row that does not change while a caller walks the pages is seen exactly once; one that changes may be
/// seen twice or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    pub(crate) after: Option<Cursor>,
    limit: usize,
}

impl PageRequest {
    /// The most rows that one page holds.
    pub const MAX_LIMIT: usize = 1000;

    /// The first `limit` rows; `limit` is brought into 1 to [`PageRequest::MAX_LIMIT`].
    pub fn first(limit: usize) -> Self {
        Self {
            after: None,
            limit: limit.clamp(1, Self::MAX_LIMIT),
        }
    }

    /// The next rows after those of the page that gave `cursor`, from the same list.
    #[must_use]
    pub fn after(self, cursor: Cursor) -> Self {
        Self {
            after: Some(cursor),
            ..self
        }
    }

    /// Rows wanted.
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl Default for PageRequest {
    /// The first hundred rows.
    fn default() -> Self {
        Self::first(100)
    }
}

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub(crate) time: Option<Timestamp>,
    pub(crate) key: String,
    pub(crate) test: String,
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where to go on; `None` when the list ends here.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Makes a page of `rows`, which were fetched with one row more than asked for, to see whether more follow.
    pub(crate) fn new(mut rows: Vec<T>, limit: usize, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(cursor);
        Self { items: rows, next }
    }
}

impl Cursor {
    pub(crate) fn of_fingerprint(known: &KnownFingerprint) -> Self {
        Self {
            time: known.last_seen,
            key: known.fingerprint.to_string(),
            test: String::new(),
        }
    }

    pub(crate) fn of_occurrence(occurrence: &Occurrence) -> Self {
        Self {
            time: occurrence.failure.occurred_at,
            key: occurrence.source.key().to_string(),
            test: occurrence.failure.test.clone().unwrap_or_default(),
        }
    }

    pub(crate) fn of_run(run: &Run) -> Self {
        Self {
            time: run.time.map(|(_, last)| last),
            key: run.source.key().to_string(),
            test: String::new(),
        }
    }

    /// For lists that run by a key that never changes.
    fn by_key(key: String) -> Self {
        Self {
            time: None,
            key,
            test: String::new(),
        }
    }

    pub(crate) fn of_lifecycle(lifecycle: &Lifecycle) -> Self {
        Self::by_key(lifecycle.fingerprint.to_string())
    }

    pub(crate) fn of_transition(entry: &TransitionEntry) -> Self {
        Self::by_number(entry.version)
    }

    pub(crate) fn of_outbox(entry: &OutboxEntry) -> Self {
        Self::by_number(entry.id.0)
    }

    fn by_number(number: u64) -> Self {
        Self::by_key(number.to_string())
    }

    /// The number that [`Cursor::by_number`] was made from. A cursor of another list is from before the first row.
    pub(crate) fn number(&self) -> u64 {
        self.key.parse().unwrap_or(0)
    }
}
