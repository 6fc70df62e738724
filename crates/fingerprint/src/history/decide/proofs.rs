//! What proves a class, and what only suggests one.

use super::super::environment::Disturbance;
use super::super::evidence::Flakes;
use super::super::observation::Observation;
use super::super::streak::{Nature, Streak};
use super::{Answer, Case};
use crate::class::{Class, Evidence};

impl Case<'_, '_> {
    pub(super) fn by_environment(
        &self,
        failure: &Observation,
        streak: Option<&Streak<'_>>,
    ) -> Option<Answer> {
        let text = match failure.disturbance {
            Disturbance::MassFailure => "nearly all tests of the run failed",
            Disturbance::SharedCause if streak.is_none() && self.passed_at(failure) => {
                "several tests failed for one cause and passed at the same commit"
            }
            _ => return None,
        };
        Some((Class::Infra, 0.8, Evidence::new("mass-failure", text)))
    }

    /// Several tests and several branches have only the environment in common. On one branch it may as well be a change that several
    /// tests notice.
    pub(super) fn by_shared_cause(&self, failure: &Observation) -> Option<Answer> {
        if failure.disturbance != Disturbance::SharedCause {
            return None;
        }
        let streak = self.streaks.holding(failure);
        let elsewhere = streak.is_some_and(|streak| streak.nature == Nature::Outage)
            && failure.branch.is_change()
            && !self.streaks.main_was_bad(failure.time);
        let text = "several tests failed for one cause in one run";
        Some(if elsewhere {
            let text = format!("{text}, and elsewhere on the same day");
            (Class::Infra, 0.7, Evidence::new("shared-cause", text))
        } else {
            (Class::Unknown, 0.5, Evidence::new("shared-cause", text))
        })
    }

    pub(super) fn by_commit(&self, failure: &Observation) -> Option<Answer> {
        if !self.passed_at(failure) {
            let retried = self.log.filter(|log| log.class == Class::Flaky)?;
            let evidence = retried.evidence.first()?.clone();
            return Some((Class::Flaky, retried.confidence, evidence));
        }
        let text = if failure.commit.is_empty() {
            "failed and passed in one run".to_owned()
        } else {
            format!("failed and passed at commit `{}`", failure.commit)
        };
        let confidence = if self.flakes.mixed.len() > 1 {
            0.97
        } else {
            0.9
        };
        Some((Class::Flaky, confidence, Evidence::new("same-commit", text)))
    }

    fn passed_at(&self, failure: &Observation) -> bool {
        failure.passed()
            || (!failure.commit.is_empty()
                && self
                    .timeline
                    .branches
                    .values()
                    .flatten()
                    .any(|commit| commit.id == failure.commit && commit.passed))
    }

    /// The regression that a failure is part of: of its own branch, or of the main branch that a change was run on.
    pub(super) fn guilty_streak(&self, failure: &Observation) -> Option<&Streak<'_>> {
        if self.passed_at(failure) {
            return None;
        }
        let own = self.streaks.holding(failure);
        if let Some(own) = own.filter(|streak| streak.is_regression()) {
            return Some(own);
        }
        let main = self.streaks.on_main().find(|streak| {
            streak.is_regression() && streak.covers(failure.time) && failure.branch.is_change()
        });
        main.or_else(|| own.filter(|streak| self.is_alone(streak)))
    }

    /// A change that fails again and again, where the test fails nowhere else.
    fn is_alone(&self, streak: &Streak<'_>) -> bool {
        streak.branch.is_change()
            && streak.passed_before
            && !streak.may_be_outage()
            && streak.failures >= self.rules.regression_runs
            && !self.timeline.runs.iter().any(|run| {
                run.failed() && run.branch != *streak.branch && run.disturbance == Disturbance::None
            })
            && self.flakes.mixed.is_empty()
    }

    pub(super) fn by_other_failures(&self) -> Option<Answer> {
        let Flakes {
            mixed, independent, ..
        } = self.flakes;
        if let [.., (_, commit)] = mixed.as_slice() {
            let confidence = if mixed.len() > 1 { 0.9 } else { 0.75 };
            let text = match mixed.len() {
                1 => format!("failed and passed at commit `{commit}` before"),
                many => format!("failed and passed at {many} other commits, last at `{commit}`"),
            };
            return Some((Class::Flaky, confidence, Evidence::new("known-flaky", text)));
        }
        self.flakes.recurs(self.rules).then(|| {
            let times = independent.len();
            let confidence = if times > 2 { 0.9 } else { 0.8 };
            let text = format!("failed {times} times that have nothing in common");
            (Class::Flaky, confidence, Evidence::new("independent", text))
        })
    }

    pub(super) fn by_issue(&self) -> Option<Answer> {
        let issue = self.history.open_issue.as_ref()?;
        let text = format!("issue {issue} is open for it");
        Some((Class::Flaky, 0.7, Evidence::new("open-issue", text)))
    }
}
