//! How often a test fails, how sure that is, and how many passes it takes to believe a fix.

use ftc_fingerprint::rate::passes_to_prove;
use serde::{Deserialize, Serialize};

/// The quantile of the normal distribution for a two-sided interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// What a fix may still be believed wrongly with: five in a hundred broken fixes pass the proof.
const DOUBT: f64 = 0.05;

/// A test's failures among its runs at one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The commit that ran, or an empty text where the logs do not tell.
    pub commit: String,
    /// Runs in which the test could have failed, at least `failures`.
    pub runs: u64,
    /// Runs in which it failed.
    pub failures: u64,
}

/// A share with the range that it lies in with a confidence of 95 %. All three are from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower bound.
    pub low: f64,
    /// The share as measured.
    pub share: f64,
    /// The upper bound.
    pub high: f64,
}

impl Rate {
    /// Whether it is proved that the test fails and passes at the same commit.
    pub fn is_flaky(&self) -> bool {
        self.failures > 0 && self.failures < self.runs
    }

    /// The share of failures with its interval by Wilson's score method (E. B. Wilson, "Probable Inference, the Law of
    /// Succession, and Statistical Inference", 1927), which stays inside 0 to 1 and is right also for few runs. Without a
    /// run nothing is known, and the interval is the whole range.
    pub fn interval(&self) -> Interval {
        if self.runs == 0 {
            return Interval {
                low: 0.0,
                share: 0.0,
                high: 1.0,
            };
        }
        let runs = to_float(self.runs);
        let share = to_float(self.failures) / runs;
        let spread = Z * Z / runs;
        let middle = share + spread / 2.0;
        let reach = Z * (share * (1.0 - share) / runs + spread / (4.0 * runs)).sqrt();
        let low = (middle - reach) / (1.0 + spread);
        let high = (middle + reach) / (1.0 + spread);
        Interval {
            low: if self.failures == 0 {
                0.0
            } else {
                low.max(0.0)
            },
            share,
            high: if self.failures == self.runs {
                1.0
            } else {
                high.min(1.0)
            },
        }
    }

    /// How many passes in a row it takes to believe that the failure is gone: the smallest number of runs in which a test
    /// that still fails as rarely as the lower bound of the interval would pass throughout with a probability of at most
    /// 5 %, `ceil(ln 0.05 / ln(1 - low))`. `None` where no failure or no pass was measured: then nothing is known of a share.
    pub fn proof_runs(&self) -> Option<u64> {
        if !self.is_flaky() {
            return None;
        }
        let low = self.interval().low;
        Some(passes_to_prove(low, DOUBT))
    }
}

/// Counts of runs are far below 2^52.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of runs are far below 2^52"
)]
fn to_float(count: u64) -> f64 {
    count as f64
}
