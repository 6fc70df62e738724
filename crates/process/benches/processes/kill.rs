//! Whether trees that try to escape are gone after a timeout, and how soon.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::path::Path;
use std::time::{Duration, Instant};

use ftc_process::{Event, SpawnError};

use crate::escape::{ESCAPES, Escape};
use crate::figure::{milliseconds, percentile};
use crate::support::{Result, number, print_table};
use crate::watch::Watch;
use crate::yard::{Hold, Yard};

/// How long somebody may be left before he counts as a survivor.
pub const LIMIT: Duration = Duration::from_secs(3);

/// The 99th of a hundred times to empty.
pub const TARGET: Duration = Duration::from_millis(100);

const LATE_COLUMN: usize = 4;

/// What was seen of the runs of one tree.
#[derive(Default)]
pub struct Tally {
    pub runs: usize,
    /// In how many all processes had come up before the kill.
    pub complete: usize,
    /// How many trees had somebody left when we said that nobody was.
    pub late: usize,
    pub survived: usize,
    pub times: Vec<Duration>,
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.complete += other.complete;
        self.late += other.late;
        self.survived += other.survived;
        self.times.extend(&other.times);
    }

    /// Without `late`, which is nothing to ask of who was killed.
    pub fn row(&self, hold: Hold, name: &str) -> Vec<String> {
        let time = |percent| {
            if self.times.is_empty() {
                return "-".to_owned();
            }
            milliseconds(percentile(&self.times, percent))
        };
        let kept = self.survived == 0 && self.late == 0 && percentile(&self.times, 99) <= TARGET;
        vec![
            hold.name().to_owned(),
            name.to_owned(),
            format!("{} / {}", self.complete, self.runs),
            self.survived.to_string(),
            time(50),
            time(99),
            time(100),
            match (hold, kept) {
                (Hold::Group, _) => "not promised",
                (_, true) => "yes",
                (_, false) => "no",
            }
            .to_owned(),
        ]
    }
}

pub const HEADER: [&str; 8] = [
    "held by",
    "tree",
    "complete / runs",
    "survivors",
    "p50 ms",
    "p99 ms",
    "most ms",
    "0 survivors, p99 ≤ 100 ms",
];

pub fn measure() -> Result<()> {
    println!("\n## Timeouts of trees that try to escape\n");
    let yard = match Yard::new()? {
        Ok(yard) => yard,
        Err(missing) => {
            println!("not run: there is no `{missing}` on this machine");
            return Ok(());
        }
    };
    let runs = number("--runs", 1000)?;
    let timeout = Duration::from_millis(number("--timeout-ms", 120)? as u64);
    let mut rows = Vec::new();
    let mut number = 0;
    for hold in Hold::ALL {
        let escapes = || {
            ESCAPES
                .iter()
                .filter(|escape| !(escape.kills_parent && hold == Hold::Group))
        };
        // Where survivors are expected there is no need for many.
        let runs = if hold == Hold::Group {
            runs.div_ceil(10)
        } else {
            runs
        };
        let mut tallies: Vec<(&Escape, Tally)> =
            escapes().map(|escape| (escape, Tally::default())).collect();
        let kinds = tallies.len();
        for run in 0..runs {
            let (escape, tally) = &mut tallies[run % kinds];
            let place = yard.place(number)?;
            number += 1;
            tally.add(&time_out(&yard, &place, escape, hold, timeout)?);
        }
        let mut all = Tally::default();
        for (escape, tally) in &tallies {
            all.add(tally);
            rows.push(with_late(tally, tally.row(hold, escape.name)));
        }
        rows.push(with_late(&all, all.row(hold, "**together**")));
    }
    println!(
        "The time is from the kill to the end of the last process; late: somebody was left when `run` returned.\n"
    );
    let mut header = HEADER.to_vec();
    header.insert(LATE_COLUMN, "late");
    print_table(&header, &rows);
    yard.close()
}

fn with_late(tally: &Tally, mut row: Vec<String>) -> Vec<String> {
    row.insert(LATE_COLUMN, tally.late.to_string());
    row
}

fn time_out(
    yard: &Yard,
    place: &Path,
    escape: &Escape,
    hold: Hold,
    timeout: Duration,
) -> Result<Tally> {
    let watch = Watch::new(place)?;
    let spawn = Yard::at(yard.path())
        .root(place, escape, hold)
        .timeout(timeout);
    let mut killed_at = None;
    let result = spawn.run_with(&mut |event| {
        if matches!(event, Event::Stopping { .. } | Event::Killing) {
            killed_at = Some(Instant::now());
        }
    });
    let returned = Instant::now();
    // The pipe first: the list takes its time.
    let was_empty = watch.is_empty()? && yard.inhabitants()?.is_empty();
    match result {
        Ok(_) if !escape.kills_parent => {}
        Err(SpawnError::Breached { .. }) if escape.kills_parent => {}
        Ok(outcome) => return Err(format!("{}: {outcome:?}", escape.name).into()),
        Err(error) => return Err(format!("{}: {error:?}", escape.name).into()),
    }
    let gone = watch.wait_until_empty(LIMIT)?;
    let killed_at = if escape.kills_parent {
        gone.last_up
    } else {
        killed_at
    };
    let mut tally = Tally {
        runs: 1,
        ..Tally::default()
    };
    tally.complete = usize::from(gone.up == escape.members);
    tally.late = usize::from(!was_empty);
    match gone.empty_at {
        Some(at) => tally
            .times
            .push(at.saturating_duration_since(killed_at.unwrap_or(returned))),
        None => tally.survived = 1,
    }
    if !was_empty {
        tally.survived = usize::from(tally.survived == 1 || is_inhabited_for(yard, LIMIT)?);
        yard.clear(place)?;
    }
    Ok(tally)
}

/// Whether somebody is still there after `limit`.
pub fn is_inhabited_for(yard: &Yard, limit: Duration) -> Result<bool> {
    let started = Instant::now();
    while !yard.inhabitants()?.is_empty() {
        if started.elapsed() > limit {
            return Ok(true);
        }
    }
    Ok(false)
}
