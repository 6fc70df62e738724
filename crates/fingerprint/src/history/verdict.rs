//! What a history says.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::Branch;
use crate::class::Classification;
use crate::rate::FlakeRate;

/// What the history of a test says about it and about its latest failure.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Verdict {
    /// The class of the latest failure; `pass` where the test never failed, `unknown` where it never ran.
    pub classification: Classification,
    /// How the test stands now. Opening an issue or quarantining needs [`Health::Flaky`], not a class alone.
    pub health: Health,
    /// Where it broke, for a regression.
    pub first_bad: Option<FirstBad>,
    /// How often it fails in a good state: first attempts only, without disturbed runs and regressions.
    pub rate: FlakeRate,
    /// How its outcomes change.
    pub trend: Trend,
    /// When the last failure that proves it flaky happened.
    pub last_flake: Option<Timestamp>,
    /// Until when a quarantine may hold, in the future of `now`; `None` where there is no reason for one.
    pub quarantine_until: Option<Timestamp>,
}

/// How a test stands. It changes with some inertia: one odd run neither condemns nor clears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Health {
    /// Nothing is known against it.
    Healthy,
    /// It failed and passed at one commit. It may have been the machine.
    Suspect,
    /// It fails and passes on the same code, again and again.
    Flaky,
    /// It fails since some commit.
    Broken,
}

impl Health {
    /// The name used on the wire: lower case, stable.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Suspect => "suspect",
            Self::Flaky => "flaky",
            Self::Broken => "broken",
        }
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The first commit of a streak of failures.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FirstBad {
    /// The commit. One that was never run may be the guilty one, if it stands between this and the last good one.
    pub commit: String,
    /// Its branch.
    pub branch: Branch,
    /// The last commit before it at which the test passed.
    pub last_good: Option<String>,
}

/// The features that tell flaky tests by history alone (Gruber et al., "Practical Flaky Test Prediction using Common Code
/// Evolution and Test History Data", ICST 2023).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct Trend {
    /// Share of neighbouring runs of one branch and variant whose outcomes differ; `None` with less than two.
    pub flip_rate: Option<f64>,
    /// Runs since the test's own files changed on the main branch; `None` where they did not within the window.
    pub runs_since_change: Option<u64>,
    /// Time since then, until `now`.
    pub time_since_change: Option<SignedDuration>,
}
