//! What the benches share: paired runs, and a table of them.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::error::Error;
use std::time::Duration;

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A way to do something, and what it has shown so far.
pub struct Way {
    pub name: &'static str,
    /// How long it took, once per round.
    pub times: Vec<Duration>,
}

/// Runs each way once per round, and begins each round with another one, so that what slows the machine down for a while
/// does not always meet the same. `run` gets the index of the way and tells how long it took.
pub fn paired(
    names: &[&'static str],
    rounds: usize,
    mut run: impl FnMut(usize) -> Result<Duration>,
) -> Result<Vec<Way>> {
    let mut ways: Vec<Way> = names
        .iter()
        .map(|&name| Way {
            name,
            times: Vec::with_capacity(rounds),
        })
        .collect();
    for round in 0..rounds {
        for step in 0..ways.len() {
            let index = (round + step) % ways.len();
            ways[index].times.push(run(index)?);
        }
    }
    Ok(ways)
}

impl Way {
    pub fn min(&self) -> Duration {
        self.times.iter().min().copied().unwrap_or_default()
    }

    pub fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// The time that so many of a hundred runs kept.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut times = self.times.clone();
        times.sort();
        let index = times.len().saturating_sub(1) * percent / 100;
        times.get(index).copied().unwrap_or_default()
    }

    /// The median of the ratios to `base`, of the same round each.
    pub fn ratio_to(&self, base: &Self) -> f64 {
        let mut ratios: Vec<f64> = self
            .times
            .iter()
            .zip(&base.times)
            .map(|(time, base)| time.as_secs_f64() / base.as_secs_f64())
            .collect();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// The ratio of the minima.
    pub fn min_ratio_to(&self, base: &Self) -> f64 {
        self.min().as_secs_f64() / base.min().as_secs_f64()
    }
}

/// Prints a table in Markdown, so that it can go into the documentation as it is.
pub fn print_table(header: &[&str], rows: &[Vec<String>]) {
    let line = |cells: Vec<&str>| println!("| {} |", cells.join(" | "));
    line(header.to_vec());
    line(vec!["---"; header.len()]);
    for row in rows {
        line(row.iter().map(String::as_str).collect());
    }
}

/// The value of `--name VALUE` among the arguments, if it is there.
pub fn argument(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.next()?;
    arguments.next()
}

/// The same as a number; `default` if it is not there.
pub fn number(name: &str, default: usize) -> Result<usize> {
    match argument(name) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .map_err(|error| format!("`{name} {text}`: {error}").into()),
    }
}
