//! The gates of the base commit, on the changed tree.

use std::path::Path;

use ftc_gates::{GateFile, GateResult, GateRun, Outcome, Verdict};
use ftc_vcs::ObjectId;

use super::proof::Baseline;
use super::{Attempt, Stop};
use crate::error::FailureError;
use crate::observe::Stage;
use crate::scan::FingerprintReader;

/// Runs all gates; everything but a pass ends the attempt.
pub(super) fn run(
    attempt: &Attempt<'_>,
    gates: &GateFile,
    baseline: &Baseline,
    worktree: &Path,
    tree: ObjectId,
) -> Result<GateRun, Stop> {
    let artifacts = attempt.folder.join("gates");
    let mut context = attempt.cx.gates(worktree, tree.to_string(), &artifacts);
    context.base = Some(attempt.start.to_string());
    context.reader = Some(&FingerprintReader);
    let run = ftc_gates::run(gates, &context).map_err(FailureError::from)?;
    if run.verdict != Verdict::Pass {
        return Err(Stop::Failed(Stage::Gates, reasons(&run)));
    }
    fewer_tests(&run, baseline)?;
    Ok(run)
}

/// Why the verdict is no pass: the first gate that stands in the way in the first line, everything below.
fn reasons(run: &GateRun) -> String {
    let red: Vec<&GateResult> = run
        .gates
        .iter()
        .filter(|gate| !gate.outcome.is_pass() && !gate.advisory)
        .collect();
    let first = match red.first() {
        Some(gate) => said(gate),
        None => run.reasons.join("; "),
    };
    let mut lines = vec![format!(
        "the verdict of the gates is {}: {first}",
        run.verdict
    )];
    for gate in red {
        lines.push(format!("- {}", said(gate)));
        lines.extend(gate.failed.iter().take(3).map(|failed| {
            let name = failed.name.as_deref().unwrap_or("a failure without a test");
            format!("  - {name}: {}", first_line(&failed.message))
        }));
    }
    lines.join("\n")
}

fn said(gate: &GateResult) -> String {
    let why = match &gate.outcome {
        Outcome::Cancelled { because } => because.clone(),
        _ => gate.reasons.join("; "),
    };
    format!("gate `{}`: {} ({why})", gate.id, gate.outcome.as_str())
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// A change may not make tests disappear.
fn fewer_tests(run: &GateRun, baseline: &Baseline) -> Result<(), Stop> {
    let gate = run.gates.iter().find(|gate| gate.id == baseline.gate);
    match (gate.and_then(|gate| gate.tests_run), baseline.tests_run) {
        (Some(now), Some(before)) if now < before => Err(Stop::Failed(
            Stage::Gates,
            format!("{now} tests ran where {before} ran before: the change takes tests away"),
        )),
        (None, Some(before)) => Err(Stop::Failed(
            Stage::Gates,
            format!("nothing says how many tests ran, where {before} ran before"),
        )),
        _ => Ok(()),
    }
}
