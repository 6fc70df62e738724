//! Reading and replacing `index.json`.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use ftc_durable::{Options, SyncLevel, write_atomic_with};
use rustix::fs::OFlags;
use serde::Deserialize;

use super::RegistryError;
use super::row::{Registry, VERSION};

/// The registry's name in the root of its pool.
pub(crate) const FILE_NAME: &str = "index.json";

/// A registry of thousands of slots has a fraction of this; more is not ours, and is not read into memory.
const SIZE_LIMIT_BYTES: u64 = 16 << 20;

/// What was found in the place of a registry.
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// Something that is not JSON: the rest of a registry after a power loss.
    Torn {
        bytes: Vec<u8>,
        error: RegistryError,
    },
    /// A registry.
    Registry(Registry),
    /// The records of the format without a version.
    Unversioned(Vec<serde_json::Value>),
}

#[derive(Deserialize)]
struct Unversioned {
    worktrees: Vec<serde_json::Value>,
}

/// Reads what is at `path`. What is well-formed but not understood is an error: it belongs to somebody.
pub(crate) fn read(path: &Path) -> Result<Found, RegistryError> {
    let bytes = match read_bytes(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(source) => {
            return Err(RegistryError::Read {
                path: path.to_owned(),
                source,
            });
        }
    };
    let document: serde_json::Value = match serde_json::from_slice(&bytes) {
        Ok(document) => document,
        Err(source) => {
            let path = path.to_owned();
            let error = RegistryError::Torn { path, source };
            return Ok(Found::Torn { bytes, error });
        }
    };
    let malformed = |source: Box<dyn std::error::Error + Send + Sync>| RegistryError::Malformed {
        path: path.to_owned(),
        source,
    };
    let Some(version) = document.get("version") else {
        let unversioned: Unversioned =
            serde_json::from_value(document).map_err(|error| malformed(error.into()))?;
        return Ok(Found::Unversioned(unversioned.worktrees));
    };
    match version.as_u64() {
        Some(version) if version == u64::from(VERSION) => {}
        Some(version) if version > u64::from(VERSION) => {
            return Err(RegistryError::Newer {
                path: path.to_owned(),
                version,
                known: VERSION,
            });
        }
        _ => return Err(malformed(format!("`version` is `{version}`").into())),
    }
    // From the bytes again, so that the message has a line.
    let registry: Registry =
        serde_json::from_slice(&bytes).map_err(|error| malformed(error.into()))?;
    match registry.problem() {
        Some(problem) => Err(malformed(problem.into())),
        None => Ok(Found::Registry(registry)),
    }
}

/// The file may be anything that a repository can hold, a link and a pipe included.
fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
        .open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    if metadata.len() > SIZE_LIMIT_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::new();
    file.take(SIZE_LIMIT_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Replaces the registry. [`SyncLevel::RenameOnly`] is enough for what a reconciliation can find out again.
pub(crate) fn write(
    path: &Path,
    registry: &Registry,
    sync: SyncLevel,
) -> Result<(), RegistryError> {
    let options = Options {
        sync,
        ..Options::default()
    };
    let mut write = |file: &mut File| -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(registry)?;
        text.push(b'\n');
        file.write_all(&text)
    };
    Ok(write_atomic_with(path, options, &mut write)?)
}
