#![doc = include_str!("../README.md")]

mod clock;
mod events;
mod lease;
mod lease_id;
mod options;
mod pool;
mod recovery;
mod registry;
mod request;
mod root;
mod salvage;
mod slot;

pub use clock::Clock;
pub use lease::{FenceError, Lease, LeaseToken};
pub use lease_id::{LeaseId, ParseLeaseIdError};
pub use options::PoolOptions;
pub use pool::{AcquireError, Leftovers, OpenPoolError, Pool, Rehearsal, ReleaseError, ScrubError};
pub use recovery::{Quarantined, ReclaimReason, Reclaimed, Recovery};
pub use registry::RegistryError;
pub use request::{BadTextError, Request, TEXT_LIMIT_BYTES};
pub use salvage::{SALVAGE_PREFIX, Salvage, SalvageError};
pub use slot::{LeaseInfo, Slot, SlotState};
