//! Runs that say more about the machines than about a test.

/// What was wrong with a run as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Disturbance {
    /// Nothing that is known.
    #[default]
    None,
    /// At least three tests failed for the one cause for which this test failed. That is no flake of this test; it may be a broken
    /// environment, or a regression that several tests notice, which only later runs tell apart.
    SharedCause,
    /// Nearly all tests failed. Such a run proves nothing about any of them.
    MassFailure,
}

/// Tests that fail for one cause in one run from which on none of them is taken for flaky because of it.
const SHARED_CAUSE_TESTS: u64 = 3;

/// Fewest tests of which a share is meaningful.
const MASS_FAILURE_TESTS: u64 = 20;

/// Says what was wrong with a run: `ran` tests of which `failed` failed, `same_cause` of them for the cause of the failure at hand
/// (equal [`Keys::cause`](crate::Keys::cause), counted by distinct test).
///
/// More than four in five failures of at least 20 tests are a mass failure, as Trunk's infrastructure protection has it
/// (<https://docs.trunk.io/flaky-tests>, seen 2026-11), three tests with one cause a shared cause.
pub fn disturbance(ran: u64, failed: u64, same_cause: u64) -> Disturbance {
    if ran >= MASS_FAILURE_TESTS && u128::from(failed) * 5 > u128::from(ran) * 4 {
        Disturbance::MassFailure
    } else if same_cause >= SHARED_CAUSE_TESTS {
        Disturbance::SharedCause
    } else {
        Disturbance::None
    }
}
