//! Proof by reruns: the test has to pass so often that its failure can be believed gone.

use std::path::Path;

use ftc_gates::{GateId, GateResult, GateSpec, run_gate};
use ftc_vcs::ObjectId;

use super::{Attempt, Stop};
use crate::discover::why_red;
use crate::error::FailureError;
use crate::observe::{Event, Stage};
use crate::scan::FingerprintReader;

/// What ran before the change, and what therefore has to run after it.
pub(super) struct Baseline {
    pub(super) gate: GateId,
    /// Tests of the whole gate.
    pub(super) tests_run: Option<u64>,
    /// The command of the proof: the one test alone, where the gate can.
    argv: Vec<String>,
    /// Tests that this command runs, at least one.
    proof_tests: u64,
    /// How many runs the proof takes.
    pub(super) proof_runs: u64,
}

/// Runs the gate, and the command of the proof, on the unchanged worktree. Whether they pass says nothing here; how many
/// tests they run does.
pub(super) fn baseline(
    attempt: &Attempt<'_>,
    gate: &GateSpec,
    worktree: &Path,
) -> Result<Baseline, Stop> {
    let proof_runs = proof_runs(attempt)?;
    let tree = attempt.start.to_string();
    let whole = run(attempt, gate, &gate.argv, worktree, &tree, "baseline")?;
    let rerun = gate.rerun_argv(&attempt.tracked.test);
    let alone = match &rerun {
        Some(argv) => &run(attempt, gate, argv, worktree, &tree, "baseline-rerun")?,
        None => &whole,
    };
    let unproved = |reason: String| Stop::Failed(Stage::Proof, reason);
    let proof_tests = match alone.tests_run {
        Some(0) => {
            return Err(unproved(format!(
                "the command `rerun` of gate `{}` runs no test at the base commit, so it proves nothing",
                gate.id
            )));
        }
        None => {
            let ended = if alone.outcome.is_pass() {
                String::new()
            } else {
                format!("\nAt the base commit it ended red: {}", why_red(alone))
            };
            return Err(unproved(format!(
                "nothing that gate `{}` writes says how many tests ran, so a pass proves nothing; give it a JUnit report{ended}",
                gate.id
            )));
        }
        Some(tests) => tests,
    };
    Ok(Baseline {
        gate: gate.id.clone(),
        tests_run: whole.tests_run,
        argv: rerun.unwrap_or_else(|| gate.argv.clone()),
        proof_tests,
        proof_runs,
    })
}

fn proof_runs(attempt: &Attempt<'_>) -> Result<u64, Stop> {
    let rate = attempt.tracked.memo.rate.as_ref();
    let runs = rate
        .and_then(crate::rate::Rate::proof_runs)
        .ok_or(FailureError::NotMeasured)?;
    let most = attempt.cx.options.max_proof_runs;
    if runs > most {
        return Err(Stop::Failed(
            Stage::Proof,
            format!(
                "the test fails so rarely that a proof takes {runs} runs, and at most {most} are made; measure it with more runs, \
                 which narrows the interval"
            ),
        ));
    }
    Ok(runs)
}

/// Runs the test again and again on the changed tree. The first run that is not a pass ends the attempt.
pub(super) fn prove(
    attempt: &Attempt<'_>,
    gate: &GateSpec,
    baseline: &Baseline,
    worktree: &Path,
    tree: ObjectId,
) -> Result<(), Stop> {
    let of = baseline.proof_runs;
    for number in 1..=of {
        attempt.cx.hold().map_err(FailureError::from)?;
        let name = format!("proof/{number}");
        let result = run(
            attempt,
            gate,
            &baseline.argv,
            worktree,
            &tree.to_string(),
            &name,
        )?;
        let refuse = |what: String| {
            Err(Stop::Failed(
                Stage::Proof,
                format!("in run {number} of {of} {what}"),
            ))
        };
        let tests = result.tests_run.unwrap_or(0);
        if tests < baseline.proof_tests {
            return refuse(format!(
                "{tests} tests ran where {} ran before the change: the test is gone, or does not run any more",
                baseline.proof_tests
            ));
        }
        if !result.outcome.is_pass() {
            return refuse(format!("the test did not pass: {}", why(&result)));
        }
        if attempt.is_retried(&result, baseline.argv != gate.argv) {
            return refuse("the test passed only when its tool ran it again".to_owned());
        }
        attempt.cx.tell(&Event::Proved { run: number, of });
    }
    Ok(())
}

impl Attempt<'_> {
    /// Whether a tool hid a failure of the test by running it again. `alone`: no other test ran.
    fn is_retried(&self, result: &GateResult, alone: bool) -> bool {
        let test = &self.tracked.test;
        let mut names = result.passed_on_retry.iter();
        // A report may call a test by the end of its name, or by more of it.
        names.any(|name| alone || name.ends_with(test.as_str()) || test.ends_with(name.as_str()))
    }
}

fn why(result: &GateResult) -> String {
    match result.failed.first() {
        Some(failed) => format!(
            "{} failed: {}",
            failed.name.as_deref().unwrap_or("something without a test"),
            failed.message.lines().next().unwrap_or_default()
        ),
        None => format!("{}, {}", result.outcome.as_str(), result.reasons.join("; ")),
    }
}

fn run(
    attempt: &Attempt<'_>,
    gate: &GateSpec,
    argv: &[String],
    worktree: &Path,
    tree: &str,
    name: &str,
) -> Result<GateResult, Stop> {
    let artifacts = attempt.folder.join(name);
    let mut context = attempt.cx.gates(worktree, tree, &artifacts);
    context.reader = Some(&FingerprintReader);
    // A floor that is meant for the whole gate does not fit a single test.
    let mut gate = gate.clone();
    if argv != gate.argv {
        gate.evidence.min_tests = None;
        gate.reports
            .iter_mut()
            .for_each(|report| report.required = false);
    }
    Ok(run_gate(&gate, argv, &context).map_err(FailureError::from)?)
}
