//! Signals that children hear.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Lets the children of this process hear SIGINT, SIGTERM and SIGHUP, also where the tests were started by `nohup` or in the
/// background of a shell, which ignore some of them: what is ignored stays so in children, and what has a handler is set to its
/// default in them (execve(2)). This process itself ignores them from now on.
///
/// # Panics
/// If the system refuses a handler.
pub fn let_children_hear() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))
            .expect("a handler can be set");
    }
}
