//! Finding truths below a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::truth::Truth;

/// Why truths could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadTruthsError {
    /// A folder or file could not be read.
    #[error("failed to read `{path}`")]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not JSON, or a truth lacks a field.
    #[error("`{path}` is not a truth file")]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        source: serde_json::Error,
    },
    /// Two truths are about one log.
    #[error("two truth files are about `{file}`, the second is `{path}`")]
    Repeated {
        /// The log that both name.
        file: String,
        /// The second of the truth files.
        path: PathBuf,
    },
}

impl LoadTruthsError {
    /// Whether the same call may succeed later without anyone changing the files.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Read { source, .. } if source.kind() == io::ErrorKind::Interrupted)
    }
}

/// Loads the truths of all `*.json` files below `folder`, in order of the files they name. JSON files that are no truths,
/// such as logs in JSON, are passed over; links to folders are not followed.
pub fn load_truths(folder: &Path) -> Result<Vec<Truth>, LoadTruthsError> {
    let mut truths: Vec<Truth> = Vec::new();
    for path in json_files(folder)? {
        let text = fs::read_to_string(&path).map_err(|source| LoadTruthsError::Read {
            path: path.clone(),
            source,
        })?;
        match Truth::parse(&text) {
            Ok(Some(truth)) => {
                if truths.iter().any(|other| other.file == truth.file) {
                    let file = truth.file;
                    return Err(LoadTruthsError::Repeated { file, path });
                }
                truths.push(truth);
            }
            Ok(None) => {}
            Err(source) => return Err(LoadTruthsError::Parse { path, source }),
        }
    }
    truths.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(truths)
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, LoadTruthsError> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.map_err(|source| LoadTruthsError::Read {
            path: folder.clone(),
            source,
        })?;
        for entry in entries {
            let path = entry.path();
            let kind = entry.file_type().map_err(|source| LoadTruthsError::Read {
                path: path.clone(),
                source,
            })?;
            if kind.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
