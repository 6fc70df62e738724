//! Running gates.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ftc_durable::{WriteError, write_atomic};
use jiff::Timestamp;
use uuid::Uuid;

use crate::context::{Event, RunContext};
use crate::file::GateFile;
use crate::gate::{prepare, run_gate};
use crate::id::GateId;
use crate::judge;
use crate::result::{GateResult, GateRun, Outcome, RUN_FILE, SCHEMA};
use crate::spec::{GateSpec, Tier};

/// Runs the selected gates one after the other: all fast ones before the first slow one. When a required fast gate has not
/// passed, the slow ones are cancelled.
///
/// The answer is also written to [`RUN_FILE`] in the artifacts directory, whose old one is removed before the first gate
/// starts: an answer that is there is that of a run that came to its end. A gate that is red, hangs or cannot be started is a
/// result, not an error. Blocks until all is done.
pub fn run(file: &GateFile, context: &RunContext<'_>) -> Result<GateRun, RunError> {
    check_selection(file, context)?;
    prepare(context)?;
    let path = context.artifacts.join(RUN_FILE);
    remove_old(&path)?;
    let started_at = Timestamp::now();
    let started = Instant::now();
    let gates = run_all(file, context)?;
    if context.is_cancelled() {
        return Err(RunError::Interrupted);
    }
    let (verdict, reasons) = judge::verdict(&gates);
    let run = GateRun {
        schema: SCHEMA.to_owned(),
        run_id: Uuid::now_v7().to_string(),
        tree: context.tree.clone(),
        base: context.base.clone(),
        gate_file: file.digest(),
        started_at,
        duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        whole: file.gates.iter().all(|gate| context.selects(gate)),
        verdict,
        reasons,
        gates,
    };
    write(&path, &run)?;
    context.tell(Event::Decided { run: &run });
    Ok(run)
}

fn check_selection(file: &GateFile, context: &RunContext<'_>) -> Result<(), RunError> {
    match context
        .selection
        .only
        .iter()
        .find(|id| file.gate(id).is_none())
    {
        None => Ok(()),
        Some(unknown) => Err(RunError::UnknownGate {
            id: unknown.clone(),
            known: file.gates.iter().map(|gate| gate.id.clone()).collect(),
        }),
    }
}

fn remove_old(path: &Path) -> Result<(), RunError> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(RunError::RemoveOld {
            path: path.to_owned(),
            source,
        }),
    }
}

fn run_all(file: &GateFile, context: &RunContext<'_>) -> Result<Vec<GateResult>, RunError> {
    let mut results: Vec<GateResult> = Vec::new();
    for tier in [Tier::Fast, Tier::Slow] {
        let red = results.iter().find(|result| stands_in_the_way(result));
        let because = red.map(|red| format!("gate `{}` did not pass", red.id));
        for spec in file.gates.iter().filter(|spec| spec.tier == tier) {
            if context.is_cancelled() {
                return Err(RunError::Interrupted);
            }
            let outcome = if !context.selects(spec) {
                Outcome::Skipped {
                    because: "it was not selected".to_owned(),
                }
            } else if let Some(because) = because.clone() {
                Outcome::Cancelled { because }
            } else {
                results.push(run_gate(spec, &spec.argv, context)?);
                continue;
            };
            let result = GateResult::not_started(spec, outcome);
            context.tell(Event::Finished { result: &result });
            results.push(result);
        }
    }
    Ok(results)
}

fn stands_in_the_way(result: &GateResult) -> bool {
    !result.advisory
        && !result.outcome.is_pass()
        && !matches!(result.outcome, Outcome::Skipped { .. })
}

fn write(path: &Path, run: &GateRun) -> Result<(), RunError> {
    let mut json = serde_json::to_vec_pretty(run).expect("a run has only strings as keys");
    json.push(b'\n');
    write_atomic(path, &json).map_err(|source| RunError::Write {
        path: path.to_owned(),
        source,
    })
}

impl RunContext<'_> {
    pub(crate) fn tell(&self, event: Event<'_>) {
        if let Some(observer) = self.observer {
            observer.event(&event);
        }
    }

    fn selects(&self, spec: &GateSpec) -> bool {
        let selection = &self.selection;
        selection.tier.is_none_or(|tier| spec.tier == tier)
            && (selection.only.is_empty() || selection.only.contains(&spec.id))
    }
}

/// Why gates could not be run. What happened before stays on the disk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// There is no such directory to run gates in.
    #[error("worktree `{path}` is not a directory")]
    Worktree {
        /// The path.
        path: PathBuf,
    },
    /// A gate was asked for that the file does not have.
    #[error("there is no gate `{id}`")]
    UnknownGate {
        /// The gate.
        id: GateId,
        /// Those that there are.
        known: Vec<GateId>,
    },
    /// The directory for logs could not be made.
    #[error("failed to make the artifacts directory `{path}`")]
    Artifacts {
        /// The directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The answer of an earlier run could not be removed.
    #[error("failed to remove the earlier gate run `{path}`")]
    RemoveOld {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Whoever runs it wants no more of it: the gate that ran was ended, and nothing says what the tree is worth.
    #[error("the gate run was interrupted")]
    Interrupted,
    /// The result could not be written.
    #[error("failed to write the gate run `{path}`")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: WriteError,
    },
}

impl RunError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Write { source, .. } => source.is_retryable(),
            Self::Interrupted => true,
            Self::Worktree { .. }
            | Self::UnknownGate { .. }
            | Self::Artifacts { .. }
            | Self::RemoveOld { .. } => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::UnknownGate { known, .. } => {
                let known: Vec<&str> = known.iter().map(GateId::as_str).collect();
                vec![format!("there are: {}", known.join(", "))]
            }
            Self::Write { source, .. } => source.hints(),
            Self::Worktree { .. }
            | Self::Artifacts { .. }
            | Self::RemoveOld { .. }
            | Self::Interrupted => Vec::new(),
        }
    }
}
