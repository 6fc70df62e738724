//! How many tests ran, by the tools' own word.

use crate::enclosure::Enclosure;
use crate::kind::Framework;
use crate::scan::TestTotals;

/// Totals that are kept apart; older ones are added up and can no longer be taken back.
const LIMIT: usize = 10_000;

/// Totals, each with where it stood, as long as it may turn out that a test has printed them or others replace them.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    entries: Vec<Entry>,
    older: Option<TestTotals>,
}

#[derive(Debug)]
struct Entry {
    framework: Framework,
    at: u64,
    totals: TestTotals,
}

impl Tally {
    pub(crate) fn add(&mut self, framework: Framework, at: u64, totals: TestTotals) {
        if self.entries.len() >= LIMIT {
            let older = self.older.get_or_insert_default();
            for entry in self.entries.drain(..LIMIT / 2) {
                older.add(entry.totals);
            }
        }
        self.entries.push(Entry {
            framework,
            at,
            totals,
        });
    }

    /// Takes back what only a test has printed.
    pub(crate) fn enclose(&mut self, enclosure: &Enclosure) {
        self.entries
            .retain(|entry| !enclosure.holds(entry.framework.family, entry.at));
    }

    /// Takes back the totals of a family behind an offset, because its own sum of them follows.
    pub(crate) fn take_back(&mut self, family: &str, behind: Option<u64>) {
        self.entries.retain(|entry| {
            entry.framework.family != family || behind.is_some_and(|behind| entry.at <= behind)
        });
    }

    pub(crate) fn sum(&self) -> Option<TestTotals> {
        let mut sum = self.older;
        for entry in &self.entries {
            sum.get_or_insert_default().add(entry.totals);
        }
        sum
    }
}

impl TestTotals {
    pub(crate) fn add(&mut self, other: Self) {
        self.run = self.run.saturating_add(other.run);
        self.failed = self.failed.saturating_add(other.failed);
        self.skipped = self.skipped.saturating_add(other.skipped);
    }
}
