//! What gates may do.

use std::path::{Path, PathBuf};

use ftc_cli::{CliError, Context};
use ftc_process::Confinement;
use ftc_process::confine::{Profile, Require};

use crate::args::{Confine, ConfineArgs};
use crate::source::Source;

/// Where our programs keep what they must remember, of which a gate needs nothing.
const STATE_DIRECTORY: &str = ".ftc";

/// The confinement of every gate: the objects of the repository to read, its state and the logs of this run hidden, and what the
/// person adds.
pub fn of(
    args: &ConfineArgs,
    source: &Source,
    artifacts: &Path,
    context: &Context,
) -> Result<Option<Confinement>, CliError> {
    if args.confine == Confine::None {
        if args.require_confinement || !args.read.is_empty() || !args.write.is_empty() {
            let message = "`--confine none` leaves nothing that could be required or added";
            return Err(CliError::usage(message));
        }
        return Ok(None);
    }
    let require = if args.require_confinement {
        Require::Full
    } else {
        Require::BestEffort
    };
    let mut confinement = Confinement::new(Profile::Gate)
        .require(require)
        .readable(source.repository.common_dir());
    for path in hidden(&source.worktree, artifacts) {
        confinement = confinement.hidden(path);
    }
    for path in &args.read {
        confinement = confinement.readable(context.directory.join(path));
    }
    for path in &args.write {
        confinement = confinement.writable(context.directory.join(path));
    }
    Ok(Some(confinement))
}

fn hidden(worktree: &Path, artifacts: &Path) -> Vec<PathBuf> {
    let state = worktree.join(STATE_DIRECTORY);
    let is_beside = !artifacts.starts_with(&state);
    let artifacts = is_beside.then(|| artifacts.to_owned());
    [state].into_iter().chain(artifacts).collect()
}
