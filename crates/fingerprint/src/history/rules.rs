//! What a caller may set.

use jiff::SignedDuration;

use crate::rate::Prior;

/// How much it takes. The default suits a project whose tests run a few times a day.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rules {
    /// Runs that are older than this are not looked at. 28 days: twice the time after which a test is cleared, so that a test that
    /// failed again at once is still known.
    pub window: SignedDuration,
    /// Commits at which the test failed and passed that make it flaky; fewer make it a suspect. 2, because one retry alone proved
    /// too noisy (Trunk, changelog 2026-06).
    pub flaky_commits: u64,
    /// Independent branches, or separate times of the main branch, with a failure that the test's own files do not explain. 2, as
    /// the CI scan of hassette counts recurring failures.
    pub independent_failures: u64,
    /// Fewest runs before failures count as independent: where the test has hardly ever run, everything is new. 10, the number of
    /// runs that Trunk asks for.
    pub sample: u64,
    /// Fewest failing runs in a row that make a regression. 2: one failure alone decides nothing.
    pub regression_runs: u64,
    /// A streak of failures is a regression only when the test's flake rate would produce it with at most this probability. 0.002,
    /// about as rare as a commit that breaks one given test.
    pub chance: f64,
    /// The share of tests that are flaky, as far as is known of one that has never been so. 0.05; Google saw 16 % over all time
    /// (Micco, "Flaky Tests at Google and How We Mitigate Them", 2016), which is more than in any four weeks.
    pub flaky_share: f64,
    /// A flaky test or suspect is cleared this long after its last failure, if it ran at least five times since. 14 days and 5 passes,
    /// both from Harness.
    pub clear_after: SignedDuration,
    /// It is cleared earlier after this many passes in a row, or more where its rate is so low that they prove nothing. 20.
    pub clear_passes: u64,
    /// A quarantine expires this long after the last failure that justified it. 14 days.
    pub quarantine: SignedDuration,
    /// The probability with which the rate lies in its interval. 0.9.
    pub level: f64,
    /// What is believed of a rate before the first run.
    pub prior: Prior,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            window: SignedDuration::from_hours(28 * 24),
            flaky_commits: 2,
            independent_failures: 2,
            sample: 10,
            regression_runs: 2,
            chance: 0.002,
            flaky_share: 0.05,
            clear_after: SignedDuration::from_hours(14 * 24),
            clear_passes: 20,
            quarantine: SignedDuration::from_hours(14 * 24),
            level: 0.9,
            prior: Prior::JEFFREYS,
        }
    }
}
