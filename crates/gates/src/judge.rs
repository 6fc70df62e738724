//! Outcomes and verdicts: pure functions over what is known.

use std::time::Duration;

use ftc_process::{Containment, End, Stop};

use crate::reading::{Reading, listed};
use crate::result::{GateResult, Outcome, Verdict};
use crate::spec::{GateSpec, Leaks};

/// How a program ended.
pub(crate) struct Ended {
    pub(crate) end: End,
    pub(crate) stopped: Option<Stop>,
    pub(crate) containment: Containment,
    pub(crate) leaked: bool,
    pub(crate) survivors_killed: u32,
}

/// What becomes of a gate when whoever runs it wants no more of it.
pub(crate) fn interrupted() -> Outcome {
    Outcome::Cancelled {
        because: "the run was interrupted".to_owned(),
    }
}

/// The outcome of a gate that was run, and why it is not a pass.
///
/// What certainly failed is told before what could not be found out: the tree is red whatever else went wrong.
pub(crate) fn outcome(spec: &GateSpec, ended: &Ended, reading: &Reading) -> (Outcome, Vec<String>) {
    if ended.stopped == Some(Stop::Cancelled) {
        return (interrupted(), Vec::new());
    }
    if let Some(stop) = ended.stopped {
        return (Outcome::Timeout, vec![stop_reason(spec, stop)]);
    }
    let succeeded = ended
        .end
        .code()
        .is_some_and(|code| spec.success.contains(&code));
    let failed = (!reading.failed.is_empty()).then(|| failed_reason(reading));
    if !succeeded {
        let reasons = [ended.end.to_string()].into_iter().chain(failed);
        return (
            Outcome::Fail,
            reasons.chain(reading.problems.iter().cloned()).collect(),
        );
    }
    if let Some(failed) = failed {
        return (
            Outcome::Fail,
            vec![format!(
                "inconsistent: {} means success, but {failed}",
                ended.end
            )],
        );
    }
    if spec.leaks == Leaks::Fail && ended.leaked {
        return (Outcome::Fail, vec![left_behind(ended.survivors_killed)]);
    }
    let mut problems = reading.problems.clone();
    if spec.leaks == Leaks::Fail && ended.containment == Containment::Group {
        problems.push(
            "whether it left processes behind cannot be told: they are counted only with a shim"
                .to_owned(),
        );
    }
    if !problems.is_empty() {
        return (Outcome::Error, problems);
    }
    evidence(spec, reading)
}

/// In words. One that was seen by its output alone is not counted.
pub(crate) fn left_behind(survivors: u32) -> String {
    match survivors {
        0 | 1 => "it left a process behind".to_owned(),
        count => format!("it left {count} processes behind"),
    }
}

fn evidence(spec: &GateSpec, reading: &Reading) -> (Outcome, Vec<String>) {
    match (spec.evidence.min_tests, reading.tests_run) {
        (Some(floor), None) => (
            Outcome::Error,
            vec![format!(
                "evidence: at least {floor} must run, and neither report nor log says how many tests ran"
            )],
        ),
        (Some(floor), Some(run)) if run < floor => (
            Outcome::Fail,
            vec![format!(
                "evidence: {} ran, and at least {floor} must",
                tests(run)
            )],
        ),
        _ => (Outcome::Pass, Vec::new()),
    }
}

fn tests(count: u64) -> String {
    match count {
        1 => "1 test".to_owned(),
        count => format!("{count} tests"),
    }
}

fn failed_reason(reading: &Reading) -> String {
    let names: Vec<&str> = reading
        .failed
        .iter()
        .filter_map(|test| test.name.as_deref())
        .collect();
    let count = reading.failed.len() as u64;
    if names.is_empty() {
        return match count {
            1 => "1 failure is reported".to_owned(),
            count => format!("{count} failures are reported"),
        };
    }
    format!("{} failed: {}", tests(count), listed(names.into_iter()))
}

fn stop_reason(spec: &GateSpec, stop: Stop) -> String {
    match stop {
        Stop::IdleTimeout => format!(
            "stopped: it printed nothing for {}",
            shown(spec.idle_timeout.unwrap_or_default())
        ),
        _ => format!("stopped: it ran for {}", shown(spec.timeout)),
    }
}

fn shown(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    match milliseconds {
        0..1_000 => format!("{milliseconds}ms"),
        1_000..60_000 => format!("{}s", duration.as_secs()),
        _ if duration.as_secs().is_multiple_of(60) => format!("{}m", duration.as_secs() / 60),
        _ => format!("{}m {}s", duration.as_secs() / 60, duration.as_secs() % 60),
    }
}

/// The verdict over all gates of a file, and why it is not a pass. The one place that decides it.
///
/// Gates that advise and gates that were not selected have no say. With nobody to say anything nothing is proved.
pub(crate) fn verdict(gates: &[GateResult]) -> (Verdict, Vec<String>) {
    let deciding = || {
        gates
            .iter()
            .filter(|gate| !gate.advisory && !matches!(gate.outcome, Outcome::Skipped { .. }))
    };
    if deciding().next().is_none() {
        let reason = "no required gate was to be run, so nothing is proved";
        return (Verdict::Error, vec![reason.to_owned()]);
    }
    let reasons: Vec<String> = deciding()
        .filter(|gate| !gate.outcome.is_pass())
        .map(reason)
        .collect();
    let is_red = |gate: &GateResult| matches!(gate.outcome, Outcome::Fail | Outcome::Timeout);
    let verdict = if reasons.is_empty() {
        Verdict::Pass
    } else if deciding().any(is_red) {
        Verdict::Fail
    } else {
        Verdict::Error
    };
    (verdict, reasons)
}

fn reason(gate: &GateResult) -> String {
    let detail = match &gate.outcome {
        Outcome::Cancelled { because } => Some(because),
        _ => gate.reasons.first(),
    };
    match detail {
        Some(detail) => format!("gate `{}`: {}: {detail}", gate.id, gate.outcome),
        None => format!("gate `{}`: {}", gate.id, gate.outcome),
    }
}
