//! Where control groups can be made.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use rustix::process::{Pid, getpid};

use crate::procfs::{self, Stat};

/// The directory of our own group, and what the names of our groups begin with there.
#[derive(Debug)]
pub(super) struct Place {
    own: PathBuf,
    prefix: String,
}

impl Place {
    pub(super) fn find() -> Result<Self, String> {
        let read = |path: &str| {
            fs::read(path).map_err(|error| format!("`{path}` cannot be read: {error}"))
        };
        let mounts = read("/proc/self/mountinfo")?;
        let groups = read("/proc/self/cgroup")?;
        let own = own_directory(&mounts, &groups)
            .ok_or("no control group of version 2 is mounted where it could be used")?;
        let prefix =
            prefix(getpid()).map_err(|error| format!("`/proc` cannot be read: {error}"))?;
        Ok(Self { own, prefix })
    }

    /// The directory of our group of this number.
    pub(super) fn child(&self, number: u64) -> PathBuf {
        self.own.join(format!("{}{number}", self.prefix))
    }

    /// Kills and removes the groups of processes that have ended without doing so.
    pub(super) fn remove_stale(&self) {
        let Ok(entries) = fs::read_dir(&self.own) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            if name.to_str().is_some_and(is_stale) {
                // Somebody else may be doing the same, and what is not ours to remove stays.
                let _ = super::remove(&entry.path());
            }
        }
    }
}

/// `ftc-NAMESPACE-PID-START-`: a process of this namespace, and not a later one of the same number.
fn prefix(pid: Pid) -> io::Result<String> {
    let gone = || io::Error::from(io::ErrorKind::NotFound);
    let start = Stat::of(pid).ok_or_else(gone)?.start_ticks;
    let namespace = fs::read_link("/proc/self/ns/pid")?;
    let namespace: String = namespace
        .to_string_lossy()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    Ok(format!("ftc-{namespace}-{pid}-{start}-"))
}

fn is_stale(name: &str) -> bool {
    let mut parts = name.split('-');
    if parts.next() != Some("ftc") {
        return false;
    }
    let pid = parts
        .nth(1)
        .and_then(|pid| pid.parse().ok())
        .and_then(Pid::from_raw);
    let Some(pid) = pid else {
        return false;
    };
    let own_namespace =
        || prefix(getpid()).is_ok_and(|own| own.split('-').nth(1) == name.split('-').nth(1));
    match Stat::of(pid) {
        Some(stat) if !stat.is_dead() => {
            own_namespace() && name.split('-').nth(3) != Some(stat.start_ticks.to_string().as_str())
        }
        _ => {
            let exists = rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH);
            let is_zombie = Stat::of(pid).is_some_and(|stat| stat.is_dead());
            (!exists || is_zombie) && own_namespace()
        }
    }
}

/// The directory of the group that this process is in, in the hierarchy of version 2.
fn own_directory(mounts: &[u8], groups: &[u8]) -> Option<PathBuf> {
    let group = groups
        .split(|&byte| byte == b'\n')
        .find_map(|line| line.strip_prefix(b"0::"))?;
    let group = Path::new(std::ffi::OsStr::from_bytes(group));
    // The last mount of a place hides the earlier ones, but the same hierarchy may be mounted in several places.
    mounts
        .split(|&byte| byte == b'\n')
        .filter_map(mount)
        .find_map(|(root, point)| Some(point.join(group.strip_prefix(root).ok()?)))
        .map(|directory| directory.components().collect())
}

/// Root and mount point of a line of `mountinfo`, if it is one of a hierarchy of version 2: see `proc_pid_mountinfo(5)`.
fn mount(line: &[u8]) -> Option<(PathBuf, PathBuf)> {
    let mut fields = line.split(|&byte| byte == b' ');
    let root = fields.nth(3)?;
    let point = fields.next()?;
    let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
    (kind == b"cgroup2").then(|| (path(root), path(point)))
}

fn path(field: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from_vec(procfs::unescape(field)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{is_stale, own_directory};

    #[test]
    fn our_own_group_is_found_on_machines_of_both_kinds() {
        let cases = [
            (
                "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw",
                "0::/user.slice/a.service",
                Some("/sys/fs/cgroup/user.slice/a.service"),
            ),
            (
                "1 0 0:1 / /sys/fs/cgroup rw - tmpfs t rw\n2 1 0:2 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n\
                 3 1 0:3 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw",
                "4:cpu:/x\n0::/",
                Some("/sys/fs/cgroup/unified"),
            ),
            (
                "3 1 0:3 /docker/1 /sys/fs/a\\040b rw - cgroup2 cgroup2 rw",
                "0::/docker/1/inner",
                Some("/sys/fs/a b/inner"),
            ),
            (
                "3 1 0:3 /elsewhere /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
                "0::/docker",
                None,
            ),
            (
                "3 1 0:3 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw",
                "4:cpu:/x",
                None,
            ),
        ];
        for (mounts, groups, expected) in cases {
            assert_eq!(
                own_directory(mounts.as_bytes(), groups.as_bytes()).as_deref(),
                expected.map(Path::new),
                "{mounts}"
            );
        }
    }

    #[test]
    fn only_groups_of_the_dead_are_stale() {
        let own = super::prefix(rustix::process::getpid()).unwrap();
        assert!(!is_stale(&format!("{own}0")));
        // The same number, and another start.
        let mut parts: Vec<&str> = own.split('-').collect();
        parts[3] = "1";
        assert!(is_stale(&format!("{}0", parts.join("-"))));
        parts[1] = "1";
        assert!(
            !is_stale(&format!("{}0", parts.join("-"))),
            "another namespace"
        );
        for name in ["ftc-", "ftc-1", "ftc-x-y-z-0", "user.slice", ""] {
            assert!(!is_stale(name), "{name}");
        }
    }
}
