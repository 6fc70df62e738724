#![doc = include_str!("../README.md")]

mod append;
mod atomic;
mod canonical;
mod digest;
mod filesystem;
mod lock;
mod temps;

pub use append::{AppendError, AppendLog, LogReader, ReadError, Record, SyncPolicy, TornTail};
pub use atomic::{LinkPolicy, Options, SyncLevel, WriteError, write_atomic, write_atomic_with};
pub use canonical::{CanonicalError, canonical_json};
pub use digest::{Digest, DomainHash, ParseDigestError};
pub use filesystem::network_filesystem;
pub use lock::{FileLock, LockError, LockMode, Owner};
pub use temps::{TEMP_PREFIX, remove_stale_temps};
