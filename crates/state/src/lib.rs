#![doc = include_str!("../README.md")]

mod open;
mod store;
mod url;

mod record;
mod repository;
mod source;

mod claim;
mod lifecycle;
mod outbox;

mod alias;
mod audit;
mod check;
mod known;
mod page;
mod prefix;

mod boundary;
mod json;
mod ledger;
mod merge;
mod recording;
mod reindex;
mod rows;
mod text;

mod memory;
mod sqlite;

pub use alias::Alias;
pub use audit::{AuditEntry, AuditEvent, AuditResult, UnknownAuditResult};
pub use check::{CheckReport, Problem};
pub use claim::{Claim, ClaimError, ClaimRequest, Claims};
pub use json::JsonTextError;
pub use known::{KnownFailure, KnownFingerprint, Novelty, Occurrence, Recorded, Run};
pub use lifecycle::{
    Lifecycle, LifecycleState, Lifecycles, Transition, TransitionEntry, TransitionError,
    UnknownLifecycleState,
};
pub use memory::MemoryStore;
pub use open::{open, open_copy};
pub use outbox::{
    Outbox, OutboxDone, OutboxDraft, OutboxDraftError, OutboxEntry, OutboxError, OutboxFilter,
    OutboxId, OutboxStatus, UnknownOutboxStatus,
};
pub use page::{Cursor, Page, PageRequest};
pub use prefix::{Candidate, FindError, FingerprintPrefix, ParsePrefixError};
pub use record::{FailureRecord, Reason, ScanRecord};
pub use reindex::{ReindexBatch, ReindexCursor, ReindexRequest, Reindexed};
pub use repository::{RepositoryName, RepositoryNameError};
pub use source::{OccurrenceSource, Origin, SourceKey};
pub use sqlite::{OpenError, SqliteStore};
pub use store::{EngineError, Store, StoreError};
pub use url::{ParseStoreUrlError, StoreUrl};
