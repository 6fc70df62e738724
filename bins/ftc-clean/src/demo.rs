//! `ftc-clean demo`: the whole story on one machine.

pub mod agent;
mod story;
mod world;

use std::fs;
use std::path::{Path, PathBuf};

use ftc_cli::{CliError, Context, ExitCode};
use tempfile::TempDir;

use crate::args::DemoArgs;

/// Plays the story.
pub fn run(args: &DemoArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let place = Place::of(args, context)?;
    let ended = story::play(place.path(), args, context)?;
    Ok(match ended {
        story::End::Merged => ExitCode::Yes,
        story::End::Unmerged => ExitCode::No,
    })
}

/// Where the story takes place: a folder of the person's, or one that is gone afterwards.
enum Place {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl Place {
    fn of(args: &DemoArgs, context: &Context) -> Result<Self, CliError> {
        let Some(keep) = &args.keep else {
            let folder = TempDir::with_prefix("ftc-demo-").map_err(|error| {
                CliError::usage(format!("failed to make a temporary folder: {error}"))
            })?;
            return Ok(Self::Temporary(folder));
        };
        let path = context.directory.join(keep);
        let wrong = |error: std::io::Error| {
            CliError::usage(format!("failed to use `{}`: {error}", path.display()))
                .hint("name a folder that is empty or can be made")
        };
        fs::create_dir_all(&path).map_err(wrong)?;
        if fs::read_dir(&path).map_err(wrong)?.next().is_some() {
            return Err(
                CliError::usage(format!("the folder `{}` is not empty", path.display()))
                    .hint("name a folder that is empty or not there yet"),
            );
        }
        Ok(Self::Kept(fs::canonicalize(&path).map_err(wrong)?))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}
