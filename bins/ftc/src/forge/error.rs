//! What errors of the forge mean for the exit code.

use ftc_cli::{CliError, ExitCode};
use ftc_github::{Error, MergeError, MergeProblem, OpenForgeError};

/// An error of a call.
pub fn forge(error: Error) -> CliError {
    let code = code(&error);
    let hints = error.hints();
    with_hints(CliError::new(code, error), hints)
}

/// An error of opening or making a forge.
pub fn open(error: OpenForgeError) -> CliError {
    let code = if error.is_retryable() {
        ExitCode::TryAgain
    } else {
        ExitCode::Usage
    };
    let hints = error.hints();
    with_hints(CliError::new(code, error), hints)
}

/// An error of a merge.
pub fn merge(error: MergeError) -> CliError {
    let code = match &error {
        MergeError::Refused { .. } if error.is_retryable() => ExitCode::TryAgain,
        MergeError::Refused { problems, .. } => refused(problems),
        MergeError::Conflicted { .. } => ExitCode::Conflict,
        MergeError::Forge(error) => code(error),
        _ => ExitCode::No,
    };
    let hints = error.hints();
    with_hints(CliError::new(code, error), hints)
}

fn refused(problems: &[MergeProblem]) -> ExitCode {
    let is_approval = |problem: &MergeProblem| {
        matches!(
            problem,
            MergeProblem::StaleApproval(_) | MergeProblem::ChangesRequested(_)
        )
    };
    if problems.iter().all(is_approval) {
        ExitCode::NeedsApproval
    } else {
        ExitCode::No
    }
}

fn code(error: &Error) -> ExitCode {
    match error {
        _ if error.is_retryable() || error.is_ambiguous() => ExitCode::TryAgain,
        Error::Forbidden { .. } => ExitCode::No,
        Error::Conflict { .. } => ExitCode::Conflict,
        _ => ExitCode::Usage,
    }
}

fn with_hints(error: CliError, hints: Vec<String>) -> CliError {
    hints.into_iter().fold(error, CliError::hint)
}
