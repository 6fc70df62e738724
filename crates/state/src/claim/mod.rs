//! Claims: at most one owner at a time, each with a fence.

mod error;
mod model;
pub(crate) mod rules;

use std::time::Duration;

use jiff::Timestamp;

pub use self::error::ClaimError;
pub use self::model::{Claim, ClaimRequest};

use crate::store::StoreError;

/// The part of a [`Store`](crate::Store) that says who works on what. Time is what callers say it is: programs that share
/// a store have to agree on it to within much less than the time that they claim for.
pub trait Claims {
    /// Claims a key that nobody holds at `at`: one that was never claimed, was released, or has expired.
    ///
    /// # Errors
    /// [`ClaimError::Held`] also when the holder has the same name: an owner that claims twice is two.
    fn claim(&self, request: &ClaimRequest, at: Timestamp) -> Result<Claim, ClaimError>;

    /// Claims a key although its claim has not expired, because the caller has proved that the holder is gone. Done only
    /// if `fence_seen` is still the key's fence; writes an audit entry `claim.break`.
    ///
    /// # Errors
    /// [`ClaimError::Held`] when another claim came since, [`ClaimError::Lost`] when the key was never claimed.
    fn break_claim(
        &self,
        fence_seen: u64,
        request: &ClaimRequest,
        at: Timestamp,
    ) -> Result<Claim, ClaimError>;

    /// Makes a claim last until `ttl` after `at`. One that has expired is kept if nobody else has claimed the key since.
    ///
    /// # Errors
    /// [`ClaimError::Lost`] when it is no longer the caller's.
    fn renew_claim(&self, claim: &Claim, ttl: Duration, at: Timestamp)
    -> Result<Claim, ClaimError>;

    /// Gives a claim back. Once more is fine, as long as nobody else has claimed the key since.
    ///
    /// # Errors
    /// [`ClaimError::Lost`] when somebody has.
    fn release_claim(&self, claim: &Claim, at: Timestamp) -> Result<(), ClaimError>;

    /// Looks up who holds a key, whether it has expired or not. `None` when nobody has claimed it or it was released.
    fn load_claim(&self, key: &str) -> Result<Option<Claim>, StoreError>;
}
