//! Health checks: whether the tree still works after the change.

use std::time::{Duration, Instant};

use ftc_process::{Cancel, Spawn, SpawnError, Stop};
use ftc_redact::clean;
use serde::{Deserialize, Serialize};

use super::found::Found;
use super::options::ExecutorOptions;
use super::root::Root;
use super::state_dir::STATE_DIR;
use crate::{HealthCheck, HealthCheckKind};

/// How much of what a failing command wrote is kept.
const CAPTURE_BYTES: usize = 8 << 10;
const DETAIL_BYTES: usize = 2 << 10;

/// What a health check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct HealthReport {
    /// The check.
    pub id: String,
    /// Whether it passed.
    pub passed: bool,
    /// Whether the change depends on it.
    pub required: bool,
    /// What was found.
    pub detail: String,
    /// How long it took.
    pub duration_ms: u64,
}

/// Runs one check, for no longer than it and `limit` allow.
pub(super) fn check(
    check: &HealthCheck,
    limit: Duration,
    root: &Root,
    options: &ExecutorOptions,
) -> HealthReport {
    let started = Instant::now();
    let (passed, detail) = match &check.check {
        HealthCheckKind::Command { argv, success } => {
            let timeout = Duration::from_millis(check.timeout_ms).min(limit);
            command(argv, success, timeout, root, options)
        }
        HealthCheckKind::File {
            path,
            exists,
            sha256,
        } => match root.find(path) {
            Ok(Found::File(state)) => {
                let right = *exists && sha256.is_none_or(|sha256| sha256 == state.sha256);
                (right, format!("`{path}` has sha256 {}", state.sha256))
            }
            Ok(Found::Missing) => (!*exists, format!("`{path}` is absent")),
            Ok(other) => (false, format!("`{path}` is {other}")),
            Err(error) => (false, format!("`{path}` cannot be read: {error}")),
        },
    };
    HealthReport {
        id: check.id.clone(),
        passed,
        required: check.required,
        detail,
        duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

fn command(
    argv: &[String],
    success: &[i32],
    timeout: Duration,
    root: &Root,
    options: &ExecutorOptions,
) -> (bool, String) {
    match spawn(argv, timeout, root, options).run() {
        Ok(outcome) if outcome.stopped == Some(Stop::Cancelled) => {
            (false, "interrupted".to_owned())
        }
        Ok(outcome) if outcome.timed_out => (false, format!("no end within {timeout:?}")),
        Ok(outcome) => {
            let passed = outcome
                .end
                .code()
                .is_some_and(|code| success.contains(&code));
            let mut detail = outcome.end.to_string();
            let text = format!("{}{}", outcome.stdout.to_text(), outcome.stderr.to_text());
            if !passed && !text.trim().is_empty() {
                detail = format!("{detail}: {}", clean(text.trim(), DETAIL_BYTES));
            }
            (passed, detail)
        }
        // A check that kills the process that holds it proves nothing, whatever it printed.
        Err(error @ SpawnError::Breached { .. }) => (false, format!("breached: {error}")),
        Err(_) if is_cancelled(options) => (false, "interrupted".to_owned()),
        Err(error) => (false, error.to_string()),
    }
}

fn is_cancelled(options: &ExecutorOptions) -> bool {
    options.cancel.as_ref().is_some_and(Cancel::is_cancelled)
}

fn spawn(argv: &[String], timeout: Duration, root: &Root, options: &ExecutorOptions) -> Spawn {
    let mut spawn = Spawn::new(argv)
        .directory(root.path())
        .inherit_from(&options.env)
        .timeout(timeout)
        .capture_limit(CAPTURE_BYTES);
    if let Some(shim) = &options.shim {
        spawn = spawn.shim(shim.clone());
    }
    if let Some(confinement) = &options.confinement {
        let confinement = confinement.clone().readable(root.path());
        spawn = spawn.confine(confinement.hidden(root.path().join(STATE_DIR)));
    }
    if let Some(cancel) = &options.cancel {
        spawn = spawn.cancel_on(cancel);
    }
    spawn
}
