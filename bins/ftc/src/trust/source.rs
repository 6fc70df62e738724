//! The gate file that is to be trusted.

use ftc_cli::{CliError, Context};
use ftc_durable::Digest;
use ftc_gates::{GATE_FILE, GateFile};
use ftc_vcs::{GitProgram, Repository};

use crate::args::TrustArgs;

/// A gate file as a commit has it.
pub struct Source {
    pub file: GateFile,
    /// Where it is, for people: the repository and the commit.
    pub origin: String,
    /// Whether the worktree holds another text.
    pub differs: bool,
}

impl Source {
    pub fn load(args: &TrustArgs, context: &Context) -> Result<Self, CliError> {
        let git = GitProgram::find(&context.env)
            .map_err(|error| with_hints(error.hints(), CliError::usage(error)))?;
        let directory = match &args.target {
            Some(directory) => context.directory.join(directory),
            None => context.directory.clone(),
        };
        let repository = Repository::open(&directory, &git)
            .map_err(|error| with_hints(error.hints(), CliError::usage(error)))?;
        let commit = repository
            .resolve(args.commit.as_deref().unwrap_or("HEAD"))
            .map_err(|error| with_hints(error.hints(), CliError::usage(error)))?;
        let file = GateFile::load(&repository, commit)
            .map_err(|error| with_hints(error.hints(), CliError::usage(error)))?;
        let place = repository.work_dir().unwrap_or(repository.git_dir());
        let differs = repository.work_dir().is_some_and(|worktree| {
            std::fs::read(worktree.join(GATE_FILE))
                .is_ok_and(|bytes| Digest::of_content(&bytes) != file.digest())
        });
        Ok(Self {
            origin: format!(
                "{} at commit {}",
                place.join(GATE_FILE).display(),
                commit.short()
            ),
            file,
            differs,
        })
    }
}

/// Adds the advice of an error that was taken apart before.
fn with_hints(hints: Vec<String>, error: CliError) -> CliError {
    hints.into_iter().fold(error, CliError::hint)
}
