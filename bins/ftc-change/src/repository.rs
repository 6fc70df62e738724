//! The repository and the folders of a run.

use std::path::{Path, PathBuf};

use ftc_changeset::ExecutorOptions;
use ftc_cli::{CliError, Context, state_directory};
use ftc_vcs::{GitProgram, ObjectId, Repository};

use crate::args::KeyArgs;
use crate::failure::usage;

/// Opens the repository that `path` is in.
pub fn open(path: &Path, context: &Context) -> Result<Repository, CliError> {
    let git = GitProgram::find(&context.env).map_err(|error| {
        let hints = error.hints();
        usage(error, hints)
    })?;
    Repository::open(path, &git).map_err(|error| {
        let hints = error.hints();
        usage(error, hints)
    })
}

/// The commit that `revision` names.
pub fn resolve(repository: &Repository, revision: &str) -> Result<ObjectId, CliError> {
    repository.resolve(revision).map_err(|error| {
        let hints = error.hints();
        usage(error, hints)
    })
}

/// The working tree of a repository.
pub fn work_dir(repository: &Repository) -> Result<PathBuf, CliError> {
    repository.work_dir().map(Path::to_owned).ok_or_else(|| {
        let path = repository.git_dir().display();
        CliError::usage(format!("repository `{path}` has no working tree"))
    })
}

/// How the executor works for this person.
pub fn executor_options(keys: &KeyArgs, context: &Context) -> Result<ExecutorOptions, CliError> {
    let directory = match &keys.key_dir {
        Some(directory) => context.directory.join(directory),
        None => state_directory(&context.env).ok_or_else(|| {
            CliError::usage("neither `XDG_STATE_HOME` nor `HOME` says where the key is")
                .hint("name a folder of your own with `--key-dir`")
        })?,
    };
    Ok(ExecutorOptions::new(directory)
        .env(context.env.clone())
        .actor(user(context))
        .host(host()))
}

/// The person, for the audit log. Not proof of anything.
pub fn user(context: &Context) -> String {
    let name = context
        .env
        .var("USER")
        .or_else(|| context.env.var("LOGNAME"));
    name.filter(|name| !name.is_empty())
        .unwrap_or("unknown")
        .to_owned()
}

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "this machine".to_owned(), |name| name.trim().to_owned())
}
