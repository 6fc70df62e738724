//! One cleaner at a time for one repository.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use ftc_process::{Liveness, ProcessIdentity};
use ftc_state::{Claim, ClaimError, ClaimRequest};

use crate::blocking::blocking;
use crate::cleaner::Cx;
use crate::error::PassError;

/// A claim is renewed before every transition and every write; what lasts longer than this in between finds it taken over.
const TIME_TO_LIVE: Duration = Duration::from_secs(6 * 60 * 60);

/// Claims the repository. A claim of a process of this machine that is gone is broken at once; others are waited out.
/// From here on [`Cx::hold`] makes sure of it.
pub(crate) async fn take(cx: &Arc<Cx>) -> Result<Claim, PassError> {
    let claim = blocking(cx, take_blocking).await?;
    *cx.claimed() = Some(claim.clone());
    Ok(claim)
}

fn take_blocking(cx: &Cx) -> Result<Claim, PassError> {
    let store = &cx.parts.store;
    let owner = serde_json::to_string(&cx.parts.process).expect("an identity is text and numbers");
    let key = format!("clean/{}", cx.parts.repository);
    let request = ClaimRequest::new(key, owner, TIME_TO_LIVE);
    match store.claim(&request, cx.now()) {
        Err(ClaimError::Held { owner, fence, .. }) if is_gone(&owner) => {
            Ok(store.break_claim(fence, &request, cx.now())?)
        }
        Err(ClaimError::Held {
            key,
            owner,
            expires_at,
            fence,
        }) => {
            let owner = in_words(owner);
            Err(ClaimError::Held {
                key,
                owner,
                expires_at,
                fence,
            }
            .into())
        }
        other => Ok(other?),
    }
}

/// Whether the process that wrote itself down as `owner` is surely gone.
fn is_gone(owner: &str) -> bool {
    serde_json::from_str::<ProcessIdentity>(owner)
        .is_ok_and(|process| process.liveness() == Liveness::Gone)
}

/// Who `owner` is, for a person.
fn in_words(owner: String) -> String {
    match serde_json::from_str::<ProcessIdentity>(&owner) {
        Ok(process) => format!("process {} on {}", process.pid, process.host),
        Err(_) => owner,
    }
}

impl Cx {
    /// Makes sure that the claim is still ours, and keeps it. To be asked right before whatever another cleaner may not do at
    /// the same time: a process that was stopped for long may find that another one has gone on.
    pub(crate) fn hold(&self) -> Result<(), ClaimError> {
        let Some(claim) = self.claimed().clone() else {
            return Ok(());
        };
        let kept = self
            .parts
            .store
            .renew_claim(&claim, TIME_TO_LIVE, self.now())?;
        *self.claimed() = Some(kept);
        Ok(())
    }

    fn claimed(&self) -> std::sync::MutexGuard<'_, Option<Claim>> {
        // It is whole also when a thread that held it panicked.
        self.claim.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the claim back.
pub(crate) async fn release(cx: &Arc<Cx>, claim: Claim) -> Result<(), PassError> {
    *cx.claimed() = None;
    blocking(cx, move |cx| {
        cx.parts.store.release_claim(&claim, cx.now())?;
        Ok(())
    })
    .await
}
