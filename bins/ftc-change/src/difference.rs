//! What a worktree differs from a commit by, as a ChangeSet.

use std::path::Path;

use ftc_changeset::{
    BlobStore, ChangePlan, ChangeSet, ChangeSetBuilder, Mode, OldFile, Refusal, RepoPath,
};
use ftc_cli::CliError;
use ftc_vcs::{FileChange, FileMode, FileState, ObjectId, Repository};

use crate::failure::usage;

/// A ChangeSet, and what was changed but cannot be said in one.
pub struct Difference {
    pub change_set: ChangeSet,
    pub refusals: Vec<Refusal>,
}

/// Reads what `worktree` differs from `base` by. The bytes go into `blobs`.
pub fn read(
    repository: &Repository,
    base: ObjectId,
    worktree: &Path,
    plan: &ChangePlan,
    blobs: &dyn BlobStore,
) -> Result<Difference, CliError> {
    let changes = repository.diff_worktree(base, worktree).map_err(|error| {
        let hints = error.hints();
        usage(error, hints)
    })?;
    if changes.is_empty() {
        return Err(CliError::usage(format!(
            "`{}` does not differ from commit `{}`",
            worktree.display(),
            base.short()
        )));
    }
    let mut builder = ChangeSet::builder(plan);
    let mut refusals = Vec::new();
    for change in &changes {
        match sayable(change) {
            Ok(path) => builder = add(builder, path, change, repository)?,
            Err(refusal) => refusals.push(refusal),
        }
    }
    let change_set = builder.build(blobs).map_err(CliError::usage)?;
    Ok(Difference {
        change_set,
        refusals,
    })
}

/// The path of a change that a ChangeSet can say.
fn sayable(change: &FileChange) -> Result<RepoPath, Refusal> {
    let path = RepoPath::from_path(&change.path).map_err(Refusal::Path)?;
    for state in [change.old, change.new].into_iter().flatten() {
        if mode_of(state).is_none() {
            return Err(Refusal::SpecialFile {
                path: path.to_string(),
                what: match state.mode {
                    FileMode::Link => "a symbolic link".to_owned(),
                    FileMode::Submodule => "a submodule".to_owned(),
                    _ => "a special file".to_owned(),
                },
            });
        }
    }
    Ok(path)
}

fn mode_of(state: FileState) -> Option<Mode> {
    match state.mode {
        FileMode::Regular => Some(Mode::Regular),
        FileMode::Executable => Some(Mode::Executable),
        _ => None,
    }
}

fn add(
    builder: ChangeSetBuilder,
    path: RepoPath,
    change: &FileChange,
    repository: &Repository,
) -> Result<ChangeSetBuilder, CliError> {
    let load = |state: Option<FileState>| -> Result<Option<(Vec<u8>, Mode)>, CliError> {
        let Some(state) = state else { return Ok(None) };
        let bytes = repository.read_blob(state.id).map_err(|error| {
            let hints = error.hints();
            usage(error, hints)
        })?;
        Ok(Some((
            bytes,
            mode_of(state).expect("special files were refused"),
        )))
    };
    Ok(match (load(change.old)?, load(change.new)?) {
        (None, Some((new, mode))) => builder.create(path, &new, mode),
        (Some((old, mode)), None) => builder.delete(path, OldFile::new(&old, mode)),
        (Some((old, was)), Some((new, mode))) if old == new => {
            builder.set_mode(path, OldFile::new(&old, was), mode)
        }
        (Some((old, was)), Some((new, mode))) => {
            let mode = (mode != was).then_some(mode);
            builder.modify(path, OldFile::new(&old, was), &new, mode)
        }
        (None, None) => builder,
    })
}
