//! Writing down what was measured.

use ftc_state::{Lifecycle, LifecycleState};

use super::{Move, Tracked};
use crate::cleaner::Cx;
use crate::discover::Measured;
use crate::error::FailureError;
use crate::observe::Event;

/// Remembers the rate of a failure, if it says more than what is known. Once a fix is allowed the state does not move by it.
pub(crate) fn note_rate(
    cx: &Cx,
    lifecycle: &Lifecycle,
    measured: &Measured,
) -> Result<(), FailureError> {
    let mut tracked = Tracked::load(cx, lifecycle)?;
    if tracked.memo.rate.as_ref() == Some(&measured.rate) {
        return Ok(());
    }
    if tracked.lifecycle.state.is_final() {
        let seen = tracked.memo.rate.as_ref().map_or(0, |rate| rate.failures);
        if measured.rate.failures > seen && tracked.lifecycle.state == LifecycleState::Merged {
            cx.tell(&Event::Notice {
                text: format!("`{}` failed again after its fix was merged", tracked.test),
            });
        }
        return Ok(());
    }
    tracked.memo.rate = Some(measured.rate.clone());
    let state = tracked.lifecycle.state;
    tracked.go_blocking(cx, Move::to(state, "measured again"))?;
    Ok(())
}
