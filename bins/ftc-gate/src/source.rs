//! Where the gates come from.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ftc_cli::trust::{Trust, require_trust};
use ftc_cli::{CliError, Context, ExitCode, printable_argv};
use ftc_durable::Digest;
use ftc_gates::{GATE_FILE, GateFile, LoadGatesError};
use ftc_vcs::{GitProgram, ObjectId, Repository};

use crate::args::SourceArgs;

/// A gate file is written by hand; what is larger is something else.
const FILE_LIMIT_BYTES: u64 = 2 << 20;

/// A repository with a worktree, and the gates that are to be run in it.
pub struct Source {
    pub repository: Repository,
    pub worktree: PathBuf,
    /// The commit that the gate file was read from.
    pub base: Option<ObjectId>,
    pub file: GateFile,
    /// What the gate file is called.
    pub origin: String,
}

impl Source {
    pub fn load(args: &SourceArgs, context: &mut Context) -> Result<Self, CliError> {
        let git = GitProgram::find(&context.env)
            .map_err(|error| with_hints(error.hints(), CliError::usage(error)))?;
        let directory = match &args.repository {
            Some(directory) => context.directory.join(directory),
            None => context.directory.clone(),
        };
        let repository = Repository::open(&directory, &git)
            .map_err(|error| with_hints(error.hints(), CliError::usage(error)))?;
        let Some(worktree) = repository.work_dir().map(Path::to_owned) else {
            let message = format!("`{}` has no worktree to run gates in", directory.display());
            return Err(CliError::usage(message));
        };
        let (file, base, origin) = if let Some(path) = &args.gates {
            let origin = path.display().to_string();
            let file = read_named(&context.directory.join(path), &origin)?;
            (file, None, origin)
        } else {
            let (file, commit) = read_committed(args, &repository, &worktree, context)?;
            let origin = format!("{}:{GATE_FILE}", commit.short());
            (file, Some(commit), origin)
        };
        Ok(Self {
            repository,
            worktree,
            base,
            file,
            origin,
        })
    }

    /// Whether the gates may run: the person has named the file, or has allowed its content.
    pub fn is_trusted(&self, context: &Context) -> Result<bool, CliError> {
        if self.base.is_none() {
            return Ok(true);
        }
        Ok(Trust::load(&context.env)?.allows(&self.file.digest().to_string()))
    }

    /// Ends the command unless the gates may run.
    pub fn require_trust(&self, args: &SourceArgs, context: &Context) -> Result<(), CliError> {
        let Some(base) = self.base else {
            return Ok(());
        };
        let mut command = vec!["ftc".to_owned(), "trust".to_owned()];
        if args.base.is_some() {
            command.extend(["--commit".to_owned(), base.short()]);
        }
        command.extend(
            args.repository
                .iter()
                .map(|path| path.display().to_string()),
        );
        let command = printable_argv(&command);
        require_trust(&context.env, self.file.digest(), &self.origin, &command)
    }
}

fn read_committed(
    args: &SourceArgs,
    repository: &Repository,
    worktree: &Path,
    context: &mut Context,
) -> Result<(GateFile, ObjectId), CliError> {
    let revision = args.base.as_deref().unwrap_or("HEAD");
    let commit = repository
        .resolve(revision)
        .map_err(|error| with_hints(error.hints(), CliError::usage(error)))?;
    let file = GateFile::load(repository, commit).map_err(load_error)?;
    let differs = std::fs::read(worktree.join(GATE_FILE))
        .is_ok_and(|bytes| Digest::of_content(&bytes) != file.digest());
    if differs {
        context.warn(&format!(
            "`{GATE_FILE}` in the worktree differs from that of commit `{}`, which is the one that counts",
            commit.short()
        ));
    }
    Ok((file, commit))
}

fn load_error(error: LoadGatesError) -> CliError {
    let code = if error.is_retryable() {
        ExitCode::TryAgain
    } else {
        ExitCode::Usage
    };
    let is_absent = error.is_absent();
    let error = with_hints(error.hints(), CliError::new(code, error));
    if is_absent {
        error.hint("or name a file of your own with `--gates FILE`")
    } else {
        error
    }
}

/// Reads a file that the person has named on the command line.
fn read_named(path: &Path, origin: &str) -> Result<GateFile, CliError> {
    let read = || -> io::Result<String> {
        let mut text = String::new();
        File::open(path)?
            .take(FILE_LIMIT_BYTES)
            .read_to_string(&mut text)?;
        Ok(text)
    };
    let text = read().map_err(|source| {
        CliError::usage(ReadError {
            path: path.to_owned(),
            source,
        })
    })?;
    GateFile::parse(&text, origin)
        .map_err(|error| with_hints(error.hints(), CliError::usage(error)))
}

#[derive(Debug, thiserror::Error)]
#[error("failed to read the gate file `{}`", path.display())]
struct ReadError {
    path: PathBuf,
    source: io::Error,
}

/// Adds the advice of an error that was taken apart before.
pub fn with_hints(hints: Vec<String>, error: CliError) -> CliError {
    hints.into_iter().fold(error, CliError::hint)
}
