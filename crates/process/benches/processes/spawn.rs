//! What it costs to run `true`.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it measures the peers and prints"
)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ftc_process::{Shim, Spawn, find_program};
use process_wrap::std::{CommandWrap, ProcessGroup, ProcessSession};

use crate::figure::{Ratio, microseconds};
use crate::support::{Result, Way, number, paired, print_table};

const NAMES: [&str; 9] = [
    "std `Command::status`",
    "std `Command::output`",
    "ours, no shim",
    "ours, `ftc-shim`, static",
    "ours, `ftc-shim`, static, no cgroup",
    "ours, `ftc-shim`, dynamic",
    "ours, this program as shim",
    "process-wrap, group",
    "process-wrap, session",
];

/// The most that each may take of the time of the first, where there is a target.
const TARGETS: [Option<f64>; 9] = [
    None,
    None,
    Some(1.5),
    Some(3.5),
    Some(3.5),
    Some(3.5),
    Some(5.0),
    None,
    None,
];

/// The most that ours may take with a big heap of what they take with a small one.
const HEAP_TARGET: f64 = 1.3;

pub fn measure() -> Result<()> {
    let rounds = number("--rounds", 20)?;
    let blocks = number("--blocks", 15)?;
    let program = find_program("true", None, std::env::var_os("PATH").as_deref())
        .ok_or("no `true` on this machine")?;
    let runs = Runs::new(program);
    let mut small: Vec<Way> = Vec::new();
    let mut big: Vec<Way> = Vec::new();
    measure_block(&runs, 3)?;
    for _ in 0..blocks {
        append(&mut small, measure_block(&runs, rounds)?);
        let heap = touched_heap();
        append(&mut big, measure_block(&runs, rounds)?);
        drop(heap);
    }
    println!("\n## Starting and waiting for `true`\n");
    println!(
        "{} runs of each way with a small heap and as many with 1 GiB of touched memory. Ratios: median of the pairs / minima.\n",
        rounds * blocks
    );
    let rows: Vec<Vec<String>> = (0..NAMES.len())
        .map(|index| row(index, &small, &big))
        .collect();
    print_table(
        &[
            "way",
            "median µs",
            "min µs",
            "to `Command::status`",
            "target",
            "kept",
            "1 GiB heap, median µs",
            "1 GiB heap to small",
            "target",
            "kept",
        ],
        &rows,
    );
    Ok(())
}

/// One after the other in turn; but the last apart, because a `fork` of a big heap slows down whoever comes after it, too.
fn measure_block(runs: &Runs, rounds: usize) -> Result<Vec<Way>> {
    let (last, others) = NAMES.split_last().ok_or("nothing to measure")?;
    let mut ways = paired(others, rounds, |index| runs.time(index))?;
    ways.extend(paired(&[*last], rounds, |_| runs.time(others.len()))?);
    Ok(ways)
}

fn row(index: usize, small: &[Way], big: &[Way]) -> Vec<String> {
    let ratio = |way: &Way, base: &Way| Ratio {
        median: way.ratio_to(base),
        min: way.min_ratio_to(base),
    };
    let to_std = ratio(&small[index], &small[0]);
    let to_small = ratio(&big[index], &small[index]);
    let target = TARGETS[index];
    let none = || [String::new(), String::new()];
    let mut row = vec![
        small[index].name.to_owned(),
        microseconds(small[index].median()),
        microseconds(small[index].min()),
        to_std.text(),
    ];
    row.extend(target.map_or_else(none, |most| to_std.against(most)));
    row.push(microseconds(big[index].median()));
    row.push(to_small.text());
    row.extend(target.map_or_else(none, |_| to_small.against(HEAP_TARGET)));
    row
}

fn append(all: &mut Vec<Way>, block: Vec<Way>) {
    if all.is_empty() {
        *all = block;
        return;
    }
    for (way, new) in all.iter_mut().zip(block) {
        way.times.extend(new.times);
    }
}

/// A heap whose every page is there: `fork` copies the tables of all of them.
fn touched_heap() -> Vec<u8> {
    let mut heap = vec![0_u8; 1 << 30];
    heap.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
    black_box(heap)
}

/// Builds `ftc-shim` as its README says it is to be shipped.
fn static_shim() -> Result<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("static");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args([
            "rustc",
            "--quiet",
            "--release",
            "--locked",
            "--bin",
            "ftc-shim",
        ])
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .args(["--", "-C", "target-feature=+crt-static"])
        .stdin(Stdio::null())
        .status()?;
    if !built.success() {
        return Err("it does not build".into());
    }
    Ok(target.join("release/ftc-shim"))
}

struct Runs {
    program: PathBuf,
    shims: [Option<Shim>; 5],
}

impl Runs {
    fn new(program: PathBuf) -> Self {
        let dynamic = Shim::at(env!("CARGO_BIN_EXE_ftc-shim"));
        let fixed = static_shim().map_or_else(
            |error| {
                println!("There is no static `ftc-shim`, and its rows are those of the dynamic one: {error}");
                dynamic.clone()
            },
            Shim::at,
        );
        let shims = [
            None,
            Some(fixed.clone()),
            Some(fixed.without_cgroup()),
            Some(dynamic),
            Some(Shim::this_program()),
        ];
        Self { program, shims }
    }

    fn time(&self, index: usize) -> Result<Duration> {
        let started = Instant::now();
        let success = match index {
            0 => self.quiet().status()?.success(),
            1 => self
                .quiet()
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .output()?
                .status
                .success(),
            2..7 => self.ours(self.shims[index - 2].as_ref())?,
            7 => wrapped(self.quiet(), |command| {
                command.wrap(ProcessGroup::leader());
            })?,
            _ => wrapped(self.quiet(), |command| {
                command.wrap(ProcessSession);
            })?,
        };
        let time = started.elapsed();
        if success {
            Ok(time)
        } else {
            Err(format!("{}: `true` failed", NAMES[index]).into())
        }
    }

    fn quiet(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn ours(&self, shim: Option<&Shim>) -> Result<bool> {
        let mut spawn = Spawn::new([&self.program]);
        if let Some(shim) = shim {
            spawn = spawn.shim(shim.clone());
        }
        Ok(spawn.run()?.success())
    }
}

fn wrapped(command: Command, wrap: impl FnOnce(&mut CommandWrap)) -> Result<bool> {
    let mut command = CommandWrap::from(command);
    wrap(&mut command);
    Ok(command.spawn()?.wait()?.success())
}
