//! Working out the environment of a service.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::EnvironmentSpec;
use crate::env::ParentEnv;
use crate::spawn::is_inherited;

impl EnvironmentSpec {
    /// All variables, from the environment that the supervisor was started with.
    pub(crate) fn resolve(&self, parent: &ParentEnv) -> BTreeMap<OsString, OsString> {
        let mut variables = BTreeMap::from([("TERM".into(), "dumb".into())]);
        for (name, value) in parent.iter() {
            if is_inherited(name) || self.pass.iter().any(|passed| name == passed.as_str()) {
                variables.insert(name.to_owned(), value.to_owned());
            }
        }
        for (name, value) in &self.set {
            variables.insert(name.into(), value.into());
        }
        variables
    }
}
