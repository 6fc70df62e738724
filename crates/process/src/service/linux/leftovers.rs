//! Killing what a service left whose shim was killed.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::cgroup;
use crate::identity::{Process, ProcessIdentity};
use crate::procfs::{self, Stat};
use crate::service::record::ServiceFile;
use crate::signal;

/// Processes are born while they are looked for. What is stopped has no children any more, so that few rounds are enough.
const ROUNDS: usize = 100;

/// Kills what can be proved to be of the service, and says how many that were. The shim has ended.
///
/// Proved are: who is in its control group; the program, by its identity; who is in the shim's session while the program is, because a session's number cannot be
/// given away as long as it has a member; who is in that session and holds one of the service's outputs; and who descends
/// from one of these. Another process that merely has one of the numbers is left alone.
pub(super) fn kill(record: &ServiceFile) -> io::Result<u32> {
    if record.shim.liveness_elsewhere().is_some() {
        // Another boot or container: its numbers mean nothing here.
        return Ok(0);
    }
    let Ok(shim) = i32::try_from(record.shim.pid) else {
        return Ok(0);
    };
    let killed_in_cgroup = kill_cgroup(record)?;
    // Held on to until the end: while it is stopped it proves the session.
    let program = Process::open(&record.program)?;
    let mut stopped: HashMap<Pid, std::os::fd::OwnedFd> = HashMap::new();
    for _ in 0..ROUNDS {
        let table = Table::read()?;
        let proved = prove(record, shim, program.as_ref(), &table);
        let before = stopped.len();
        for pid in table.with_descendants(proved) {
            if !stopped.contains_key(&pid)
                && let Some(fd) = stop(pid, &table)?
            {
                stopped.insert(pid, fd);
            }
        }
        if stopped.len() == before {
            break;
        }
    }
    for fd in stopped.values() {
        // It has ended, or it does now.
        let _ = pidfd_send_signal(fd, Signal::KILL);
    }
    for fd in stopped.values() {
        crate::identity::wait_readable(std::os::fd::AsFd::as_fd(fd), super::PATIENCE)?;
    }
    let killed = u32::try_from(stopped.len()).unwrap_or(u32::MAX);
    Ok(killed.saturating_add(killed_in_cgroup))
}

/// Whoever is in the service's control group is of the service, wherever else it has gone.
fn kill_cgroup(record: &ServiceFile) -> io::Result<u32> {
    let Some(recorded) = &record.cgroup else {
        return Ok(0);
    };
    let is_same = fs::metadata(&recorded.directory).is_ok_and(|now| now.ino() == recorded.inode);
    if !is_same {
        return Ok(0);
    }
    let members = fs::read_to_string(recorded.directory.join("cgroup.procs"))?;
    cgroup::remove(&recorded.directory)?;
    Ok(u32::try_from(members.lines().count()).unwrap_or(u32::MAX))
}

fn prove(record: &ServiceFile, shim: i32, program: Option<&Process>, table: &Table) -> Vec<Pid> {
    let program = program.and_then(|program| {
        let pid = Pid::from_raw(i32::try_from(program.identity().pid).ok()?)?;
        Some((pid, table.stats.get(&pid)?.session))
    });
    let session_is_proved = program.is_some_and(|(_, session)| session == shim);
    let mut proved: Vec<Pid> = program.iter().map(|(pid, _)| *pid).collect();
    let members = table
        .stats
        .iter()
        .filter(|(_, stat)| stat.session == shim)
        .map(|(pid, _)| *pid);
    proved.extend(members.filter(|pid| session_is_proved || holds_output(*pid, &record.outputs)));
    proved
}

/// What cannot be looked into holds nothing.
fn holds_output(pid: Pid, outputs: &[String]) -> bool {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    entries
        .flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .any(|target| {
            outputs
                .iter()
                .any(|output| !output.is_empty() && target.as_os_str() == output.as_str())
        })
}

/// Stops a process and holds on to it, if it still is the one that the table tells of.
fn stop(pid: Pid, table: &Table) -> io::Result<Option<std::os::fd::OwnedFd>> {
    let number = pid.as_raw_pid().unsigned_abs();
    let fd = match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(fd) => fd,
        Err(Errno::SRCH | Errno::INVAL) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let is_same = ProcessIdentity::of(number)?
        .is_some_and(|now| table.starts.get(&pid) == Some(&now.start_ticks));
    if !is_same {
        return Ok(None);
    }
    match pidfd_send_signal(&fd, signal::Signal::Stop.system()) {
        Ok(()) => Ok(Some(fd)),
        Err(Errno::SRCH) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// All processes at about one moment.
struct Table {
    stats: HashMap<Pid, Stat>,
    starts: HashMap<Pid, u64>,
}

impl Table {
    fn read() -> io::Result<Self> {
        let mut table = Self {
            stats: HashMap::new(),
            starts: HashMap::new(),
        };
        for pid in procfs::all()? {
            let number = pid.as_raw_pid().unsigned_abs();
            // The start is read before and after, so that both are of one process.
            let (Ok(Some(before)), Some(stat), Ok(Some(after))) = (
                ProcessIdentity::of(number),
                Stat::of(pid),
                ProcessIdentity::of(number),
            ) else {
                continue;
            };
            if before.start_ticks == after.start_ticks && !stat.is_dead() {
                table.stats.insert(pid, stat);
                table.starts.insert(pid, before.start_ticks);
            }
        }
        Ok(table)
    }

    fn with_descendants(&self, mut found: Vec<Pid>) -> Vec<Pid> {
        let mut seen: HashSet<Pid> = found.iter().copied().collect();
        let mut next = 0;
        while let Some(parent) = found.get(next).copied() {
            next += 1;
            for (pid, stat) in &self.stats {
                if stat.parent == parent.as_raw_pid() && seen.insert(*pid) {
                    found.push(*pid);
                }
            }
        }
        found
    }
}
