//! Labels.

use serde::{Deserialize, Serialize};

/// A label of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Its name, at most 50 characters. Names that differ only in case are the same label.
    pub name: String,
    /// Six hex digits, without `#`.
    pub color: String,
    /// At most 100 characters.
    pub description: String,
}
