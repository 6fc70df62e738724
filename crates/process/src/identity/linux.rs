//! What Linux tells of processes: proc(5), as of Linux 6.18.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;

use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

use crate::procfs::Stat;

/// Two processes with one id differ in their start.
pub(super) const KNOWS_START: bool = true;

/// When the process started; `None` where it does not exist or has ended.
pub(super) fn start_ticks(pid: u32) -> io::Result<Option<u64>> {
    Ok(stat(pid)?
        .filter(|stat| !stat.is_dead())
        .map(|stat| stat.start_ticks))
}

/// When the process started, whether it has ended or not; `None` where it does not exist.
pub(super) fn start_ticks_of_any(pid: u32) -> io::Result<Option<u64>> {
    Ok(stat(pid)?.map(|stat| stat.start_ticks))
}

fn stat(pid: u32) -> io::Result<Option<Stat>> {
    let text = match fs::read(format!("/proc/{pid}/stat")) {
        Ok(text) => text,
        Err(error) if is_absent(&error) => {
            // Mounted with `hidepid`, /proc hides the processes of others.
            return if super::exists(pid) {
                Err(io::ErrorKind::PermissionDenied.into())
            } else {
                Ok(None)
            };
        }
        Err(error) => return Err(error),
    };
    Stat::parse(&text).map(Some).ok_or_else(|| {
        let words = format!("`/proc/{pid}/stat` cannot be read");
        io::Error::new(io::ErrorKind::InvalidData, words)
    })
}

/// A process may also end between opening its file and reading it.
fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
        || error.raw_os_error() == Some(Errno::SRCH.raw_os_error())
}

pub(super) fn boot_id() -> io::Result<String> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    Ok(text.trim_end().to_owned())
}

/// Empty where it cannot be read.
pub(super) fn namespace() -> String {
    match fs::read_link("/proc/self/ns/pid") {
        Ok(link) => link.to_string_lossy().into_owned(),
        Err(_) => String::new(),
    }
}

/// Device and inode of what it executes. The link leads to the file even after that was deleted or replaced.
pub(super) fn executable(pid: u32) -> io::Result<String> {
    let metadata = fs::metadata(format!("/proc/{pid}/exe"))?;
    Ok(format!("{}:{}", metadata.dev(), metadata.ino()))
}

/// The sha256 of the argument list.
pub(super) fn arguments(pid: u32) -> io::Result<String> {
    let arguments = fs::read(format!("/proc/{pid}/cmdline"))?;
    Ok(crate::hex::hex(&Sha256::digest(arguments)))
}
