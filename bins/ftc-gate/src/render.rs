//! A run for a person.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use anstyle::Style;
use ftc_cli::{Styles, Terminal, printable};
use ftc_gates::{GateResult, GateRun, Outcome, RUN_FILE, Verdict};

/// Failed tests that are shown with what they said.
const SHOWN_TESTS: usize = 5;

/// Last lines of the log that are shown where no test is named.
const SHOWN_LINES: usize = 10;

/// Writes one line for each gate, what stands in the way below it, and the verdict. Paths are shown from `directory`.
pub fn write_run(
    run: &GateRun,
    artifacts: &Path,
    directory: &Path,
    terminal: Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    let styles = Styles::of(terminal);
    let width = run
        .gates
        .iter()
        .map(|gate| gate.id.as_str().len())
        .max()
        .unwrap_or(0);
    for gate in &run.gates {
        write_gate(gate, width, directory, styles, out)?;
    }
    write_verdict(run, styles, out)?;
    write_shortfalls(run, styles, out)?;
    let result = artifacts.join(RUN_FILE);
    writeln!(out, "  {}", shown_path(&result, directory))
}

fn write_gate(
    gate: &GateResult,
    width: usize,
    directory: &Path,
    styles: Styles,
    out: &mut dyn Write,
) -> io::Result<()> {
    let style = style(&gate.outcome, styles);
    let (outcome, id, dim) = (&gate.outcome, &gate.id, styles.dim);
    write!(
        out,
        "{style}{outcome:9}{style:#}  {id:width$}  {dim}{:4}{dim:#}",
        gate.tier
    )?;
    if gate.exit.is_some() {
        write!(out, "  {}", seconds(gate.duration_ms))?;
    }
    if let Some(tests) = gate.tests_run {
        let noun = if tests == 1 { "test" } else { "tests" };
        write!(out, "  {tests} {noun}")?;
    }
    if gate.advisory {
        write!(out, "  {dim}(only advises){dim:#}")?;
    }
    writeln!(out)?;
    let because = match &gate.outcome {
        Outcome::Skipped { because } | Outcome::Cancelled { because } => Some(because),
        _ => None,
    };
    for reason in because.into_iter().chain(&gate.reasons) {
        writeln!(out, "  {}", printable(reason))?;
    }
    for note in &gate.notes {
        writeln!(out, "  {dim}note: {}{dim:#}", printable(note))?;
    }
    if !gate.outcome.is_pass() {
        write_evidence(gate, styles, out)?;
        if let Some(log) = &gate.log {
            writeln!(out, "  log: {}", shown_path(log, directory))?;
        }
    }
    Ok(())
}

/// What a person should look at first: the failed tests, or the end of the log.
fn write_evidence(gate: &GateResult, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
    let dim = styles.dim;
    for test in gate.failed.iter().take(SHOWN_TESTS) {
        let name = test.name.as_deref().unwrap_or("(no test)");
        let said = test.message.lines().next().unwrap_or_default();
        writeln!(
            out,
            "    {}: {dim}{}{dim:#}",
            printable(name),
            printable(said)
        )?;
    }
    if gate.failed.is_empty() {
        let lines: Vec<&str> = gate.tail.lines().collect();
        for line in &lines[lines.len().saturating_sub(SHOWN_LINES)..] {
            writeln!(out, "    {dim}{}{dim:#}", printable(line))?;
        }
    }
    Ok(())
}

fn write_verdict(run: &GateRun, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
    let style = match run.verdict {
        Verdict::Pass => styles.good,
        Verdict::Fail => styles.error,
        _ => styles.warning,
    };
    let selected = run
        .gates
        .iter()
        .filter(|gate| !matches!(gate.outcome, Outcome::Skipped { .. }));
    let passed = selected
        .clone()
        .filter(|gate| gate.outcome.is_pass())
        .count();
    let short: String = run.tree.chars().take(12).collect();
    let part = if run.whole {
        ""
    } else {
        ", a part of the gates"
    };
    writeln!(
        out,
        "\n{style}{}{style:#}: {passed} of {} gates passed on tree {short}{part}",
        run.verdict,
        selected.count()
    )?;
    // What stands in the way of a gate was told below it.
    let is_told = |gate: &GateResult| {
        !gate.advisory
            && !gate.outcome.is_pass()
            && !matches!(gate.outcome, Outcome::Skipped { .. })
    };
    if !run.gates.iter().any(is_told) {
        for reason in &run.reasons {
            writeln!(out, "  {}", printable(reason))?;
        }
    }
    Ok(())
}

/// What a person may think of gates and cannot: that they were confined.
fn write_shortfalls(run: &GateRun, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
    let confined = run.gates.iter().filter_map(|gate| gate.confined.as_ref());
    let missing: BTreeSet<&str> = confined
        .flat_map(|confined| confined.missing.iter().map(String::as_str))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let dim = styles.dim;
    writeln!(out, "  {dim}not all gates could be confined wholly:{dim:#}")?;
    for shortfall in missing {
        writeln!(out, "    {dim}{}{dim:#}", printable(shortfall))?;
    }
    Ok(())
}

fn style(outcome: &Outcome, styles: Styles) -> Style {
    match outcome {
        Outcome::Pass => styles.good,
        Outcome::Fail | Outcome::Timeout => styles.error,
        Outcome::Error => styles.warning,
        _ => styles.dim,
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{}s", milliseconds / 1000, milliseconds % 1000 / 100)
}

fn shown_path(path: &Path, directory: &Path) -> String {
    printable(
        &path
            .strip_prefix(directory)
            .unwrap_or(path)
            .display()
            .to_string(),
    )
}
