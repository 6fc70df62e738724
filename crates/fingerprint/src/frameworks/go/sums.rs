//! gotestsum's own totals, which stand for what `go test -v` has told before them: it is gotestsum that runs it. Where one
//! input holds a `go test -v` of its own and then gotestsum, the former's tests are lost to the sum.

use crate::findings::Findings;
use crate::scan::TestTotals;

use super::header::Done;
use super::{GO_TEST, GOTESTSUM};

#[derive(Debug, Default)]
pub(super) struct Sums {
    /// Where the invocation before this one ended.
    behind: Option<u64>,
    /// The totals of this invocation's first run, and those of its last one.
    runs: Option<(Done, Done)>,
    /// Where its last totals stood.
    at: Option<u64>,
}

impl Sums {
    /// gotestsum has closed a run. The totals of a rerun hold those of the runs before it.
    pub(super) fn done(&mut self, done: Done, findings: &mut Findings) {
        if !done.is_of_tests {
            return;
        }
        if done.runs == 1 {
            self.behind = self.at.or(self.behind);
            self.runs = None;
        }
        let (first, last) = self.runs.map_or((done, Done::default()), |runs| runs);
        let totals = TestTotals {
            run: first.tests.saturating_sub(first.skipped),
            // What still failed when it was run again.
            failed: done.failures.saturating_sub(last.failures),
            skipped: first.skipped,
        };
        findings.tally.take_back(GO_TEST.family, self.behind);
        findings.count(GOTESTSUM, totals);
        self.runs = Some((first, done));
        self.at = Some(findings.enclosures.at);
    }
}
