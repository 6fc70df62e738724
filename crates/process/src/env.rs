//! The parent's environment, captured once.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// The environment that a program was started with. `main` captures it once and passes down what is needed; libraries
/// never read the environment themselves.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ParentEnv {
    variables: BTreeMap<OsString, OsString>,
}

impl ParentEnv {
    /// Copies the environment of this process. For `main` only.
    pub fn capture() -> Self {
        std::env::vars_os().collect()
    }

    /// The value of `name`, if it is set (an empty value is set).
    pub fn var_os(&self, name: impl AsRef<OsStr>) -> Option<&OsStr> {
        self.variables.get(name.as_ref()).map(OsString::as_os_str)
    }

    /// The value of `name`, if it is set and is UTF-8.
    pub fn var(&self, name: impl AsRef<OsStr>) -> Option<&str> {
        self.var_os(name)?.to_str()
    }

    /// All variables in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

impl std::fmt::Debug for ParentEnv {
    /// Names only: values may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for ParentEnv {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self {
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }
    }
}
