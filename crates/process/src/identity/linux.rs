//! What Linux tells of processes: proc(5), as of Linux 6.18.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;

use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

/// Two processes with one id differ in their start.
pub(super) const KNOWS_START: bool = true;

/// When the process started; `None` where it does not exist or has ended.
pub(super) fn start_ticks(pid: u32) -> io::Result<Option<u64>> {
    let found = state_and_start(pid)?;
    Ok(found.and_then(|(state, start_ticks)| {
        let has_ended = matches!(state, b'Z' | b'X' | b'x');
        (!has_ended).then_some(start_ticks)
    }))
}

/// When the process started, whether it has ended or not; `None` where it does not exist.
pub(super) fn start_ticks_of_any(pid: u32) -> io::Result<Option<u64>> {
    Ok(state_and_start(pid)?.map(|(_, start_ticks)| start_ticks))
}

fn state_and_start(pid: u32) -> io::Result<Option<(u8, u64)>> {
    let stat = match fs::read(format!("/proc/{pid}/stat")) {
        Ok(stat) => stat,
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
    parse(&stat).map(Some).ok_or_else(|| {
        let text = format!("`/proc/{pid}/stat` cannot be read");
        io::Error::new(io::ErrorKind::InvalidData, text)
    })
}

/// State and start, fields 3 and 22. Field 2 is the program's name in brackets, which may itself hold brackets, blanks and
/// line ends.
fn parse(stat: &[u8]) -> Option<(u8, u64)> {
    let end = stat.iter().rposition(|&byte| byte == b')')?;
    let rest = std::str::from_utf8(&stat[end + 1..]).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    let state = *fields.next()?.as_bytes().first()?;
    let start_ticks = fields.nth(18)?.parse().ok()?;
    Some((state, start_ticks))
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
    Ok(crate::service::hex(&Sha256::digest(arguments)))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_name_may_look_like_fields() {
        let fields = "S 1 2 3 0 -1 4194560 5 6 7 8 9 10 11 12 20 0 1 0 12345 13 14";
        for name in ["sh", "a b", ") Z 1 (", "two\nlines"] {
            let stat = format!("42 ({name}) {fields}\n");
            assert_eq!(parse(stat.as_bytes()), Some((b'S', 12345)), "{name:?}");
        }
        assert_eq!(parse(b"42 (sh) S 1 2"), None);
        assert_eq!(parse(b""), None);
    }
}
