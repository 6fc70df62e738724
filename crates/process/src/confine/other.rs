//! Where nothing can be confined.

use std::io;
use std::path::Path;

use crate::confine::plan::Plan;
use crate::confine::start::Attempt;
use crate::confine::{Confined, Network, NetworkLevel, Require, ResourceLimits};
use crate::shim::spec::StartFailure;

/// How applying a plan fails.
pub(super) enum ApplyError {
    #[expect(dead_code, reason = "only Linux tries again")]
    Again(Attempt),
    Failed(StartFailure),
}

/// Goes to `directory` and says what is missing: everything that was asked for.
pub(super) fn apply(
    plan: &Plan,
    attempt: &Attempt,
    directory: &Path,
) -> Result<Confined, ApplyError> {
    let mut missing = attempt.missing.clone();
    if plan.files.is_some() {
        missing.push("files and signals are not confined on this system".to_owned());
    }
    if plan.network == Network::Off {
        missing.push("the network is not off on this system".to_owned());
    }
    if plan.limits != ResourceLimits::default() {
        missing.push("limits are not set on this system".to_owned());
    }
    if plan.require == Require::Full && !missing.is_empty() {
        return Err(ApplyError::Failed(StartFailure::confining(
            &missing.join("; "),
            &io::ErrorKind::Unsupported.into(),
        )));
    }
    std::env::set_current_dir(directory)
        .map_err(|error| ApplyError::Failed(StartFailure::of_program(&error)))?;
    Ok(Confined {
        profile: plan.profile,
        landlock_abi: 0,
        network: NetworkLevel::Open,
        signals: false,
        private_view: false,
        limits: ResourceLimits::default(),
        missing,
    })
}
