//! Figures that have a target.

use std::time::Duration;

/// A ratio of the medians of pairs and one of the minima.
pub struct Ratio {
    pub median: f64,
    pub min: f64,
}

impl Ratio {
    /// Both numbers.
    pub fn text(&self) -> String {
        format!("{:.2} / {:.2}", self.median, self.min)
    }

    /// The target in words, and whether both numbers keep it.
    pub fn against(&self, most: f64) -> [String; 2] {
        let kept = self.median <= most && self.min <= most;
        let kept = match (kept, self.median <= most || self.min <= most) {
            (true, _) => "yes",
            (false, true) => "one of both",
            (false, false) => "no",
        };
        [format!("≤ {most}"), kept.to_owned()]
    }
}

pub fn microseconds(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1e6)
}

pub fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}

pub fn mebibytes(kib: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "sizes here are far below 2^52")]
    let kib = kib as f64;
    format!("{:.1}", kib / 1024.0)
}

/// The value below which so many of a hundred are; zero of none.
pub fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    // Rounded up: with few values the last one is the 99th of a hundred.
    let index = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(index).copied().unwrap_or_default()
}
