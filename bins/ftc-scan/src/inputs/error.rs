//! Why an input could not be read.

use std::io;

use ftc_cli::CliError;

use super::limits::Exceeded;

/// Why an input could not be read, or not to its end. `name` is the path as it was given, with the member's name after
/// `!/` where it is inside of an archive.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// There is nothing at this path.
    #[error("no file or directory at `{name}`")]
    Missing { name: String },
    /// The system refused to open it or to list it.
    #[error("failed to open `{name}`")]
    Open { name: String, source: io::Error },
    /// The system failed while it was read.
    #[error("failed to read `{name}`")]
    Read { name: String, source: io::Error },
    /// It is a pipe, a socket or a device.
    #[error("`{name}` is {what}, not a file")]
    Special { name: String, what: &'static str },
    /// It is not text.
    #[error("`{name}` is binary: {why}")]
    Binary { name: String, why: &'static str },
    /// It is compressed in a way that is not read.
    #[error("`{name}` is compressed with {with}, which is not supported")]
    Compressed { name: String, with: &'static str },
    /// It is an archive inside of an archive.
    #[error("`{name}` holds {what} inside of gzip, which is not opened")]
    Nested { name: String, what: &'static str },
    /// The gzip data ends early.
    #[error("`{name}` is cut off: its gzip data ends early")]
    GzipTruncated { name: String },
    /// The gzip data is damaged.
    #[error("`{name}` is damaged gzip")]
    GzipDamaged { name: String, source: io::Error },
    /// The zip archive is cut off or damaged as a whole.
    #[error("`{name}` is no whole zip archive")]
    Zip {
        name: String,
        source: zip::result::ZipError,
    },
    /// One member of a zip archive cannot be read.
    #[error("failed to read `{name}` out of its archive")]
    Member {
        name: String,
        source: zip::result::ZipError,
    },
    /// A member's bytes are not what the archive says.
    #[error("`{name}` is damaged in its archive")]
    MemberDamaged { name: String, source: io::Error },
    /// A member is encrypted.
    #[error("`{name}` is encrypted")]
    Encrypted { name: String },
    /// The archive passes one of our bounds.
    #[error("`{name}` {exceeded}")]
    Limit { name: String, exceeded: Exceeded },
}

impl InputError {
    /// The input, as in the message.
    pub fn name(&self) -> &str {
        match self {
            Self::Missing { name }
            | Self::Open { name, .. }
            | Self::Read { name, .. }
            | Self::Special { name, .. }
            | Self::Binary { name, .. }
            | Self::Compressed { name, .. }
            | Self::Nested { name, .. }
            | Self::GzipTruncated { name }
            | Self::GzipDamaged { name, .. }
            | Self::Zip { name, .. }
            | Self::Member { name, .. }
            | Self::MemberDamaged { name, .. }
            | Self::Encrypted { name }
            | Self::Limit { name, .. } => name,
        }
    }

    /// Whether reading it again may help without anybody doing anything.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Open { source, .. } | Self::Read { source, .. } => {
                matches!(
                    source.kind(),
                    io::ErrorKind::Interrupted | io::ErrorKind::TimedOut
                )
            }
            _ => false,
        }
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::Special {
                what: "a named pipe",
                ..
            } => "to read from a pipe, give `-` and redirect it: `ftc-scan - < PIPE`",
            Self::Compressed { .. } => {
                "decompress it first and give the result, or `-` with the result on standard input"
            }
            Self::Nested { .. } => "unpack it once and give what comes out",
            Self::Encrypted { .. } => "unpack the archive and give the directory",
            Self::GzipTruncated { .. } | Self::Zip { .. } => {
                "download it again: it is probably incomplete"
            }
            Self::Limit {
                exceeded: Exceeded::Buffered(_),
                ..
            } => "save it to a file and give the file",
            Self::Limit { .. } => "if it is no attack, unpack it yourself and give the directory",
            _ => return Vec::new(),
        };
        vec![hint.to_owned()]
    }

    /// The message with its causes in one line, as for a JSON document.
    pub fn to_line(&self) -> String {
        let mut line = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            line.push_str(": ");
            line.push_str(&error.to_string());
            source = error.source();
        }
        line
    }
}

impl From<InputError> for CliError {
    /// Input that cannot be read is for the person to mend.
    fn from(error: InputError) -> Self {
        let hints = error.hints();
        hints.into_iter().fold(Self::usage(error), Self::hint)
    }
}
