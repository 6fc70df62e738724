//! What a report says about itself, and what was really in it.

use super::note::Note;

/// What is known when the whole report has been read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Summary {
    /// The name on `testsuites`, such as `nextest-run`.
    pub name: Option<String>,
    /// Totals on the `testsuites` roots, added up; all `None` for bare suites.
    pub declared: Declared,
    /// What was counted in the whole report.
    pub counted: Counts,
    /// Every suite in order of its start.
    pub suites: Vec<SuiteTotals>,
    /// What was odd and was read over, by line.
    pub notes: Vec<Note>,
}

impl Summary {
    /// Whether no total that the report declares differs from what it holds.
    ///
    /// Tools count differently (a nested suite's cases in or out, an error as a failure too), so a difference is a
    /// reason to look, not proof of a damaged report. Suites are compared with and without the suites inside them.
    pub fn totals_agree(&self) -> bool {
        self.declared.agrees_with(self.counted)
            && self.suites.iter().all(|suite| {
                suite.declared.agrees_with(suite.counted)
                    || suite.declared.agrees_with(suite.counted_own)
            })
    }
}

/// One suite's totals.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SuiteTotals {
    /// Its name; empty when it has none.
    pub name: String,
    /// Line of its start tag.
    pub line: u64,
    /// What its attributes say.
    pub declared: Declared,
    /// What was counted in it, inner suites included.
    pub counted: Counts,
    /// What was counted in it directly.
    pub counted_own: Counts,
}

/// Totals as attributes declare them; `None` where there is none or it is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Declared {
    /// `tests`.
    pub tests: Option<u64>,
    /// `failures`.
    pub failures: Option<u64>,
    /// `errors`.
    pub errors: Option<u64>,
    /// `skipped`, `skips` or `disabled`.
    pub skipped: Option<u64>,
}

impl Declared {
    /// Whether every declared total is what was counted.
    pub fn agrees_with(self, counted: Counts) -> bool {
        let agree = |declared: Option<u64>, counted: u64| {
            declared.is_none_or(|declared| declared == counted)
        };
        agree(self.tests, counted.tests)
            && agree(self.failures, counted.failures)
            && agree(self.errors, counted.errors)
            && agree(self.skipped, counted.skipped)
    }

    /// Adds the totals of another root, as several roots in one file are one report.
    pub(crate) fn add(&mut self, other: Self) {
        let add = |a: &mut Option<u64>, b: Option<u64>| {
            if let Some(b) = b {
                *a = Some(a.unwrap_or(0).saturating_add(b));
            }
        };
        add(&mut self.tests, other.tests);
        add(&mut self.failures, other.failures);
        add(&mut self.errors, other.errors);
        add(&mut self.skipped, other.skipped);
    }
}

/// Cases by their outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// All cases.
    pub tests: u64,
    /// Those that failed.
    pub failures: u64,
    /// Those with an error.
    pub errors: u64,
    /// Those that were skipped.
    pub skipped: u64,
}
