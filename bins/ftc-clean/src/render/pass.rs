//! The report of a pass.

use std::io::{self, Write};

use ftc_cli::{CliError, Context, ExitCode, printable};
use ftc_flaky::{Discovery, Effects, FailureError, FailureReport, PassReport};
use ftc_github::PlannedWrite;
use serde::Serialize;

const SCHEMA: &str = "ftc.clean-pass/1";

/// The report as JSON.
#[derive(Serialize)]
pub struct Document<'a> {
    schema: &'static str,
    dry_run: bool,
    discovery: Option<DiscoveryDocument<'a>>,
    failures: Vec<FailureDocument<'a>>,
    writes: Vec<WriteDocument<'a>>,
}

#[derive(Serialize)]
struct DiscoveryDocument<'a> {
    read: u64,
    failed: u64,
    unexplained: u64,
    first_unexplained: Option<&'a str>,
    silent: u64,
    commit: Option<&'a str>,
    held: Vec<HeldDocument<'a>>,
    unreadable: Vec<UnreadableDocument<'a>>,
}

#[derive(Serialize)]
struct HeldDocument<'a> {
    failure: &'a str,
    test: Option<&'a str>,
    reason: &'a str,
}

#[derive(Serialize)]
struct UnreadableDocument<'a> {
    path: String,
    reason: &'a str,
}

#[derive(Serialize)]
struct FailureDocument<'a> {
    fingerprint: String,
    test: &'a str,
    state: &'static str,
    path: Vec<&'static str>,
    issue: Option<u64>,
    pull: Option<u64>,
    waits_for: Option<&'a str>,
    error: Option<String>,
}

#[derive(Serialize)]
struct WriteDocument<'a> {
    effect: String,
    number: Option<u64>,
    summary: String,
    target: String,
    write: &'a PlannedWrite,
}

impl<'a> Document<'a> {
    pub fn new(report: &'a PassReport, effects: Effects) -> Self {
        Self {
            schema: SCHEMA,
            dry_run: effects == Effects::Rehearsed,
            discovery: report.discovery.as_ref().map(discovery),
            failures: report.failures.iter().map(failure).collect(),
            writes: report
                .writes
                .iter()
                .map(|sent| WriteDocument {
                    effect: sent.effect.to_string(),
                    number: sent.number.map(|number| number.0),
                    summary: sent.write.summary(),
                    target: sent.write.target(),
                    write: &sent.write,
                })
                .collect(),
        }
    }
}

fn discovery(discovery: &Discovery) -> DiscoveryDocument<'_> {
    DiscoveryDocument {
        read: discovery.read,
        failed: discovery.failed,
        unexplained: discovery.unexplained,
        first_unexplained: discovery.first_unexplained.as_deref(),
        silent: discovery.silent,
        commit: discovery.commit.as_deref(),
        held: discovery
            .held
            .iter()
            .map(|held| HeldDocument {
                failure: &held.failure,
                test: held.test.as_deref(),
                reason: &held.reason,
            })
            .collect(),
        unreadable: discovery
            .unreadable
            .iter()
            .map(|unreadable| UnreadableDocument {
                path: unreadable.path.display().to_string(),
                reason: &unreadable.reason,
            })
            .collect(),
    }
}

fn failure(report: &FailureReport) -> FailureDocument<'_> {
    FailureDocument {
        fingerprint: report.lifecycle.fingerprint.to_string(),
        test: &report.test,
        state: report.lifecycle.state.as_str(),
        path: report.path.iter().map(|state| state.as_str()).collect(),
        issue: report.lifecycle.issue,
        pull: report.lifecycle.pull,
        waits_for: report.waits_for.as_deref(),
        error: report.error.as_ref().map(ToString::to_string),
    }
}

/// The report for a person.
pub fn human(report: &PassReport, effects: Effects, context: &mut Context) -> Result<(), CliError> {
    context.print(|out| {
        if let Some(discovery) = &report.discovery {
            found(discovery, out)?;
        }
        for failure in &report.failures {
            one(failure, out)?;
        }
        if report.failures.is_empty() {
            writeln!(out, "no test is known to be flaky")?;
        }
        writes(report, effects, out)
    })
}

fn found(discovery: &Discovery, out: &mut dyn Write) -> io::Result<()> {
    let at = discovery
        .commit
        .as_deref()
        .map_or_else(String::new, |commit| {
            format!(" at {}", commit.get(..12).unwrap_or(commit))
        });
    writeln!(
        out,
        "{} read{at}, {} with failures",
        runs(discovery.read),
        discovery.failed
    )?;
    let telling = discovery
        .read
        .saturating_sub(discovery.unexplained + discovery.silent);
    if discovery.commit.is_some() && discovery.failed == 0 && telling > 0 {
        writeln!(
            out,
            "  no failure in {}: a test that fails in {} of its runs or more would have shown itself with a probability of 95 %",
            runs(telling),
            percent(1.0 - 0.05_f64.powf(1.0 / to_float(telling)))
        )?;
    }
    if discovery.silent > 0 {
        writeln!(
            out,
            "  {} green without saying that any test ran; a JUnit report (`reports:` in gates.yaml) says it",
            runs_were(discovery.silent)
        )?;
    }
    if discovery.unexplained > 0 {
        writeln!(
            out,
            "  {} red without saying what failed{}",
            runs_were(discovery.unexplained),
            discovery
                .first_unexplained
                .as_deref()
                .map_or_else(String::new, |why| format!(": {}", indented(why)))
        )?;
    }
    if let (Some(logs), true) = (
        &discovery.logs,
        discovery.unexplained + discovery.silent > 0,
    ) {
        writeln!(
            out,
            "  their logs are in {}",
            printable(&logs.display().to_string())
        )?;
    }
    for held in &discovery.held {
        let test = held.test.as_deref().unwrap_or("a failure without a test");
        writeln!(
            out,
            "  no issue for {} {}: {}",
            held.failure,
            printable(test),
            printable(&held.reason)
        )?;
    }
    for unreadable in &discovery.unreadable {
        let path = unreadable.path.display().to_string();
        writeln!(
            out,
            "  not read: {}: {}",
            printable(&path),
            printable(&unreadable.reason)
        )?;
    }
    Ok(())
}

/// So many runs, in words.
fn runs(count: u64) -> String {
    match count {
        1 => "1 run".to_owned(),
        more => format!("{more} runs"),
    }
}

fn runs_were(count: u64) -> String {
    let verb = if count == 1 { "was" } else { "were" };
    format!("{} {verb}", runs(count))
}

/// The lines after the first below it.
fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    lines.join("\n    ")
}

fn one(report: &FailureReport, out: &mut dyn Write) -> io::Result<()> {
    let lifecycle = &report.lifecycle;
    let issue = lifecycle.issue.map(|issue| format!("  issue #{issue}"));
    let pull = lifecycle.pull.map(|pull| format!("  pull request #{pull}"));
    writeln!(
        out,
        "{} {}  {}{}{}",
        lifecycle.fingerprint.short(),
        printable(&report.test),
        lifecycle.state,
        issue.unwrap_or_default(),
        pull.unwrap_or_default(),
    )?;
    if let Some(waits_for) = &report.waits_for {
        writeln!(out, "  waits for {}", printable(waits_for))?;
    }
    Ok(())
}

fn writes(report: &PassReport, effects: Effects, out: &mut dyn Write) -> io::Result<()> {
    let verb = match effects {
        Effects::Real => "written to the forge",
        Effects::Rehearsed => "would be written to the forge",
    };
    match report.writes.len() {
        0 => writeln!(out, "nothing {verb}"),
        count => {
            writeln!(out, "{verb}: {count}")?;
            for sent in &report.writes {
                writeln!(out, "  {}", printable(&sent.write.summary()))?;
            }
            Ok(())
        }
    }
}

/// The error of one failure, with the failure named.
pub fn failure_error(report: &FailureReport, error: &FailureError) -> CliError {
    let mut chain = vec![error.to_string()];
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        chain.push(cause.to_string());
        source = cause.source();
    }
    let name = report.lifecycle.fingerprint.short();
    let text = format!(
        "{name} {} stays in {}: {}",
        report.test,
        report.lifecycle.state,
        chain.join(": ")
    );
    error
        .hints()
        .into_iter()
        .fold(CliError::new(ExitCode::Partial, text), CliError::hint)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of runs are far below 2^52"
)]
fn to_float(count: u64) -> f64 {
    count as f64
}

fn percent(share: f64) -> String {
    format!("{:.0} %", (share * 100.0).ceil())
}
