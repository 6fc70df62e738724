//! Whether a report's own totals are those of its cases.

use ftc_report::junit::{Counts, Declared, Summary};

/// What a tool counts in the totals that it writes into its reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Test cases, the skipped ones apart.
    Cases,
    /// Test cases, but `skipped` or `disabled` is only some of those that were not run.
    CasesButSkipped,
    /// Assertions and failed ones: there is nothing to compare them with.
    Assertions,
}

impl Counted {
    pub(super) fn agrees(self, summary: &Summary) -> bool {
        match self {
            Self::Cases => summary.totals_agree(),
            Self::CasesButSkipped => {
                let agree = |mut declared: Declared, counted: Counts| {
                    declared.skipped = None;
                    declared.agrees_with(counted)
                };
                agree(summary.declared, summary.counted)
                    && summary.suites.iter().all(|suite| {
                        agree(suite.declared, suite.counted)
                            || agree(suite.declared, suite.counted_own)
                    })
            }
            Self::Assertions => true,
        }
    }
}
