//! What an error of a library means for the exit code.

use std::error::Error;

use ftc_changeset::{ExecError, ExecutorError};
use ftc_cli::{CliError, ExitCode};

/// Input that cannot be used, with the advice of the library.
pub fn usage(error: impl Error + Send + Sync + 'static, hints: Vec<String>) -> CliError {
    hints
        .into_iter()
        .fold(CliError::usage(error), CliError::hint)
}

/// A tree that cannot be worked on.
pub fn of_executor(error: ExecutorError) -> CliError {
    let code = if error.is_retryable() {
        ExitCode::TryAgain
    } else {
        ExitCode::Usage
    };
    let hints = error.hints();
    hints
        .into_iter()
        .fold(CliError::new(code, error), CliError::hint)
}

/// A change that was not made.
pub fn of_execution(error: ExecError) -> CliError {
    let code = match &error {
        ExecError::Conflict { .. }
        | ExecError::Drifted { .. }
        | ExecError::PlanReused { .. }
        | ExecError::ApprovalUsed { .. } => ExitCode::Conflict,
        ExecError::RolledBack { left_alone, .. } if !left_alone.is_empty() => ExitCode::Conflict,
        ExecError::RolledBack { .. } | ExecError::Stage(_) => ExitCode::RolledBack,
        ExecError::RecoveryNeeded { .. }
        | ExecError::RollbackFailed { .. }
        | ExecError::Unfinished { .. } => ExitCode::TryAgain,
        error if error.is_retryable() => ExitCode::TryAgain,
        _ => ExitCode::Usage,
    };
    let mut hints = error.hints();
    if code == ExitCode::TryAgain && !matches!(error, ExecError::Busy(_)) {
        hints.push("`ftc-change recover` ends what was left behind".to_owned());
    }
    hints
        .into_iter()
        .fold(CliError::new(code, error), CliError::hint)
}
