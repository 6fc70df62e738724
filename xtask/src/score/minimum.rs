//! What a score must reach.

use std::str::FromStr;

use ftc_testkit::corpus::{Counts, Score};

/// Reads one figure, 0 to 1, out of a score.
type Measure = fn(&Score) -> f64;

/// The measures that a minimum can be set for, and what they are.
const MEASURES: &[(&str, Measure)] = &[
    ("names", |score| score.names.all.f1()),
    ("names-precision", |score| score.names.all.precision()),
    ("names-recall", |score| score.names.all.recall()),
    ("names-least", |score| {
        let frameworks = score.names.by_framework.values();
        frameworks.map(Counts::f1).fold(1.0, f64::min)
    }),
    ("nameless", |score| score.nameless.all.f1()),
    ("kinds", |score| {
        share(score.kinds.all.accepted, score.kinds.all.found)
    }),
    ("kinds-strict", |score| {
        share(score.kinds.all.strict, score.kinds.all.found)
    }),
    ("class", Score::class_macro_f1),
    ("pairs", |score| score.pairs.all.counts.f1()),
    ("pairs-precision", |score| {
        score.pairs.all.counts.precision()
    }),
    ("pairs-recall", |score| score.pairs.all.counts.recall()),
    ("hard", |score| {
        share(
            score.pairs.all.hard - score.pairs.all.hard_joined,
            score.pairs.all.hard,
        )
    }),
    ("cross", |score| {
        share(score.pairs.all.cross_joined, score.pairs.all.cross)
    }),
    ("clean", |score| {
        share(score.passing.clean, score.passing.files)
    }),
];

/// A measure and the least value that is good enough.
#[derive(Debug, Clone)]
pub struct Minimum {
    name: &'static str,
    measure: Measure,
    least: f64,
}

impl Minimum {
    /// Says by how much `score` misses it, if it does.
    pub fn missed_by(&self, score: &Score) -> Option<String> {
        let value = (self.measure)(score);
        let Self { name, least, .. } = self;
        (value < *least).then(|| format!("{name} is {value:.4}, and must be at least {least}"))
    }
}

impl FromStr for Minimum {
    type Err = String;

    /// Reads `names=0.97`; `all` is 1.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, least) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` is not of the form MEASURE=VALUE"))?;
        let Some((name, measure)) = MEASURES.iter().find(|(known, _)| *known == name) else {
            let known: Vec<&str> = MEASURES.iter().map(|(known, _)| *known).collect();
            return Err(format!(
                "`{name}` is no measure; there are {}",
                known.join(", ")
            ));
        };
        let least = match least {
            "all" => 1.0,
            number => number
                .parse()
                .ok()
                .filter(|value| (0.0..=1.0).contains(value))
                .ok_or_else(|| format!("`{number}` is neither `all` nor between 0 and 1"))?,
        };
        Ok(Self {
            name,
            measure: *measure,
            least,
        })
    }
}

/// 1 when there is nothing of which to have a share.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a corpus are far below 2^52"
)]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}
