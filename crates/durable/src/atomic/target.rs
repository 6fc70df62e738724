//! What a write replaces.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::{LinkPolicy, WriteError};

/// The file that the rename will replace.
pub(super) struct Target {
    pub(super) path: PathBuf,
    replaced: Option<Metadata>,
}

impl Target {
    pub(super) fn resolve(path: &Path, links: LinkPolicy) -> Result<Self, WriteError> {
        let inspect_error = |source| WriteError::Inspect {
            path: path.to_owned(),
            source,
        };
        if path.file_name().is_none() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(WriteError::NotAFile {
                path: path.to_owned(),
            });
        }
        let mut resolved = path.to_owned();
        let mut replaced = match fs::symlink_metadata(path) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(inspect_error(error)),
        };
        if replaced.as_ref().is_some_and(Metadata::is_symlink) {
            match links {
                LinkPolicy::Refuse => {
                    return Err(WriteError::Link {
                        path: path.to_owned(),
                    });
                }
                LinkPolicy::Follow => {
                    resolved = fs::canonicalize(path).map_err(inspect_error)?;
                    replaced = Some(fs::symlink_metadata(&resolved).map_err(inspect_error)?);
                }
                LinkPolicy::Replace => replaced = None,
            }
        }
        // A link that appears after this look is replaced by the rename, never followed.
        if replaced.as_ref().is_some_and(|found| !found.is_file()) {
            return Err(WriteError::NotAFile { path: resolved });
        }
        Ok(Self {
            path: resolved,
            replaced,
        })
    }

    pub(super) fn directory(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        }
    }

    /// Permission bits only: set-user-id bits were given to the old content, not to the new.
    pub(super) fn mode(&self) -> Option<u32> {
        self.replaced
            .as_ref()
            .map(|metadata| metadata.permissions().mode() & 0o777)
    }
}
