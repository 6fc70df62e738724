//! What makes two readings of a log the same occurrence.
//!
//! An occurrence is one failure in one source. Where the URL of the run is known, the source is that URL, the attempt and
//! the file; the bytes do not matter, since a log fetched again may have grown. Otherwise it is the file's path and the
//! sha256 of its bytes: the same path tomorrow may hold another run.
//!
//! The key is a [`DomainHash`] in the domain `ftc.state.source/1` over the kind (`run` or `file`) and the parts, each with
//! its length, after secrets were scrubbed: a token in a URL is no part of an identity.

use std::fmt;

use ftc_durable::{Digest, DomainHash};

use crate::text;

/// The identity of an [`OccurrenceSource`] as a key: 64 hex digits as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey(Digest);

impl SourceKey {
    pub(crate) fn stored(digest: Digest) -> Self {
        Self(digest)
    }
}

impl fmt::Display for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceKey({self})")
    }
}

/// Where a scanned text came from, redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OccurrenceSource {
    key: SourceKey,
    origin: Origin,
}

/// The parts of an [`OccurrenceSource`], redacted and capped for showing. Its key is made before the cap.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A file of a run that has a URL.
    #[non_exhaustive]
    Run {
        /// Address of the run.
        url: String,
        /// Which attempt of the run, from 1.
        attempt: u32,
        /// Name of the log or report within the run.
        file: String,
    },
    /// A file without a run.
    #[non_exhaustive]
    File {
        /// The path as the caller names it.
        path: String,
        /// sha256 of the bytes.
        sha256: Digest,
    },
}

impl OccurrenceSource {
    /// A file of the run at `url`. `attempt` counts from 1.
    pub fn run(url: &str, attempt: u32, file: &str) -> Self {
        let (url, file) = (text::key(url), text::key(file));
        let key = DomainHash::new("ftc.state.source/1")
            .field(b"run")
            .field(url.as_bytes())
            .field(&attempt.to_be_bytes())
            .field(file.as_bytes())
            .finish();
        let origin = Origin::Run {
            url: text::line(&url, text::NAME_BYTES),
            attempt,
            file: text::line(&file, text::NAME_BYTES),
        };
        Self::stored(SourceKey(key), origin)
    }

    /// A file whose run is not known. `sha256` is that of its bytes.
    pub fn file(path: &str, sha256: Digest) -> Self {
        let path = text::key(path);
        let key = DomainHash::new("ftc.state.source/1")
            .field(b"file")
            .field(path.as_bytes())
            .field(sha256.as_bytes())
            .finish();
        let origin = Origin::File {
            path: text::line(&path, text::NAME_BYTES),
            sha256,
        };
        Self::stored(SourceKey(key), origin)
    }

    pub(crate) fn stored(key: SourceKey, origin: Origin) -> Self {
        Self { key, origin }
    }

    /// The identity.
    pub fn key(&self) -> SourceKey {
        self.key
    }

    /// The parts.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The file's name or path.
    pub fn file_name(&self) -> &str {
        match &self.origin {
            Origin::Run { file, .. } => file,
            Origin::File { path, .. } => path,
        }
    }

    /// Address of the run, where one is known.
    pub fn run_url(&self) -> Option<&str> {
        match &self.origin {
            Origin::Run { url, .. } => Some(url),
            Origin::File { .. } => None,
        }
    }
}

impl fmt::Display for OccurrenceSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Run { url, attempt, file } => write!(f, "{url} attempt {attempt} {file}"),
            Origin::File { path, .. } => f.write_str(path),
        }
    }
}
