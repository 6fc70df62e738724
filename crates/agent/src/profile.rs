//! Profiles: how to run one coding agent, as data.
//!
//! ```toml
//! name = "codex"                          # letters, digits, `-`, `_`, `.`
//! argv = ["codex", "exec", "-C", "{worktree}", "{prompt_file}"]
//! prompt = "file"                         # or "none"; without it, as `argv` says
//! timeout = "30m"                         # 30 minutes unless set
//! idle_timeout = "5m"                     # none unless set
//! unavailable_exit_codes = [69]
//! home_files = [".codex/auth.json"]       # copied from the person's home into the private one
//! network = "on"                          # "on" (default) or "off", where agents are confined
//! readable = ["~/.config/codex"]          # what it may read there beside its worktree; absolute or below the person's home
//! writable = ["/var/cache/codex"]         # what it may write there beside its worktree and its home
//!
//! [env]
//! pass = ["OPENAI_API_KEY"]               # passed on by name
//! set = { NO_COLOR = "1" }
//! ```
//!
//! The placeholders `{worktree}`, `{prompt_file}` and `{out}` stand for a whole argument each, so that nothing is ever
//! joined into a string that somebody takes apart again. The format has no version yet: unknown keys are errors, so that a
//! later one can add them.

mod argv;
mod error;
mod path;
mod wire;

use std::collections::BTreeMap;
use std::time::Duration;

use ftc_process::confine::Network;

pub(crate) use argv::{Argument, Places};
pub use error::ProfileError;
pub(crate) use path::PersonsPath;

/// How to run one coding agent. It is the person's own word, never the repository's.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    pub(crate) name: String,
    pub(crate) argv: Vec<Argument>,
    pub(crate) timeout: Duration,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) pass: Vec<String>,
    pub(crate) set: BTreeMap<String, String>,
    /// Relative, without `..`.
    pub(crate) home_files: Vec<String>,
    pub(crate) unavailable_exit_codes: Vec<i32>,
    pub(crate) network: Network,
    pub(crate) readable: Vec<PersonsPath>,
    pub(crate) writable: Vec<PersonsPath>,
}

impl Profile {
    /// Reads a profile; `origin` is where the text comes from, for messages.
    ///
    /// ```
    /// use ftc_agent::Profile;
    ///
    /// let error = Profile::parse("name = \"mine\"\nargv = [\"agent\", \"{promptfile}\"]\n", "agent.toml").unwrap_err();
    /// assert_eq!(error.to_string(), "agent.toml:2:18: unknown placeholder `{promptfile}`");
    /// ```
    pub fn parse(toml: &str, origin: &str) -> Result<Self, ProfileError> {
        wire::parse(toml, origin)
    }

    /// The agent's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl std::fmt::Debug for Profile {
    /// Without arguments and values: they may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile")
            .field("name", &self.name)
            .field("timeout", &self.timeout)
            .field("idle_timeout", &self.idle_timeout)
            .finish_non_exhaustive()
    }
}
