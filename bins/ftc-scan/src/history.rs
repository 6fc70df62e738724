//! `--history`: what the runs that are remembered say of one failure.
//!
//! A store knows runs and what failed in them, not which tests ran. So a run counts as passed for a test only where
//! nothing failed for good in it, and it is a reading of the same log (by name and platform) with the same framework; any
//! other run without the failure proves nothing.

use std::io::{self, Write};

use ftc_cli::config::ScanFormat;
use ftc_cli::{CliError, Context, Styles};
use ftc_fingerprint::history::{History, Observation, Outcome, Rules, Verdict, classify};
use ftc_fingerprint::{Class, Fingerprint};
use ftc_state::{KnownFingerprint, Occurrence, Origin, Run};
use jiff::Timestamp;
use serde::Serialize;

use crate::plan::Plan;
use crate::render::text::{counted, one_line};
use crate::render::write_json_line;

/// Names the form of the JSON document.
const SCHEMA: &str = "ftc.scan.history/1";
/// Runs that a person is shown; JSON has all.
const MAX_SHOWN: usize = 20;

/// Prints the history of a failure.
pub fn print(
    known: &KnownFingerprint,
    occurrences: &[Occurrence],
    runs: &[Run],
    now: Timestamp,
    plan: &Plan,
    context: &mut Context,
) -> Result<(), CliError> {
    let document = Document::new(known, occurrences, runs, now);
    match plan.format {
        ScanFormat::Human => {
            let styles = Styles::of(context.stdout);
            context.print(|out| document.human(styles, out))
        }
        _ => context.print(|out| write_json_line(&document, out)),
    }
}

/// The answer.
#[derive(Debug, Serialize)]
struct Document {
    schema: &'static str,
    fingerprint: Fingerprint,
    repository: String,
    test: Option<String>,
    /// Runs of its logs that are remembered.
    runs: usize,
    failed: usize,
    passed_on_retry: usize,
    passed: usize,
    /// Runs that prove nothing of it.
    undecided: usize,
    first_seen: Option<Timestamp>,
    last_seen: Option<Timestamp>,
    rate: Rate,
    class: Class,
    confidence: f64,
    health: &'static str,
    evidence: Vec<String>,
    first_bad: Option<String>,
    quarantine_until: Option<Timestamp>,
    timeline: Vec<Entry>,
}

/// How often it fails in a good state.
#[derive(Debug, Serialize)]
struct Rate {
    failures: u64,
    runs: u64,
    mean: f64,
    /// Between these it is with the belief `level`.
    low: f64,
    high: f64,
    level: f64,
}

/// One run.
#[derive(Debug, Serialize)]
struct Entry {
    time: Timestamp,
    outcome: &'static str,
    commit: Option<String>,
    attempt: u32,
    file: String,
    platform: Option<String>,
}

impl Document {
    fn new(
        known: &KnownFingerprint,
        occurrences: &[Occurrence],
        runs: &[Run],
        now: Timestamp,
    ) -> Self {
        let seen: Vec<(&Run, Outcome)> = runs
            .iter()
            .filter_map(|run| Some((run, outcome(run, known, occurrences)?)))
            .collect();
        let history: History = seen
            .iter()
            .map(|(run, outcome)| observation(run, *outcome))
            .collect();
        let verdict = classify(None, &history, now, &Rules::default());
        let count = |wanted: Outcome| {
            seen.iter()
                .filter(|(_, outcome)| *outcome == wanted)
                .count()
        };
        let mut timeline: Vec<Entry> = seen
            .iter()
            .map(|(run, outcome)| entry(run, *outcome))
            .collect();
        timeline.sort_by_key(|entry| std::cmp::Reverse(entry.time));
        Self {
            schema: SCHEMA,
            fingerprint: known.fingerprint,
            repository: known.repository.to_string(),
            test: known.test.clone(),
            runs: seen.len(),
            failed: count(Outcome::Failed),
            passed_on_retry: count(Outcome::PassedOnRetry),
            passed: count(Outcome::Passed),
            undecided: count(Outcome::NotRun),
            first_seen: known.first_seen,
            last_seen: known.last_seen,
            rate: Rate::of(&verdict),
            class: verdict.classification.class,
            confidence: verdict.classification.confidence,
            health: verdict.health.as_str(),
            evidence: verdict
                .classification
                .evidence
                .iter()
                .map(|evidence| evidence.text.clone())
                .collect(),
            first_bad: verdict.first_bad.map(|bad| bad.commit),
            quarantine_until: verdict.quarantine_until,
            timeline,
        }
    }

    fn human(&self, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
        let (strong, dim) = (styles.strong, styles.dim);
        let title = self.test.as_deref().unwrap_or("(no test)");
        let short = self.fingerprint.short();
        writeln!(
            out,
            "{strong}{}{strong:#}  {dim}{short}{dim:#}",
            one_line(title)
        )?;
        let sure = (self.confidence * 100.0).round();
        writeln!(
            out,
            "  {strong}{}{strong:#}, {sure} % sure; {}",
            self.class, self.health
        )?;
        for evidence in &self.evidence {
            writeln!(out, "    {}", one_line(evidence))?;
        }
        let Rate {
            failures,
            runs,
            mean,
            low,
            high,
            ..
        } = self.rate;
        if runs == 0 {
            writeln!(
                out,
                "  no first attempt of a recent run tells how often it fails"
            )?;
        } else {
            let percent = |share: f64| format!("{:.1} %", share * 100.0);
            let (mean, low, high) = (percent(mean), percent(low), percent(high));
            let runs = counted(usize::try_from(runs).unwrap_or(usize::MAX), "run");
            writeln!(
                out,
                "  fails {mean} of the time, {low} to {high} ({failures} of {runs})"
            )?;
        }
        writeln!(
            out,
            "  {}: {} failed, {} passed on retry, {} passed, {} undecided",
            counted(self.runs, "run"),
            self.failed,
            self.passed_on_retry,
            self.passed,
            self.undecided
        )?;
        for (label, time) in [
            ("first seen", self.first_seen),
            ("last seen", self.last_seen),
            ("quarantine until", self.quarantine_until),
        ] {
            if let Some(time) = time {
                writeln!(out, "  {label} {time}")?;
            }
        }
        if let Some(commit) = &self.first_bad {
            writeln!(out, "  first bad commit {}", one_line(commit))?;
        }
        writeln!(out)?;
        for entry in self.timeline.iter().take(MAX_SHOWN) {
            let commit = entry.commit.as_deref().unwrap_or("(no commit)");
            let (outcome, file) = (entry.outcome, one_line(&entry.file));
            writeln!(
                out,
                "  {}  {outcome:<15}  {}  {dim}{file} attempt {}{dim:#}",
                entry.time,
                one_line(commit),
                entry.attempt
            )?;
        }
        match self.timeline.len().saturating_sub(MAX_SHOWN) {
            0 => Ok(()),
            more => writeln!(out, "  and {more} more; `--format json` has all"),
        }
    }
}

impl Rate {
    fn of(verdict: &Verdict) -> Self {
        let rate = &verdict.rate;
        Self {
            failures: rate.failures,
            runs: rate.runs,
            mean: rate.mean,
            low: rate.low,
            high: rate.high,
            level: rate.level,
        }
    }
}

/// What became of the failure's test in a run; `None` for a run of other logs.
fn outcome(run: &Run, known: &KnownFingerprint, occurrences: &[Occurrence]) -> Option<Outcome> {
    let own = occurrences
        .iter()
        .filter(|occurrence| occurrence.source.key() == run.source.key());
    let failures: Vec<_> = own.map(|occurrence| &occurrence.failure).collect();
    if let Some(first) = failures.first() {
        let passed = failures.iter().all(|failure| failure.passed_on_retry);
        debug_assert_eq!(first.fingerprint, known.fingerprint);
        return Some(if passed {
            Outcome::PassedOnRetry
        } else {
            Outcome::Failed
        });
    }
    let is_same_log = occurrences.iter().any(|occurrence| {
        occurrence.source.file_name() == run.source.file_name()
            && occurrence.platform == run.platform
    });
    if !is_same_log {
        return None;
    }
    let ran = run.frameworks.contains(&known.framework) && run.failed == 0;
    Some(match run.class {
        Class::Pass | Class::Flaky if ran => Outcome::Passed,
        _ => Outcome::NotRun,
    })
}

fn time(run: &Run) -> Timestamp {
    run.time.map_or(run.first_scanned, |(first, _)| first)
}

fn attempt(run: &Run) -> u32 {
    match run.source.origin() {
        Origin::Run { attempt, .. } => *attempt,
        _ => 1,
    }
}

fn observation(run: &Run, outcome: Outcome) -> Observation {
    let commit = run.commit.clone().unwrap_or_default();
    let variant = run.platform.clone().unwrap_or_default();
    Observation::new(commit, time(run), outcome)
        .on_unknown_branch()
        .attempt(attempt(run))
        .variant(variant)
}

fn entry(run: &Run, outcome: Outcome) -> Entry {
    Entry {
        time: time(run),
        outcome: match outcome {
            Outcome::Failed => "failed",
            Outcome::PassedOnRetry => "passed on retry",
            Outcome::Passed => "passed",
            _ => "undecided",
        },
        commit: run.commit.clone(),
        attempt: attempt(run),
        file: run.source.file_name().to_owned(),
        platform: run.platform.clone(),
    }
}
