//! Lifecycles: the state of the work on each fingerprint, moved by compare-and-swap.

mod error;
mod model;
mod replay;
pub(crate) mod rules;
mod state;

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;

pub use self::error::TransitionError;
pub use self::model::{Lifecycle, Transition, TransitionEntry};
pub(crate) use self::replay::Replay;
pub use self::state::{LifecycleState, UnknownLifecycleState};

use crate::page::{Page, PageRequest};
use crate::repository::RepositoryName;
use crate::store::StoreError;

/// The part of a [`Store`](crate::Store) that knows how far the work on each fingerprint has come.
pub trait Lifecycles {
    /// Begins a lifecycle in [`LifecycleState::Discovered`] with version 1, a journal entry and an audit entry, in one
    /// transaction. One that was begun before is returned as it is, and nothing is written.
    fn begin_lifecycle(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
        reason: &str,
        at: Timestamp,
    ) -> Result<Lifecycle, StoreError>;

    /// Looks up one lifecycle. `None` when it was never begun.
    fn load_lifecycle(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Lifecycle>, StoreError>;

    /// Lists a repository's lifecycles by fingerprint, an order in which a caller may move each one that it comes by.
    fn list_lifecycles(
        &self,
        repository: &RepositoryName,
        page: &PageRequest,
    ) -> Result<Page<Lifecycle>, StoreError>;

    /// Moves or updates a lifecycle: state, numbers and memo, a journal entry, the writes that follow from it, and an
    /// audit entry. All of it in one transaction, or nothing. When it returns, a store that outlives the process has it on
    /// the disk.
    ///
    /// An update keeps the state (`to` is the present one). It is allowed in every state, the final ones too, and is
    /// journaled like a move.
    ///
    /// # Errors
    /// [`TransitionError::Moved`] when the lifecycle no longer has the version that the caller saw: read it again and
    /// decide anew. That comes before [`TransitionError::Illegal`].
    fn transition(
        &self,
        transition: &Transition,
        at: Timestamp,
    ) -> Result<Lifecycle, TransitionError>;

    /// Lists the journal of one lifecycle, oldest entry first.
    fn list_transitions(
        &self,
        repository: &RepositoryName,
        fingerprint: &Fingerprint,
        page: &PageRequest,
    ) -> Result<Page<TransitionEntry>, StoreError>;
}
