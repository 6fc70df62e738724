//! Classes by history: what the runs of one test, taken together, prove about its latest failure.
//!
//! [`classify`] is a pure function of a [`History`], which the caller fills from wherever runs are remembered, of what the log
//! itself has proved, of the present time as data, and of [`Rules`]. It opens nothing and reads no clock; the same input gives
//! the same answer everywhere.
//!
//! ```
//! use ftc_fingerprint::Class;
//! use ftc_fingerprint::history::{Health, History, Observation, Outcome, Rules, classify};
//!
//! let day = |day: u8| format!("2026-03-{day:02}T09:00:00Z").parse::<jiff::Timestamp>().unwrap();
//!
//! // `TestLease` failed twice on the main branch, and each time it passed when the same commit was run again.
//! let mut history = History::default();
//! history.push(Observation::new("8b3b633", day(1), Outcome::Passed));
//! history.push(Observation::new("90fc1d7", day(2), Outcome::Failed));
//! history.push(Observation::new("90fc1d7", day(2), Outcome::Passed).attempt(2));
//! history.push(Observation::new("c44a0e9", day(3), Outcome::Passed));
//! history.push(Observation::new("e2d5f10", day(4), Outcome::Failed));
//! history.push(Observation::new("e2d5f10", day(4), Outcome::Passed).attempt(2));
//!
//! let verdict = classify(None, &history, day(5), &Rules::default());
//! assert_eq!(verdict.classification.class, Class::Flaky);
//! assert_eq!(verdict.health, Health::Flaky);
//! assert_eq!(verdict.classification.evidence[0].to_string(), "failed and passed at commit `e2d5f10`");
//! assert_eq!((verdict.rate.failures, verdict.rate.runs), (2, 4));
//!
//! // A quarantine has an end even if nobody looks at it again.
//! assert_eq!(verdict.quarantine_until, Some(day(18)));
//! ```
//!
//! # What decides, in this order
//!
//! 1. The log: what does not build is a regression, what the runner or network broke is infra.
//! 2. The run: when nearly all of its tests failed, the failure is the environment's and proves nothing of the test.
//! 3. The commit: it failed and passed there, in the same variant: flaky.
//! 4. A streak: the test has failed ever since commit X of the main branch, or of its own branch, and passed before, and is not
//!    flaky enough for such a streak: a regression, and X is the first bad commit.
//! 5. Elsewhere: other commits at which it failed and passed; failures on independent branches, or at separate times of the main
//!    branch, that nothing in the test's own files explains: flaky.
//! 6. An open issue that says so: flaky.
//! 7. Else what the log said, mostly `unknown`. One failure alone is not decidable, and nothing is claimed.
//!
//! A run in which the test does not appear is neither a pass nor a failure. Runs without a known fix are left out once a fix is
//! known, and so are runs before the test itself was last changed on the main branch.

mod decide;
mod environment;
mod evidence;
mod health;
mod observation;
mod rules;
mod streak;
mod timeline;
mod trend;
mod verdict;

pub use decide::classify;
pub use environment::{Disturbance, disturbance};
pub use observation::{Branch, History, Observation, Outcome};
pub use rules::Rules;
pub use verdict::{FirstBad, Health, Trend, Verdict};
