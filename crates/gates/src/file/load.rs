//! The gate file of a commit.

use ftc_vcs::{ObjectId, ReadError, Repository};

use super::{GATE_FILE, GateFile, GateFileError};

impl GateFile {
    /// Reads [`GATE_FILE`] as it is in `commit`: what a worktree holds may have been written by whoever is to be judged.
    ///
    /// Messages call it as git does, `1a2b3c4d5e6f:gates.yaml`. Whether it may be run is not asked.
    pub fn load(repository: &Repository, commit: ObjectId) -> Result<Self, LoadGatesError> {
        let bytes = repository
            .read_file(commit, GATE_FILE)
            .map_err(|source| LoadGatesError::Read { commit, source })?
            .ok_or(LoadGatesError::Absent { commit })?;
        let text = String::from_utf8(bytes).map_err(|_| LoadGatesError::NotUtf8 { commit })?;
        let origin = format!("{}:{GATE_FILE}", commit.short());
        Ok(Self::parse(&text, &origin)?)
    }
}

/// Why the gate file of a commit could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadGatesError {
    /// The commit has no such file; a link or a directory of that name is none.
    #[error("there is no file `{GATE_FILE}` in commit `{}`", commit.short())]
    Absent {
        /// The commit.
        commit: ObjectId,
    },
    /// The file is not text.
    #[error("`{GATE_FILE}` in commit `{}` is not UTF-8", commit.short())]
    NotUtf8 {
        /// The commit.
        commit: ObjectId,
    },
    /// The commit could not be read.
    #[error("failed to read `{GATE_FILE}` in commit `{}`", commit.short())]
    Read {
        /// The commit.
        commit: ObjectId,
        /// Why.
        source: ReadError,
    },
    /// The file is wrong.
    #[error(transparent)]
    Wrong(#[from] GateFileError),
}

impl LoadGatesError {
    /// Whether the commit has no gate file.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent { .. })
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Read { source, .. } => source.is_retryable(),
            Self::Absent { .. } | Self::NotUtf8 { .. } | Self::Wrong(_) => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Absent { .. } => vec![format!(
                "gates are read from a commit: write `{GATE_FILE}` in the root of the repository and commit it"
            )],
            Self::Read { source, .. } => source.hints(),
            Self::Wrong(error) => error.hints(),
            Self::NotUtf8 { .. } => Vec::new(),
        }
    }
}
