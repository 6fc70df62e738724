//! The mounts of this process.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use nix::mount::MsFlags;

use crate::procfs;

/// One mount.
pub(super) struct Mounted {
    pub(super) path: PathBuf,
    /// Those flags of it that a change must name again, or the kernel refuses it in a user namespace.
    pub(super) flags: MsFlags,
}

/// Loads the table at `path`, a `/proc/PID/mountinfo`; its format is in `proc_pid_mountinfo(5)`.
pub(super) fn load(path: &Path) -> io::Result<Vec<Mounted>> {
    let table = fs::read(path)?;
    Ok(table
        .split(|byte| *byte == b'\n')
        .filter_map(parse)
        .collect())
}

fn parse(line: &[u8]) -> Option<Mounted> {
    let mut fields = line.split(|byte| *byte == b' ').skip(4);
    let path = PathBuf::from(OsString::from_vec(procfs::unescape(fields.next()?)));
    let options = fields.next()?;
    let mut flags = MsFlags::empty();
    let mut strict = true;
    for option in options.split(|byte| *byte == b',') {
        flags |= match option {
            b"ro" => MsFlags::MS_RDONLY,
            b"nosuid" => MsFlags::MS_NOSUID,
            b"nodev" => MsFlags::MS_NODEV,
            b"noexec" => MsFlags::MS_NOEXEC,
            b"noatime" => MsFlags::MS_NOATIME,
            b"nodiratime" => MsFlags::MS_NODIRATIME,
            b"relatime" => MsFlags::MS_RELATIME,
            _ => MsFlags::empty(),
        };
        strict &= !matches!(option, b"noatime" | b"relatime");
    }
    flags.set(MsFlags::MS_STRICTATIME, strict);
    Some(Mounted { path, flags })
}
