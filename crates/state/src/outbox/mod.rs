//! The outbox: writes to a forge that are recorded before they are made.
//!
//! A transition asks for writes by [`OutboxDraft`], each with a key that names the write within its repository. What is
//! unique is (repository, key, revision):
//!
//! - A key that was never asked for makes an entry, revision 1.
//! - A key whose latest revision has the same payload, byte for byte, makes none, whether that one was made already or not.
//! - A key whose latest revision has another payload makes an entry with the next revision. The earlier one stays as it is.
//!
//! So a write that is to be made *again*, unchanged, needs another key or something in its payload that tells the two
//! apart. An entry belongs to the lifecycle that first asked for it, even if others ask for the same.

mod error;
mod model;
pub(crate) mod rules;
mod sequence;

use jiff::Timestamp;

pub use self::error::{OutboxDraftError, OutboxError};
pub use self::model::{
    OutboxDone, OutboxDraft, OutboxEntry, OutboxFilter, OutboxId, OutboxStatus, UnknownOutboxStatus,
};
pub(crate) use self::sequence::Sequence;

use crate::page::{Page, PageRequest};
use crate::repository::RepositoryName;
use crate::store::StoreError;

/// The part of a [`Store`](crate::Store) that keeps writes to a forge until they are made. Entries come in by
/// [`Lifecycles::transition`](crate::Lifecycles::transition) and are never removed.
///
/// The store does not know whether a write was made by somebody who was killed before saying so. Whoever makes the writes
/// looks on the forge first.
pub trait Outbox {
    /// Lists entries in the order of creation, in which they are to be made.
    fn list_outbox(
        &self,
        repository: &RepositoryName,
        filter: &OutboxFilter,
        page: &PageRequest,
    ) -> Result<Page<OutboxEntry>, StoreError>;

    /// Marks an entry as made, gives its lifecycle the numbers in `done`, and writes an audit entry `forge.write`, in one
    /// transaction. The lifecycle's version stays. For an entry that is done already nothing is written: what was reported
    /// first stands.
    fn complete_outbox(
        &self,
        id: OutboxId,
        done: &OutboxDone,
        at: Timestamp,
    ) -> Result<OutboxEntry, OutboxError>;

    /// Counts a failed attempt and writes an audit entry `forge.write`; the entry stays pending. For an entry that is done
    /// already nothing is written.
    fn fail_outbox(
        &self,
        id: OutboxId,
        error: &str,
        at: Timestamp,
    ) -> Result<OutboxEntry, OutboxError>;
}
