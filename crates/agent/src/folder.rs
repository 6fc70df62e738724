//! The folder in which a run leaves its files.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use ftc_durable::{LinkPolicy, Options, write_atomic_with};

use crate::error::AgentError;

/// Where the files of one run are.
pub(crate) struct Folder {
    pub(crate) root: PathBuf,
    pub(crate) prompt: PathBuf,
    pub(crate) transcript: PathBuf,
    /// What the agent printed, as it printed it; gone when the run is over.
    pub(crate) raw: PathBuf,
    pub(crate) home: PathBuf,
    /// What a confined agent has beside it: its temporary folder, and the place of its sockets.
    pub(crate) beside_home: [PathBuf; 2],
}

impl Folder {
    /// Makes the folder ready, and removes what an earlier run has left in it.
    pub(crate) fn prepare(root: &Path) -> Result<Self, AgentError> {
        let root = std::path::absolute(root).map_err(|source| failed(root, source))?;
        make_private(&root)?;
        let folder = Self {
            prompt: root.join("prompt.md"),
            transcript: root.join("transcript.log"),
            raw: root.join("transcript.raw"),
            home: root.join("home"),
            beside_home: ["tmp", "run"].map(|name| root.join(name)),
            root,
        };
        for path in [&folder.prompt, &folder.transcript, &folder.raw] {
            remove(path, |path| fs::remove_file(path))?;
        }
        folder.remove_homes()?;
        Ok(folder)
    }

    /// Removes what is private to one run.
    pub(crate) fn remove_homes(&self) -> Result<(), AgentError> {
        for folder in [&self.home].into_iter().chain(&self.beside_home) {
            remove(folder, |path| fs::remove_dir_all(path))?;
        }
        Ok(())
    }

    pub(crate) fn remove_raw(&self) -> Result<(), AgentError> {
        remove(&self.raw, |path| fs::remove_file(path))
    }
}

/// Makes a folder, and those above it, for nobody but us. One that is there keeps its mode.
pub(crate) fn make_private(path: &Path) -> Result<(), AgentError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| failed(path, source))
}

/// Writes a file for nobody but us.
pub(crate) fn write_private(
    path: &Path,
    write: &mut dyn FnMut(&mut File) -> io::Result<()>,
) -> Result<(), AgentError> {
    let options = Options {
        mode: Some(0o600),
        links: LinkPolicy::Replace,
        ..Options::default()
    };
    write_atomic_with(path, options, write).map_err(|source| AgentError::Write {
        path: path.to_owned(),
        source,
    })
}

pub(crate) fn write_private_text(path: &Path, text: &str) -> Result<(), AgentError> {
    write_private(path, &mut |file| file.write_all(text.as_bytes()))
}

pub(crate) fn failed(path: &Path, source: io::Error) -> AgentError {
    AgentError::Prepare {
        path: path.to_owned(),
        source,
    }
}

fn remove(path: &Path, remove: impl Fn(&Path) -> io::Result<()>) -> Result<(), AgentError> {
    match remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path, error)),
        _ => Ok(()),
    }
}
