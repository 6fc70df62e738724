//! From the errors of the libraries to the one that ends the program.

use std::error::Error;

use ftc_cli::{CliError, ExitCode};

/// An error that knows whether to try again, and what to tell a person.
pub trait Hinted: Error + Send + Sync + Sized + 'static {
    /// What it means for the exit code.
    fn code(&self) -> ExitCode;
    /// What a person can do about it.
    fn advice(&self) -> Vec<String>;
}

macro_rules! hinted {
    ($($error:ty),* $(,)?) => {
        $(impl Hinted for $error {
            fn code(&self) -> ExitCode {
                if self.is_retryable() { ExitCode::TryAgain } else { ExitCode::Usage }
            }

            fn advice(&self) -> Vec<String> {
                self.hints()
            }
        })*
    };
}

hinted!(
    ftc_agent::ProfileError,
    ftc_cli::trust::TrustError,
    ftc_flaky::ParseSourceError,
    ftc_github::Error,
    ftc_github::MergeError,
    ftc_github::OpenForgeError,
    ftc_process::SpawnError,
    ftc_state::OpenError,
    ftc_state::ParseStoreUrlError,
    ftc_state::StoreError,
    ftc_vcs::GitProgramError,
    ftc_vcs::OpenError,
    ftc_worktree::OpenPoolError,
);

/// The error of the program, with the advice of the library's.
pub fn failed(error: impl Hinted) -> CliError {
    let advice = error.advice();
    advice
        .into_iter()
        .fold(CliError::new(error.code(), error), CliError::hint)
}
