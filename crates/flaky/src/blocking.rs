//! Blocking work of an asynchronous flow.

use std::panic;
use std::sync::Arc;

use crate::cleaner::Cx;

/// Runs `work` on a thread that may block. A panic in it goes on here.
pub(crate) async fn blocking<T: Send + 'static>(
    cx: &Arc<Cx>,
    work: impl FnOnce(&Cx) -> T + Send + 'static,
) -> T {
    let cx = Arc::clone(cx);
    match tokio::task::spawn_blocking(move || work(&cx)).await {
        Ok(value) => value,
        Err(error) => panic::resume_unwind(error.into_panic()),
    }
}
