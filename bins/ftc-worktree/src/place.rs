//! Finding the repository and its pool.

use std::path::PathBuf;

use ftc_cli::{CliError, Context, ExitCode};
use ftc_vcs::{GitProgram, Repository};
use ftc_worktree::{Pool, PoolOptions, Recovery};

use crate::args::PlaceArgs;

/// A repository, and where its pool is or will be.
pub struct Place {
    pub repository: Repository,
    pub root: PathBuf,
    options: PoolOptions,
}

impl Place {
    pub fn find(args: &PlaceArgs, keep: &[String], context: &Context) -> Result<Self, CliError> {
        let git = GitProgram::find(&context.env)
            .map_err(|error| with_hints(error.is_retryable(), error.hints(), error))?;
        let directory = match &args.repository {
            Some(directory) => context.directory.join(directory),
            None => context.directory.clone(),
        };
        let repository = Repository::open(&directory, &git)
            .map_err(|error| with_hints(error.is_retryable(), error.hints(), error))?;
        let root = match &args.root {
            Some(root) => context.directory.join(root),
            None => Pool::default_root(&repository).ok_or_else(|| {
                let message = format!(
                    "repository `{}` has no worktree to put a pool into",
                    repository.common_dir().display()
                );
                CliError::usage(message).hint("give the folder of the pool with `--root DIR`")
            })?,
        };
        let options = PoolOptions {
            capacity: args.capacity.get(),
            keep: keep.to_vec(),
            ..PoolOptions::default()
        };
        Ok(Self {
            repository,
            root,
            options,
        })
    }

    /// The pool for looking at; nothing is changed, or made.
    pub fn look(&self) -> Result<Pool, CliError> {
        Pool::look(&self.repository, &self.root, self.options.clone())
            .map_err(|error| with_hints(error.is_retryable(), error.hints(), error))
    }

    /// Opens the pool, and tells what was out of order.
    pub fn open(self, context: &mut Context) -> Result<Pool, CliError> {
        let (pool, recovery) = Pool::open(&self.repository, &self.root, self.options)
            .map_err(|error| with_hints(error.is_retryable(), error.hints(), error))?;
        tell(&recovery, context);
        Ok(pool)
    }
}

fn tell(recovery: &Recovery, context: &mut Context) {
    for slot in &recovery.reclaimed {
        let saved = slot.salvage.as_ref().map_or_else(String::new, |salvage| {
            format!("; its work is saved as `{}`", salvage.reference)
        });
        context.warn(&format!(
            "slot {} was taken back from `{}` ({}){saved}",
            slot.slot,
            slot.owner,
            slot.reason.name()
        ));
    }
    for slot in &recovery.quarantined {
        context.warn(&format!(
            "slot {} is under quarantine: {}: look at `{}`, then remove it",
            slot.slot,
            slot.reason,
            slot.path.display()
        ));
    }
    for slot in &recovery.removed {
        context.note(&format!("slot {slot} was half there and is forgotten"));
    }
    for slot in &recovery.scrubbed {
        context.note(&format!("slot {slot} was half clean and is clean now"));
    }
}

/// An error of a library as the end of the program.
pub fn with_hints(
    is_retryable: bool,
    hints: Vec<String>,
    error: impl std::error::Error + Send + Sync + 'static,
) -> CliError {
    let code = if is_retryable {
        ExitCode::TryAgain
    } else {
        ExitCode::Usage
    };
    coded(code, hints, error)
}

/// An error of a library as the end of the program, with an exit code of its own.
pub fn coded(
    code: ExitCode,
    hints: Vec<String>,
    error: impl std::error::Error + Send + Sync + 'static,
) -> CliError {
    let error = CliError::new(code, error);
    hints.into_iter().fold(error, CliError::hint)
}
