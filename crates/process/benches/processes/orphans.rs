//! Whether trees that try to escape are gone after our own SIGKILL, and how soon.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a copy is started without what is measured"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::escape::{ESCAPES, Escape};
use crate::kill::{HEADER, LIMIT, Tally, is_inhabited_for};
use crate::support::{Result, argument, number, print_table};
use crate::watch::Watch;
use crate::yard::{Hold, Yard};

/// How long a tree may take until all of it is up.
const START_LIMIT: Duration = Duration::from_secs(20);

pub fn measure() -> Result<()> {
    println!("\n## Our own SIGKILL\n");
    let yard = match Yard::new()? {
        Ok(yard) => yard,
        Err(missing) => {
            println!("not run: there is no `{missing}` on this machine");
            return Ok(());
        }
    };
    let runs = number("--runs", 200)?.min(200);
    let escapes: Vec<(usize, &Escape)> = ESCAPES
        .iter()
        .enumerate()
        .filter(|(_, escape)| !escape.kills_parent)
        .collect();
    let mut rows = Vec::new();
    let mut number = 0;
    for hold in Hold::ALL {
        // Without a shim nobody is there to kill: a few runs show it.
        let runs = if hold == Hold::Group {
            runs.div_ceil(20)
        } else {
            runs
        };
        let mut all = Tally::default();
        for run in 0..runs {
            let (index, escape) = escapes[run % escapes.len()];
            let place = yard.place(number)?;
            number += 1;
            all.add(&orphan(&yard, &place, index, escape, hold)?);
        }
        rows.push(all.row(hold, "all in turn"));
    }
    println!(
        "A copy of this program runs the tree and is killed when the tree is up. The time is from that kill.\n"
    );
    print_table(&HEADER, &rows);
    yard.close()
}

fn orphan(yard: &Yard, place: &Path, index: usize, escape: &Escape, hold: Hold) -> Result<Tally> {
    let watch = Watch::new(place)?;
    let mut copy = Command::new(std::env::current_exe()?)
        .arg("--hold-yard")
        .arg(yard.path())
        .arg("--place")
        .arg(place)
        .args(["--escape", &index.to_string(), "--hold", hold.name()])
        .stdin(Stdio::null())
        .spawn()?;
    let mut tally = Tally {
        runs: 1,
        ..Tally::default()
    };
    tally.complete = usize::from(watch.wait_until_up(escape.members, START_LIMIT).is_some());
    let killed_at = Instant::now();
    copy.kill()?;
    copy.wait()?;
    let empty_at = watch.wait_until_empty(LIMIT)?.empty_at;
    let deserted = !is_inhabited_for(yard, LIMIT)?;
    let gone_at = Instant::now();
    match empty_at {
        // Who holds no witness, and the shim, are seen by the list only, which is slower than the witness.
        Some(at) if deserted => tally
            .times
            .push(at.max(gone_at).saturating_duration_since(killed_at)),
        _ => tally.survived = 1,
    }
    if tally.survived == 1 {
        yard.clear(place)?;
    }
    Ok(tally)
}

/// Runs a tree until somebody kills this process, if this is a copy.
pub fn run_if_asked() -> Result<bool> {
    let (Some(yard), Some(place)) = (argument("--hold-yard"), argument("--place")) else {
        return Ok(false);
    };
    let name = argument("--hold").ok_or("how?")?;
    let hold = Hold::ALL
        .into_iter()
        .find(|hold| hold.name() == name)
        .ok_or("how?")?;
    let escape = &ESCAPES[number("--escape", 0)?];
    let outcome = Yard::at(yard.as_ref())
        .root(place.as_ref(), escape, hold)
        .run()?;
    Err(format!("{}: it ended by itself: {outcome:?}", escape.name).into())
}
