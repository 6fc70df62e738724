//! The rules in their order.

mod proofs;
mod regression;

use jiff::Timestamp;

use super::evidence::Flakes;
use super::health::health;
use super::observation::{Branch, History, Observation};
use super::rules::Rules;
use super::streak::{Streak, Streaks};
use super::timeline::Timeline;
use super::trend::trend;
use super::verdict::{FirstBad, Health, Verdict};
use crate::class::{Class, Classification, Evidence};

/// Classifies the latest failure in `history`, and the test itself, as of `now`; later observations are left out.
///
/// `log` is what the failure's own log said ([`Failure::classification`](crate::Failure::classification)), where there is one. What a
/// log proves, no history takes back.
pub fn classify(
    log: Option<&Classification>,
    history: &History,
    now: Timestamp,
    rules: &Rules,
) -> Verdict {
    let timeline = Timeline::of(history, now, rules);
    let streaks = Streaks::of(&timeline, rules);
    let flakes = Flakes::of(&timeline, &streaks, rules);
    let (health, last_flake) = health(&timeline, &streaks, &flakes, now, rules);
    let case = Case {
        log,
        history,
        rules,
        timeline: &timeline,
        streaks: &streaks,
        flakes: &flakes,
    };
    let (classification, first_bad) = case.decide();
    let quarantine_until = last_flake
        .filter(|_| health == Health::Flaky)
        .and_then(|last| last.checked_add(rules.quarantine).ok())
        .filter(|until| *until > now);
    Verdict {
        classification,
        health,
        first_bad,
        trend: trend(&timeline, now),
        rate: streaks.rate,
        last_flake,
        quarantine_until,
    }
}

struct Case<'c, 'a> {
    log: Option<&'c Classification>,
    history: &'c History,
    rules: &'c Rules,
    timeline: &'c Timeline<'a>,
    streaks: &'c Streaks<'a>,
    flakes: &'c Flakes<'a>,
}

/// A class, the belief in it, and why.
type Answer = (Class, f64, Evidence);

impl Case<'_, '_> {
    fn decide(&self) -> (Classification, Option<FirstBad>) {
        let streak = self
            .timeline
            .last_failure()
            .and_then(|failure| self.guilty_streak(failure));
        let (class, confidence, evidence) = self.answer(streak);
        let mut evidence = vec![evidence];
        evidence.extend(self.supporting());
        for item in self.log.into_iter().flat_map(|log| &log.evidence) {
            if !evidence.contains(item) {
                evidence.push(item.clone());
            }
        }
        let first_bad = streak
            .filter(|streak| class == Class::Regression && !streak.first.is_empty())
            .map(FirstBad::of);
        let classification = Classification {
            class,
            confidence,
            evidence,
        };
        (classification, first_bad)
    }

    fn answer(&self, streak: Option<&Streak<'_>>) -> Answer {
        if let Some(answer) = self.by_log() {
            return answer;
        }
        let Some(failure) = self.timeline.last_failure() else {
            return self.never_failed();
        };
        self.by_environment(failure, streak)
            .or_else(|| self.by_commit(failure))
            .or_else(|| streak.map(|streak| regression::answer(streak, self.timeline)))
            .or_else(|| self.by_shared_cause(failure))
            .or_else(|| self.by_other_failures())
            .or_else(|| self.by_issue())
            .unwrap_or_else(|| self.undecided(failure))
    }

    /// What the log proves stands, but for a retry, which one more look at the run may explain.
    fn by_log(&self) -> Option<Answer> {
        let log = self.log?;
        let stands = matches!(log.class, Class::Regression | Class::Infra);
        stands.then(|| {
            let evidence = log.evidence.first().cloned();
            let evidence = evidence.unwrap_or_else(|| Evidence::new("log", "the log says so"));
            (log.class, log.confidence, evidence)
        })
    }

    fn never_failed(&self) -> Answer {
        if let Some(log) = self.log.filter(|log| log.class != Class::Unknown) {
            let text = "the runs that are known show no failure";
            return (
                log.class,
                log.confidence,
                Evidence::new("not-in-history", text),
            );
        }
        match self.timeline.runs.len() {
            0 => (
                Class::Unknown,
                0.3,
                Evidence::new("no-history", "no run is known"),
            ),
            runs => {
                let text = format!("passed in all {runs} runs");
                (Class::Pass, 0.95, Evidence::new("always-passed", text))
            }
        }
    }

    fn undecided(&self, failure: &Observation) -> Answer {
        let streak = self.streaks.holding(failure);
        let failures = streak.map_or(1, |streak| streak.failures);
        let runs = if failures == 1 {
            "once"
        } else {
            "in every run"
        };
        let (rule, text) = match (&failure.branch, streak) {
            (Branch::Change(name), _) => ("one-branch", format!("failed {runs} on `{name}`")),
            (_, Some(streak)) if !streak.passed_before => (
                "never-passed",
                format!("failed {failures} times and never passed"),
            ),
            _ => (
                "too-few-failures",
                format!("failed {runs} since it last passed"),
            ),
        };
        (Class::Unknown, 0.5, Evidence::new(rule, text))
    }

    fn supporting(&self) -> Option<Evidence> {
        let rate = &self.streaks.rate;
        (rate.failures > 0 && rate.runs >= self.rules.sample).then(|| {
            let text = format!(
                "failed in {} of {} good runs: {:.1} % to {:.1} % with {:.0} % confidence",
                rate.failures,
                rate.runs,
                rate.low * 100.0,
                rate.high * 100.0,
                rate.level * 100.0,
            );
            Evidence::new("rate", text)
        })
    }
}
