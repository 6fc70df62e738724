//! Why a report could not be read to its end.

/// Why a report could not be read to its end. The cases before that place were read, and are whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The input ended inside an element or other construct.
    #[error("report ends at line {line} inside {inside}")]
    Truncated {
        /// The last line.
        line: u64,
        /// What was open: a comment, or an element with its name.
        inside: String,
    },
    /// The root element is not one of JUnit's.
    #[error("root element `{root}` at line {line} is not a JUnit report")]
    NotJunit {
        /// Line of the root element.
        line: u64,
        /// Its name.
        root: String,
    },
    /// There is no element at all.
    #[error("report holds no element")]
    NoRoot,
    /// An end tag that closes nothing, or not what is open. What follows cannot be assigned to a test.
    #[error("end tag `{found}` at line {line} does not close {open}")]
    MismatchedEnd {
        /// Line of the end tag.
        line: u64,
        /// Its name.
        found: String,
        /// The element that was open, with its name, or `anything`.
        open: String,
    },
    /// The encoding is not one that is read.
    #[error("encoding `{name}` is not supported")]
    Encoding {
        /// The encoding as declared, or as the first bytes show it.
        name: String,
    },
    /// More elements are open at once than a report needs.
    #[error("elements at line {line} are nested deeper than {limit}")]
    TooDeep {
        /// Line of the element.
        line: u64,
        /// The greatest depth.
        limit: usize,
    },
}

impl ReportError {
    /// Whether reading the same bytes again may succeed: never.
    pub fn is_retryable(&self) -> bool {
        false
    }

    /// Advice for a person.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Encoding { .. } => vec!["convert the report to UTF-8".to_owned()],
            Self::Truncated { .. } => {
                vec![
                    "the tool that wrote it was probably killed, or the upload was cut short"
                        .to_owned(),
                ]
            }
            _ => Vec::new(),
        }
    }
}
