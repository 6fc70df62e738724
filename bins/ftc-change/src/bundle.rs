//! A change as a folder: `plan.json`, `changeset.json`, `decision.json` for people, and the contents in `blobs/`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ftc_changeset::{ChangePlan, ChangeSet, Decision, DirBlobs};
use ftc_cli::CliError;
use ftc_durable::write_atomic;

const PLAN: &str = "plan.json";
const CHANGE_SET: &str = "changeset.json";
const DECISION: &str = "decision.json";
const BLOBS: &str = "blobs";

/// A change that was written into a folder.
pub struct Bundle {
    pub plan: ChangePlan,
    pub change_set: ChangeSet,
    pub blobs: DirBlobs,
}

/// Makes the folder of a new bundle and gives the place for its contents.
pub fn begin(folder: &Path) -> Result<DirBlobs, CliError> {
    let refuse = |error: io::Error| {
        CliError::usage(format!(
            "failed to make the folder `{}`: {error}",
            folder.display()
        ))
    };
    match fs::create_dir(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if fs::read_dir(folder).map_err(refuse)?.next().is_some() {
                let message = format!("`{}` is not empty", folder.display());
                return Err(CliError::usage(message).hint("name a new folder with `--out`"));
            }
        }
        Err(error) => return Err(refuse(error)),
    }
    Ok(DirBlobs::new(folder.join(BLOBS)))
}

/// Writes everything but the contents.
pub fn finish(
    folder: &Path,
    plan: &ChangePlan,
    change_set: &ChangeSet,
    decision: &Decision,
) -> Result<(), CliError> {
    let decision = serde_json::to_string_pretty(decision).map_err(CliError::usage)?;
    // The ChangeSet last: a bundle without one is no bundle.
    for (name, text) in [
        (PLAN, plan.to_json()),
        (DECISION, decision + "\n"),
        (CHANGE_SET, change_set.to_json()),
    ] {
        write_atomic(&folder.join(name), text.as_bytes()).map_err(CliError::usage)?;
    }
    Ok(())
}

/// Reads a bundle. Its contents are checked when they are used.
pub fn load(folder: &Path) -> Result<Bundle, CliError> {
    let (path, text) = read(folder, PLAN)?;
    let plan = ChangePlan::from_json(&text).map_err(|source| unreadable(path, source))?;
    let (path, text) = read(folder, CHANGE_SET)?;
    let change_set = ChangeSet::from_json(&text).map_err(|source| unreadable(path, source))?;
    Ok(Bundle {
        plan,
        change_set,
        blobs: DirBlobs::new(folder.join(BLOBS)),
    })
}

fn read(folder: &Path, name: &str) -> Result<(PathBuf, String), CliError> {
    let path = folder.join(name);
    match fs::read_to_string(&path) {
        Ok(text) => Ok((path, text)),
        Err(source) => Err(unreadable(path, source)
            .hint("a bundle is the folder that `ftc-change check --out DIR` writes")),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("failed to read `{path}`")]
struct Unreadable {
    path: PathBuf,
    source: Box<dyn std::error::Error + Send + Sync>,
}

fn unreadable(
    path: PathBuf,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> CliError {
    CliError::usage(Unreadable {
        path,
        source: source.into(),
    })
}
