//! The repository's own list of ignored files.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::repository::Repository;

impl Repository {
    /// Adds `pattern` (as in a `.gitignore` file) to the repository's `info/exclude`, unless it is there already. Holds for all
    /// its worktrees.
    pub fn exclude(&self, pattern: &str) -> Result<(), ExcludeError> {
        let is_pattern = !pattern.trim().is_empty()
            && !pattern.starts_with('#')
            && !pattern.contains(['\n', '\r', '\0']);
        if !is_pattern {
            return Err(ExcludeError::Pattern {
                pattern: pattern.to_owned(),
            });
        }
        let path = self.exclude_file();
        append_line(&path, pattern).map_err(|source| ExcludeError::File { path, source })
    }

    /// The patterns of ignored files that belong to the repository and not to its content.
    pub(crate) fn exclude_file(&self) -> PathBuf {
        self.common_dir().join("info").join("exclude")
    }
}

/// Adds a line that is not there yet. One append: whoever else adds a line at the same time loses nothing.
fn append_line(path: &Path, line: &str) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut file = File::options()
        .read(true)
        .append(true)
        .create(true)
        // A link could direct the line into any file of ours.
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    if bytes
        .split(|byte| *byte == b'\n')
        .any(|old| old == line.as_bytes())
    {
        return Ok(());
    }
    let separator = if bytes.is_empty() || bytes.ends_with(b"\n") {
        ""
    } else {
        "\n"
    };
    file.write_all(format!("{separator}{line}\n").as_bytes())
}

/// Why a pattern could not be added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExcludeError {
    /// It is empty, a comment, or more than one line.
    #[error("`{pattern}` cannot be a pattern of ignored files")]
    Pattern {
        /// The pattern.
        pattern: String,
    },
    /// The list could not be read or written.
    #[error("failed to add a pattern to `{path}`")]
    File {
        /// The list.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl ExcludeError {
    /// Whether the same call may succeed later without anybody doing something.
    pub fn is_retryable(&self) -> bool {
        false
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        Vec::new()
    }
}
