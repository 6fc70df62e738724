//! How often a test fails although nothing is wrong with the code, and how sure that is.
//!
//! The number of failures among `runs` runs of a test whose rate is not known follows a Beta-Binomial distribution: a rate
//! drawn from a Beta distribution, and runs that fail at that rate (Machalica et al., "Probabilistic flakiness", Meta 2020, ask
//! the same question: not whether a test is flaky but how much). All here is a pure function of counts.
//!
//! ```
//! use ftc_fingerprint::rate::{FlakeRate, Prior};
//!
//! let rate = FlakeRate::of(3, 50, Prior::JEFFREYS, 0.9);
//! assert_eq!(format!("{:.3} ({:.3} to {:.3})", rate.mean, rate.low, rate.high), "0.069 (0.022 to 0.134)");
//!
//! // Three failures in a row are not what such a test does by chance.
//! assert!(rate.chance_of_streak(3) < 0.001);
//! // So many passes in a row it takes to believe a fix, with at most 5 % doubt.
//! assert_eq!(rate.passes_to_prove(0.05), Some(135));
//! ```

mod beta;

use beta::quantile;

/// What is believed of a rate before the first run: a Beta distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// Failures that are taken as seen, above 0.
    pub alpha: f64,
    /// Passes that are taken as seen, above 0.
    pub beta: f64,
}

impl Prior {
    /// Beta(1/2, 1/2), which says as little as possible. On average over the rates its intervals hold what they promise, where
    /// those of the exact method are too wide (Brown, Cai and `DasGupta`, "Interval Estimation for a Binomial Proportion",
    /// Statistical Science 16, 2001).
    pub const JEFFREYS: Self = Self {
        alpha: 0.5,
        beta: 0.5,
    };
}

impl Default for Prior {
    fn default() -> Self {
        Self::JEFFREYS
    }
}

/// Failures among runs that belong together: one day, one commit, one runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tries {
    /// Runs that failed, at most `runs`.
    pub failures: u64,
    /// Runs in which the test could have failed.
    pub runs: u64,
}

/// The rate at which a test fails in a good state, with the interval in which it lies. All shares are from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct FlakeRate {
    /// Runs that were counted.
    pub runs: u64,
    /// Failures among them.
    pub failures: u64,
    /// The mean of what is believed of the rate after these runs.
    pub mean: f64,
    /// Lower bound of the interval; 0 when nothing has failed.
    pub low: f64,
    /// Upper bound of the interval; 1 when nothing has passed.
    pub high: f64,
    /// Probability with which the rate lies between `low` and `high`, such as 0.9. What is left lies half below and half above, or all
    /// on one side where the other bound is 0 or 1.
    pub level: f64,
    /// How much more the failures crowd together than independent ones would: 1 for independent ones. The interval is as wide
    /// as for `runs / overdispersion` independent runs.
    pub overdispersion: f64,
    /// The parameters of the Beta distribution after these runs.
    after: Prior,
}

impl FlakeRate {
    /// The rate of a test of which nothing but the counts is known. More failures than runs count as one each.
    pub fn of(failures: u64, runs: u64, prior: Prior, level: f64) -> Self {
        Self::with(Tries { failures, runs }, 1.0, prior, level)
    }

    /// The rate of a test whose runs come in groups. Where the groups differ more than chance would make them, the interval is
    /// widened: ten failures of one bad day say less than ten of ten days.
    pub fn of_groups(groups: &[Tries], prior: Prior, level: f64) -> Self {
        let mut all = Tries::default();
        for group in groups {
            all.runs += group.runs.max(group.failures);
            all.failures += group.failures;
        }
        Self::with(all, overdispersion(groups, all), prior, level)
    }

    fn with(tries: Tries, overdispersion: f64, prior: Prior, level: f64) -> Self {
        let Tries { failures, runs } = tries;
        let runs = runs.max(failures);
        let level = level.clamp(0.0, 1.0);
        let after = Prior {
            alpha: prior.alpha + float(failures) / overdispersion,
            beta: prior.beta + float(runs - failures) / overdispersion,
        };
        let tail = (1.0 - level) / 2.0;
        Self {
            runs,
            failures,
            mean: after.alpha / (after.alpha + after.beta),
            low: match failures {
                0 => 0.0,
                all if all == runs => quantile(after.alpha, after.beta, 2.0 * tail),
                _ => quantile(after.alpha, after.beta, tail),
            },
            high: match failures {
                all if all == runs => 1.0,
                0 => quantile(after.alpha, after.beta, 1.0 - 2.0 * tail),
                _ => quantile(after.alpha, after.beta, 1.0 - tail),
            },
            level,
            overdispersion,
            after,
        }
    }

    /// The probability that the next `runs` runs all fail without anything being wrong with the code: the Beta-Binomial
    /// distribution, so what is not known of the rate is part of it. 1 for no run.
    pub fn chance_of_streak(&self, runs: u64) -> f64 {
        let Prior { alpha, beta } = self.after;
        let mut chance = 1.0;
        for run in 0..runs.min(10_000) {
            chance *= (alpha + float(run)) / (alpha + beta + float(run));
        }
        chance
    }

    /// How many passes in a row it takes to believe that the failure is gone: with a rate as low as [`low`](Self::low) so many
    /// runs would all pass with a probability of at most `doubt`. `None` where nothing failed, because then no number is enough.
    pub fn passes_to_prove(&self, doubt: f64) -> Option<u64> {
        (self.low > 0.0).then(|| passes_to_prove(self.low, doubt))
    }
}

/// The number of runs that a test with a rate of `low` passes throughout with a probability of at most `doubt`, at least 1:
/// `ln doubt / ln(1 - low)`. Both are above 0.
pub fn passes_to_prove(low: f64, doubt: f64) -> u64 {
    // `ln(1 - low)` without the loss of precision for small values.
    count((doubt.ln() / (-low).ln_1p()).ceil()).max(1)
}

/// Pearson's statistic over its degrees of freedom, where it is larger than chance explains; else 1 (`McCullagh` and Nelder,
/// "Generalized Linear Models", 4.5.2).
fn overdispersion(groups: &[Tries], all: Tries) -> f64 {
    if all.failures == 0 || all.failures == all.runs {
        return 1.0;
    }
    let share = float(all.failures) / float(all.runs);
    let mut sum = 0.0;
    let mut used = 0_u64;
    for group in groups.iter().filter(|group| group.runs > 0) {
        let runs = float(group.runs);
        let expected = runs * share;
        sum += (float(group.failures) - expected).powi(2) / (expected * (1.0 - share));
        used += 1;
    }
    if used < 2 || sum <= chi_square_99(used - 1) {
        return 1.0;
    }
    (sum / float(used - 1)).max(1.0)
}

/// What a chi-square variable stays below in 99 of 100 cases, by the formula of Wilson and Hilferty ("The distribution of
/// chi-square", 1931).
fn chi_square_99(freedom: u64) -> f64 {
    const NORMAL_99: f64 = 2.326_347_874_040_841;
    let freedom = float(freedom);
    let part = 2.0 / (9.0 * freedom);
    freedom * (1.0 - part + NORMAL_99 * part.sqrt()).powi(3)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of runs are far below 2^52"
)]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is a positive whole number; the cast saturates beyond the range"
)]
fn count(value: f64) -> u64 {
    value as u64
}
