//! The parts of the system that every child may read.

use std::fs::DirEntry;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::confine::allowed::Allowed;
use crate::confine::plan::Access;

/// Programs, libraries and their data, on the usual distributions, NixOS, Guix and Homebrew among them.
const READABLE: &[&str] = &[
    "/bin",
    "/sbin",
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/opt",
    "/nix/store",
    "/nix/var/nix/profiles",
    "/run/current-system",
    "/gnu/store",
    "/home/linuxbrew/.linuxbrew",
    "/snap",
    "/var/lib/ca-certificates",
    "/proc",
    "/sys/block",
    "/sys/bus",
    "/sys/class",
    "/sys/dev",
    "/sys/devices",
    "/sys/fs/cgroup",
    "/sys/kernel/mm",
    "/sys/module",
];

/// Files of `/etc` that often are links to elsewhere.
const LINKED: &[&str] = &[
    "resolv.conf",
    "hosts",
    "hostname",
    "localtime",
    "machine-id",
    "nsswitch.conf",
];

/// Devices that lead nowhere.
pub(super) const DEVICES: &[&str] = &[
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/dev/tty",
];

/// Allows reading the system.
pub(super) fn allow(allowed: &mut Allowed) {
    for path in READABLE {
        allowed.offer(Path::new(path), Access::Read);
    }
    allowed.offer(Path::new("/etc"), Access::See);
    if rustix::process::geteuid().is_root() {
        let mut open = Vec::new();
        collect_open(Path::new("/etc"), &mut open);
        for path in open {
            allowed.offer_real(path, Access::Read);
        }
    } else {
        // What others may not read is kept from this user as it always is.
        allowed.offer(Path::new("/etc"), Access::Read);
    }
    for name in LINKED {
        let path = Path::new("/etc").join(name);
        if std::fs::metadata(&path).is_ok_and(|file| file.is_file() && file.mode() & 0o004 != 0) {
            allowed.offer(&path, Access::Read);
        }
    }
}

/// Collects what all users may read in `directory`, in as few paths as possible, and says whether that is all of it. For root, whom no
/// mode keeps out: `/etc` holds password hashes and host keys.
///
/// Links are passed over: what they lead to has a mode of its own, and is allowed only where it lies.
fn collect_open(directory: &Path, open: &mut Vec<PathBuf>) -> bool {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return false;
    };
    let before = open.len();
    let mut all = true;
    for entry in entries {
        match entry.and_then(|entry| judge(&entry)) {
            Ok(Open::Passed) => {}
            Ok(Open::File(path)) => open.push(path),
            Ok(Open::Directory(path)) => all &= collect_open(&path, open),
            // Unreadable, or gone meanwhile: not allowed, in any case.
            Ok(Open::Closed) | Err(_) => all = false,
        }
    }
    if all {
        open.truncate(before);
        open.push(directory.to_owned());
    }
    all
}

/// What all users may do with one entry.
enum Open {
    Passed,
    File(PathBuf),
    Directory(PathBuf),
    Closed,
}

fn judge(entry: &DirEntry) -> io::Result<Open> {
    // Most entries of a large directory there are links, whose kind costs nothing to know.
    if entry.file_type()?.is_symlink() {
        return Ok(Open::Passed);
    }
    let metadata = entry.metadata()?;
    let mode = metadata.permissions().mode();
    Ok(if metadata.is_dir() && mode & 0o005 == 0o005 {
        Open::Directory(entry.path())
    } else if metadata.is_file() && mode & 0o004 != 0 {
        Open::File(entry.path())
    } else {
        Open::Closed
    })
}
