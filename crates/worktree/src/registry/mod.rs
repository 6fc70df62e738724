//! The registry of a pool: who has which slot, and what is being done there.
//!
//! # Format, version 1
//!
//! `index.json` in the pool's root:
//!
//! ```json
//! {
//!   "version": 1,
//!   "pool": "3f1c9a40b7d24f58",
//!   "boot_id": "5c1e…",
//!   "epoch": 7,
//!   "slots": [
//!     { "slot": 1, "epoch": 7, "commit": "…40 digits…", "keep": ["target"], "state": { "name": "idle" } }
//!   ],
//!   "worktrees": []
//! }
//! ```
//!
//! - `pool` names the pool in the lock reasons of its worktrees, `ftc:<pool>:<slot>:<epoch>`, so that two pools of one
//!   repository do not take each other's.
//! - `epoch` is the last fence that was given, to any slot. Each step that gives a slot to somebody, or takes it away, takes
//!   the next one.
//! - `boot_id` is the boot in which the file was written last. The file is renamed into place but not synced, so a power loss
//!   may bring back an older one; the first open after a boot therefore moves `epoch` up by 2^20.
//! - `state` is `creating`, `idle`, `leased`, `scrubbing`, `removing` or `quarantined`; each is written before what it announces
//!   begins.
//! - `worktrees` are the records of named worktrees of the format without a version. They are kept as they are.
//!
//! Slots have no path: it follows from the root and the number, so no edit of the file can point elsewhere.
//!
//! Everything happens under the lock of `pool.lock`, but reading alone may do without, as a rename is atomic.
//!
//! # Compatibility
//!
//! A file without a version that has `worktrees` is taken over, with no slots. A newer version is an error that names it.

mod file;
mod ledger;
mod row;

pub(crate) use file::{FILE_NAME, Found};
pub(crate) use ledger::{LOCK_NAME, Ledger, Locked};
pub(crate) use row::{LeaseRow, Registry, Scrubbing, SlotRow, State};

use std::io;
use std::path::PathBuf;

use ftc_durable::{LockError, WriteError};

/// Why the registry of a pool could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The lock of the pool could not be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The file could not be read.
    #[error("failed to read the registry `{path}`")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The pool has lost its registry since it was opened.
    #[error("the registry `{path}` is gone")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is not JSON at all, as after a power loss. Opening the pool anew deals with it.
    #[error("the registry `{path}` is torn")]
    Torn {
        /// The file.
        path: PathBuf,
        /// Where.
        source: serde_json::Error,
    },
    /// The file is JSON, but no registry: somebody else wrote it.
    #[error("`{path}` is not the registry of a pool")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file was written by a later version of this program.
    #[error("the registry `{path}` has version {version}, and this program knows version {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
        /// Ours.
        known: u32,
    },
    /// The file could not be replaced. What was to be done was not begun.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// An event could not be recorded. What was to be done was not begun.
    #[error("failed to append to `{path}`")]
    Events {
        /// The file of events.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Every fence has been given out.
    #[error("the registry `{path}` has no fences left")]
    Exhausted {
        /// The file.
        path: PathBuf,
    },
}

impl RegistryError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        use io::ErrorKind::{Interrupted, QuotaExceeded, StorageFull};
        match self {
            Self::Lock(error) => error.is_retryable(),
            Self::Read { source, .. } | Self::Events { source, .. } => {
                matches!(source.kind(), Interrupted | StorageFull | QuotaExceeded)
            }
            _ => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Lock(error) => error.hints(),
            Self::Missing { .. } | Self::Torn { .. } => {
                vec![
                    "open the pool anew: it puts every slot that it finds under quarantine"
                        .to_owned(),
                ]
            }
            Self::Malformed { path, .. } => vec![format!(
                "if `{}` is nobody's, move it away: the pool is then built up from the worktrees that git knows",
                path.display()
            )],
            Self::Newer { .. } => vec!["use the program that wrote it".to_owned()],
            _ => Vec::new(),
        }
    }
}
