//! How a regression is told.

use super::super::observation::Branch;
use super::super::streak::Streak;
use super::super::timeline::Timeline;
use super::super::verdict::FirstBad;
use super::Answer;
use crate::class::{Class, Evidence};

impl FirstBad {
    pub(super) fn of(streak: &Streak<'_>) -> Self {
        Self {
            commit: streak.first.to_owned(),
            branch: streak.branch.clone(),
            last_good: streak.last_good.map(str::to_owned),
        }
    }
}

/// What is said of a failure that a streak makes a regression.
pub(super) fn answer(streak: &Streak<'_>, timeline: &Timeline<'_>) -> Answer {
    let attempts = streak.failures;
    let since = match (streak.branch, streak.fixed) {
        (_, Some(fixed)) => format!("from commit `{}` until `{fixed}`", streak.first),
        (Branch::Change(name), None) => format!("on `{name}` since commit `{}`", streak.first),
        (_, None) if streak.first.is_empty() => "in a row".to_owned(),
        (_, None) => format!("since commit `{}`", streak.first),
    };
    let elsewhere = timeline.branches.len() > 1 && streak.branch.is_change();
    let passed = if streak.last_good.is_some() {
        " and passed before"
    } else if elsewhere {
        " and passes elsewhere"
    } else {
        ""
    };
    let text = format!("failed all {attempts} times {since}{passed}");
    let confidence = match (streak.is_regression(), attempts) {
        (false, _) => 0.75,
        (true, 0..=2) => 0.85,
        (true, _) => 0.95,
    };
    let rule = if streak.branch.is_change() {
        "one-branch"
    } else {
        "fails-since"
    };
    (Class::Regression, confidence, Evidence::new(rule, text))
}
