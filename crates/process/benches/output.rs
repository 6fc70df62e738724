//! Reading what a child prints, against a bare loop that throws it away, against `tee`, and against the standard library.
//!
//! `cargo bench -p ftc-process --bench output [-- --rounds 7 --mib 2048]`. The child is this program again, which writes zeros in
//! pieces of 64 KiB. Each run is made by a fresh process, again this program, which tells how long the run took and by how
//! much its largest resident size grew.

mod support;

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read as _, Write as _, pipe};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ftc_process::{ParentEnv, Spawn};
use support::{Result, argument, number, paired, print_table};

const METHODS: [&str; 7] = [
    "bare read loop, 256 KiB",
    "default capture",
    "capture and observer",
    "capture and spill",
    "capture and digest",
    "sh -c 'CHILD | tee FILE >/dev/null'",
    "Command::output()",
];

fn main() -> Result<()> {
    if let Some(bytes) = argument("--write") {
        return write_zeros(bytes.parse()?);
    }
    let mib = number("--mib", 2048)?;
    let rounds = number("--rounds", 7)?;
    if let Some(method) = argument("--measure") {
        return measure(method.parse()?, (mib as u64) << 20);
    }
    let mut growth_kib = [0; METHODS.len()];
    let ways = paired(&METHODS, rounds, |index| {
        let (time, growth) = measure_in_fresh_process(index, mib)?;
        growth_kib[index] = growth.max(growth_kib[index]);
        Ok(time)
    })?;
    let base = &ways[0];
    let tee = &ways[5];
    let rows: Vec<Vec<String>> = ways
        .iter()
        .zip(growth_kib)
        .map(|(way, growth)| {
            vec![
                way.name.to_owned(),
                format!("{:.3}", way.median().as_secs_f64()),
                format!("{:.3}", way.min().as_secs_f64()),
                format!("{:.2} / {:.2}", way.ratio_to(base), way.min_ratio_to(base)),
                format!("{:.2} / {:.2}", way.ratio_to(tee), way.min_ratio_to(tee)),
                format!("{:.1}", f64::from(growth) / 1024.0),
            ]
        })
        .collect();
    let header = [
        "way",
        "median s",
        "min s",
        "to bare, median / min",
        "to tee, median / min",
        "growth MiB",
    ];
    print_table(&header, &rows);
    Ok(())
}

fn write_zeros(bytes: u64) -> Result<()> {
    let piece = vec![0; 64 << 10];
    // Not through the standard library's line buffer, which looks for line ends.
    let mut out = File::from(std::io::stdout().as_fd().try_clone_to_owned()?);
    let mut rest = bytes;
    while rest > 0 {
        let length = usize::try_from(rest).unwrap_or(usize::MAX).min(piece.len());
        out.write_all(&piece[..length])?;
        rest -= length as u64;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "it measures the peers too")]
fn measure_in_fresh_process(method: usize, mib: usize) -> Result<(Duration, u32)> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--measure", &method.to_string(), "--mib", &mib.to_string()])
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let (nanoseconds, growth) = text.trim().split_once(' ').ok_or("no measurement")?;
    Ok((Duration::from_nanos(nanoseconds.parse()?), growth.parse()?))
}

#[expect(clippy::print_stdout, reason = "the process that asked reads it")]
fn measure(method: usize, bytes: u64) -> Result<()> {
    let child = [
        std::env::current_exe()?.into_os_string(),
        "--write".into(),
        bytes.to_string().into(),
    ];
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let file = folder.path().join("output");
    if matches!(method, 3 | 5 | 6) {
        warm_up(&file, bytes)?;
    }
    let spawn = Spawn::new(child.clone()).inherit_from(&ParentEnv::capture());
    let before = resident_kib("VmRSS")?;
    let started = Instant::now();
    let seen = match method {
        0 => bare(&child)?,
        1 => spawn.run()?.stdout.total_bytes(),
        2 => {
            let mut seen = 0;
            spawn.run_with(&mut |event| {
                if let ftc_process::Event::Output { bytes, .. } = event {
                    seen += bytes.len() as u64;
                }
            })?;
            seen
        }
        3 => {
            let spill = spawn.spill_to(&file, u64::MAX).run()?.spill;
            spill.ok_or("no spill")?.written_bytes
        }
        4 => spawn.digest().run()?.stdout.total_bytes(),
        5 => tee(&child, &file)?,
        _ => output(&child)?,
    };
    let time = started.elapsed();
    let growth = resident_kib("VmHWM")? - before;
    if seen != bytes {
        return Err(format!("{}: {seen} of {bytes} bytes", METHODS[method]).into());
    }
    println!("{} {growth}", time.as_nanos());
    Ok(())
}

/// Makes and removes such a file, so that what takes much memory, of the page cache or its own, gets some that was used before. What a virtual machine has never
/// touched costs it several times as much, and whichever way came upon it would pay.
fn warm_up(file: &Path, bytes: u64) -> Result<()> {
    let piece = vec![0; 256 << 10];
    let mut out = File::create_new(file)?;
    let mut rest = bytes;
    while rest > 0 {
        out.write_all(&piece)?;
        rest = rest.saturating_sub(piece.len() as u64);
    }
    drop(out);
    Ok(std::fs::remove_file(file)?)
}

#[expect(clippy::disallowed_methods, reason = "this is a peer")]
fn bare(child: &[OsString]) -> Result<u64> {
    let (mut reader, writer) = pipe()?;
    rustix::pipe::fcntl_setpipe_size(&reader, 1 << 20)?;
    let mut started = Command::new(&child[0])
        .args(&child[1..])
        .stdout(writer)
        .spawn()?;
    let mut piece = vec![0; 256 << 10];
    let mut total = 0;
    loop {
        let length = reader.read(&mut piece)?;
        if length == 0 {
            break;
        }
        total += length as u64;
    }
    started.wait()?;
    Ok(total)
}

#[expect(clippy::disallowed_methods, reason = "this is a peer")]
fn tee(child: &[OsString], file: &Path) -> Result<u64> {
    Command::new("sh")
        .args([
            "-c",
            "file=$1; shift; \"$@\" | tee \"$file\" >/dev/null",
            "sh",
        ])
        .arg(file)
        .args(child)
        .status()?;
    Ok(file.metadata()?.len())
}

#[expect(clippy::disallowed_methods, reason = "this is a peer")]
fn output(child: &[OsString]) -> Result<u64> {
    let output = Command::new(&child[0]).args(&child[1..]).output()?;
    Ok(output.stdout.len() as u64)
}

/// A figure about this process from `/proc/self/status`, in KiB.
fn resident_kib(name: &str) -> Result<u32> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(value.ok_or("no such figure")?.parse()?)
}
