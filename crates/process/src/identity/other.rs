//! Where the system does not tell when a process started.

use std::io;

/// A later process with the same id cannot be told from the earlier one.
pub(super) const KNOWS_START: bool = false;

#[expect(
    clippy::unnecessary_wraps,
    reason = "the signature is that of the system that may fail"
)]
pub(super) fn start_ticks(pid: u32) -> io::Result<Option<u64>> {
    Ok(super::exists(pid).then_some(0))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the signature is that of the system that may fail"
)]
pub(super) fn boot_id() -> io::Result<String> {
    Ok(String::new())
}

pub(super) fn namespace() -> String {
    String::new()
}

/// Not known.
pub(super) fn executable(_pid: u32) -> io::Result<String> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Not known.
pub(super) fn arguments(_pid: u32) -> io::Result<String> {
    Err(io::ErrorKind::Unsupported.into())
}
