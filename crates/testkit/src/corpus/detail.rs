//! Single deviations, for the person who wants to mend them.

use std::fmt;

use serde::Serialize;

/// One deviation of the predictions from the truth. Prints as a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Detail {
    /// A failure was not found.
    Miss {
        /// The log.
        file: String,
        /// The test, if it is one.
        test: Option<String>,
        /// The expected kind.
        kind: String,
    },
    /// Something was found that is no failure.
    Extra {
        /// The log.
        file: String,
        /// The test, if it has a name.
        test: Option<String>,
        /// The predicted kind.
        kind: Option<String>,
    },
    /// A failure was found with a kind that cannot be defended.
    Kind {
        /// The log.
        file: String,
        /// The test, if it is one.
        test: Option<String>,
        /// The expected kind.
        expected: String,
        /// The predicted kind.
        found: Option<String>,
    },
    /// A file got a wrong class; an abstention is none.
    Class {
        /// The log.
        file: String,
        /// The right class.
        expected: String,
        /// The predicted class.
        found: String,
    },
    /// Equal failures got several fingerprints; `None` is a failure that was not found.
    Split {
        /// The group of the failures.
        group: String,
        /// Their fingerprints.
        fingerprints: Vec<Option<String>>,
    },
    /// Different failures got one fingerprint.
    Joined {
        /// The fingerprint.
        fingerprint: String,
        /// The groups that share it.
        groups: Vec<String>,
    },
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Miss { file, test, kind } => {
                write!(f, "MISS {file} {} {kind}", name(test.as_deref()))
            }
            Self::Extra { file, test, kind } => {
                write!(
                    f,
                    "EXTRA {file} {} {}",
                    name(test.as_deref()),
                    name(kind.as_deref())
                )
            }
            Self::Kind {
                file,
                test,
                expected,
                found,
            } => write!(
                f,
                "KIND {file} {} is {expected}, not {}",
                name(test.as_deref()),
                name(found.as_deref())
            ),
            Self::Class {
                file,
                expected,
                found,
            } => write!(f, "CLASS {file} is {expected}, not {found}"),
            Self::Split {
                group,
                fingerprints,
            } => {
                write!(f, "SPLIT {group}:")?;
                fingerprints
                    .iter()
                    .try_for_each(|one| write!(f, " {}", one.as_deref().map_or("-", short)))
            }
            Self::Joined {
                fingerprint,
                groups,
            } => write!(f, "JOINED {}: {}", short(fingerprint), groups.join(" ")),
        }
    }
}

fn name(text: Option<&str>) -> &str {
    text.unwrap_or("-")
}

/// Enough of a fingerprint to tell it from others.
fn short(fingerprint: &str) -> &str {
    fingerprint
        .char_indices()
        .nth(16)
        .map_or(fingerprint, |(end, _)| &fingerprint[..end])
}
