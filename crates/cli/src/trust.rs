//! Which command files of repositories this person has allowed to run.
//!
//! A repository may name commands: its gates, its hooks. None of them runs before the person has looked at the file and said so
//! with `ftc trust`, or a CI system has set [`TRUST_VARIABLE`]. What is remembered is the sha256 of the text.
//!
//! The file is `{"schema": "ftc.trust/1", "trusted": [{"digest": .., "origin": .., "since": ..}]}`, mode 0600. A file that
//! somebody else owns or may write is refused. Any program that runs as this person can write it: trust keeps a repository from
//! starting its first command, not a command from doing harm.

mod error;
mod file;

use std::path::{Path, PathBuf};

use ftc_durable::Digest;
use ftc_process::ParentEnv;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use error::TrustError;

use crate::error::CliError;
use crate::exit::ExitCode;
use crate::place::state_directory;

/// The variable with digests that are trusted beside those in the file, for CI: `FTC_TRUST=HASH[,HASH]`.
pub const TRUST_VARIABLE: &str = "FTC_TRUST";

/// What this person trusts: the digests of files that may name commands, such as a repository's gate file.
///
/// Trust is about content: the same text is trusted in every repository, and a changed text is not.
#[derive(Debug, Clone)]
pub struct Trust {
    path: Option<PathBuf>,
    entries: Vec<TrustedFile>,
    from_environment: Vec<Digest>,
}

/// A file whose content is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TrustedFile {
    /// sha256 of its text.
    pub digest: Digest,
    /// Where it was when it was trusted, for people.
    pub origin: String,
    /// Since when.
    pub since: Timestamp,
}

impl TrustedFile {
    /// An entry for a person's file of trust.
    pub fn new(digest: Digest, origin: impl Into<String>, since: Timestamp) -> Self {
        Self {
            digest,
            origin: origin.into(),
            since,
        }
    }
}

impl Trust {
    /// Reads the person's file, `$XDG_STATE_HOME/ftc/trust.json` or `~/.local/state/ftc/trust.json`, and [`TRUST_VARIABLE`].
    pub fn load(env: &ParentEnv) -> Result<Self, TrustError> {
        let path = place(env);
        let entries = match &path {
            Some(path) => file::read(path)?,
            None => Vec::new(),
        };
        Ok(Self {
            path,
            entries,
            from_environment: from_variable(env)?,
        })
    }

    /// Whether the file with this digest, 64 lower-case hex digits, may name commands.
    pub fn allows(&self, digest: &str) -> bool {
        digest.parse().is_ok_and(|digest: Digest| {
            self.from_environment.contains(&digest)
                || self.entries.iter().any(|entry| entry.digest == digest)
        })
    }

    /// What is in the person's file.
    pub fn entries(&self) -> &[TrustedFile] {
        &self.entries
    }

    /// What the environment adds.
    pub fn from_environment(&self) -> &[Digest] {
        &self.from_environment
    }

    /// The person's file, whether or not it exists; `None` when the environment does not say where it would be.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Trusts one more file and writes that down. Says whether it is new.
    pub fn add(&mut self, entry: TrustedFile) -> Result<bool, TrustError> {
        let path = self.path.as_deref().ok_or(TrustError::NoPlace)?;
        let mut is_new = false;
        self.entries = file::change(path, |entries| {
            is_new = entries.iter().all(|known| known.digest != entry.digest);
            if is_new {
                entries.push(entry);
            }
            is_new
        })?;
        Ok(is_new)
    }

    /// Trusts a file no longer and writes that down. Says whether it was trusted; what the environment adds stays.
    pub fn remove(&mut self, digest: &str) -> Result<bool, TrustError> {
        let digest: Digest = digest.parse().map_err(|_| TrustError::NotADigest {
            found: digest.chars().take(80).collect(),
        })?;
        let Some(path) = self.path.as_deref() else {
            return Ok(false);
        };
        let mut was_trusted = false;
        self.entries = file::change(path, |entries| {
            was_trusted = entries.iter().any(|known| known.digest == digest);
            entries.retain(|known| known.digest != digest);
            was_trusted
        })?;
        Ok(was_trusted)
    }
}

/// Ends the command with [`ExitCode::NeedsApproval`] unless the file with this digest may name commands. `origin` is what the
/// person is told that it is, and `command` what trusts it: `ftc trust`, and a commit or directory where that needs one.
pub fn require_trust(
    env: &ParentEnv,
    digest: Digest,
    origin: &str,
    command: &str,
) -> Result<(), CliError> {
    if Trust::load(env)?.allows(&digest.to_string()) {
        return Ok(());
    }
    let error = format!("the commands of `{origin}` are not trusted");
    Err(CliError::new(ExitCode::NeedsApproval, error)
        .hint(format!(
            "`{command}` shows them and allows them to run until the file changes"
        ))
        .hint(format!("in CI, set `{TRUST_VARIABLE}={digest}`")))
}

fn place(env: &ParentEnv) -> Option<PathBuf> {
    Some(state_directory(env)?.join("trust.json"))
}

/// An empty variable counts as not set: that is how CI systems hand over what is missing.
fn from_variable(env: &ParentEnv) -> Result<Vec<Digest>, TrustError> {
    let value = env
        .var_os(TRUST_VARIABLE)
        .unwrap_or_default()
        .to_string_lossy();
    value
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| {
            text.parse().map_err(|_| TrustError::Variable {
                found: text.chars().take(80).collect(),
            })
        })
        .collect()
}
