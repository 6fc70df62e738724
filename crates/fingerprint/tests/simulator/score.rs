//! What was right and what was not.

use std::collections::BTreeMap;
use std::fmt;

use ftc_fingerprint::Class;
use ftc_fingerprint::history::{Health, Verdict};

use crate::world::{Cause, Project, Retries, Test};

/// How many there were, and how many of them were as they should be.
#[derive(Default, Clone, Copy)]
struct Part {
    all: u32,
    right: u32,
}

impl Part {
    fn add(&mut self, right: bool) {
        self.all += 1;
        self.right += u32::from(right);
    }

    fn share(self) -> f64 {
        f64::from(self.right) / f64::from(self.all.max(1))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.4} of {}", self.share(), self.all)
    }
}

/// Counts over many projects.
#[derive(Default)]
pub struct Score {
    /// By cause (flake, regression, storm) and class (flaky, regression, infra, unknown).
    classes: [[u32; 4]; 3],
    recall_by_retries: [Part; 3],
    recall_by_rate: [Part; 3],
    /// Flaky tests that failed as such at all: what could be found by any means.
    shown_by_rate: [Part; 3],
    health: Part,
    found_by_health: Part,
    covered: Part,
    covered_moody: Part,
    first_bad: Part,
    /// Classes that were right, by confidence in percent.
    confidence: BTreeMap<u32, Part>,
}

/// 0.5 to 2 %, to 8 %, to 30 %.
fn band(test: &Test) -> usize {
    usize::from(test.rate > 0.02) + usize::from(test.rate > 0.08)
}

impl Score {
    /// A test after all runs.
    pub fn add(&mut self, project: &Project, test: &Test, verdict: &Verdict) {
        let flakes = test
            .causes
            .iter()
            .filter(|cause| **cause == Some(Cause::Flake));
        let flakes = flakes.count();
        let is_called_flaky = verdict.health == Health::Flaky;
        if is_called_flaky {
            self.health.add(flakes > 0);
        }
        if test.rate > 0.0 {
            self.shown_by_rate[band(test)].add(flakes > 0);
            if flakes > 1 {
                self.found_by_health.add(is_called_flaky);
            }
            let held = verdict.rate.low <= test.rate && test.rate <= verdict.rate.high;
            let covered = if test.moody {
                &mut self.covered_moody
            } else {
                &mut self.covered
            };
            covered.add(held);
        }
        if let Some(cause) = test.causes.iter().rev().find_map(|cause| *cause) {
            self.add_class(project.retries, cause, verdict, test);
        }
    }

    /// One failure.
    pub fn add_class(&mut self, retries: Retries, cause: Cause, verdict: &Verdict, test: &Test) {
        let class = match verdict.classification.class {
            Class::Flaky => 0,
            Class::Regression => 1,
            Class::Infra => 2,
            _ => 3,
        };
        self.classes[cause as usize][class] += 1;
        if cause == Cause::Flake {
            self.recall_by_retries[retries as usize].add(class == 0);
            self.recall_by_rate[band(test)].add(class == 0);
        }
        if let Some(bad) = &verdict.first_bad
            && cause == Cause::Regression
        {
            self.first_bad.add(test.broken_by.contains(&bad.commit));
        }
        if class < 3 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 100"
            )]
            let percent = (verdict.classification.confidence * 100.0).round() as u32;
            self.confidence
                .entry(percent)
                .or_default()
                .add(cause as usize == class);
        }
    }

    pub fn precision(&self) -> f64 {
        let flaky: u32 = self.classes.iter().map(|row| row[0]).sum();
        f64::from(self.classes[0][0]) / f64::from(flaky.max(1))
    }

    pub fn recall(&self) -> f64 {
        f64::from(self.classes[0][0]) / f64::from(self.classes[0].iter().sum::<u32>().max(1))
    }

    /// The share of failures of a cause that were put into another class, `unknown` not counted.
    pub fn wrong(&self, cause: Cause) -> f64 {
        let row = self.classes[cause as usize];
        let wrong = row[0] + row[1] + row[2] - row[cause as usize];
        f64::from(wrong) / f64::from(row.iter().sum::<u32>().max(1))
    }

    pub fn coverage(&self) -> f64 {
        self.covered.share()
    }

    pub fn first_bad_right(&self) -> f64 {
        self.first_bad.share()
    }

    pub fn health_precision(&self) -> f64 {
        self.health.share()
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "class flaky: precision {:.4}, recall {:.4}",
            self.precision(),
            self.recall()
        )?;
        writeln!(f, "cause          flaky regression  infra unknown")?;
        for (name, row) in ["flake", "regression", "storm"].iter().zip(self.classes) {
            writeln!(
                f,
                "{name:12} {:7} {:10} {:6} {:7}",
                row[0], row[1], row[2], row[3]
            )?;
        }
        for (name, part) in ["no", "in-job", "job"].iter().zip(self.recall_by_retries) {
            writeln!(f, "recall with {name} retries: {part}")?;
        }
        let bands = ["0.5-2 %", "2-8 %", "8-30 %"];
        let parts = self.recall_by_rate.iter().zip(self.shown_by_rate);
        for (name, (recall, shown)) in bands.iter().zip(parts) {
            writeln!(
                f,
                "rate {name}: recall {recall}; tests that failed at all {shown}"
            )?;
        }
        writeln!(
            f,
            "health flaky: right {}, of tests that failed twice {}",
            self.health, self.found_by_health
        )?;
        writeln!(
            f,
            "intervals cover {}, with bad days {}",
            self.covered, self.covered_moody
        )?;
        writeln!(f, "first bad commit right: {}", self.first_bad)?;
        for (percent, part) in &self.confidence {
            writeln!(f, "confidence {percent} %: right {part}")?;
        }
        Ok(())
    }
}
