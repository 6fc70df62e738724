//! Killing all descendants of this process.

use std::collections::{HashMap, HashSet};

use rustix::process::{
    Pid, PidfdFlags, Signal, getpid, kill_process, pidfd_open, pidfd_send_signal,
};

use crate::procfs::{self, Stat};

/// Stops and then kills every descendant that can be seen. What is born meanwhile is there the next time: the caller repeats this until
/// it has no child left.
///
/// Whoever is stopped starts no more processes (a signal that waits makes `fork` begin again, since Linux 4.19), so that the whole tree is
/// found even where it grows fast. Only the caller may wait for children while this runs: a child that was not waited for keeps its number.
pub(crate) fn kill_descendants() {
    let me = getpid();
    let source = Source::new(me);
    let mut seen = HashSet::from([me]);
    // Each with its parent, parents first.
    let mut tree: Vec<(Pid, Pid)> = Vec::new();
    let mut looked_at = 0;
    let mut parent = me;
    loop {
        for pid in source.children(parent) {
            if seen.insert(pid) {
                signal(pid, parent, me, Signal::STOP);
                tree.push((pid, parent));
            }
        }
        let Some(&(next, _)) = tree.get(looked_at) else {
            break;
        };
        looked_at += 1;
        parent = next;
    }
    // The youngest first: as long as its parent is stopped, nobody waits for a child and frees its number.
    for (pid, parent) in tree.into_iter().rev() {
        signal(pid, parent, me, Signal::KILL);
    }
}

/// Signals a descendant. Failures mean that it has ended.
fn signal(pid: Pid, parent: Pid, me: Pid, signal: Signal) {
    if parent == me {
        let _ = kill_process(pid, signal);
        return;
    }
    // Its parent may have waited for it, and its number may be a stranger's by now: look at who it is while a descriptor keeps it.
    let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else {
        return;
    };
    let descends = Stat::of(pid)
        .is_some_and(|stat| stat.parent == parent.as_raw_pid() || stat.parent == me.as_raw_pid());
    if descends {
        let _ = pidfd_send_signal(&process, signal);
    }
}

/// Where it is known who is whose child.
enum Source {
    /// The kernel tells.
    Children,
    /// Looked up for everybody at once.
    Scan(HashMap<i32, Vec<Pid>>),
}

impl Source {
    fn new(me: Pid) -> Self {
        if procfs::children(me).is_some() {
            return Self::Children;
        }
        let mut children: HashMap<i32, Vec<Pid>> = HashMap::new();
        // Without `/proc` nothing is seen, and the caller goes on waiting for what the group's signals have reached.
        for pid in procfs::all().unwrap_or_default() {
            if let Some(stat) = Stat::of(pid) {
                children.entry(stat.parent).or_default().push(pid);
            }
        }
        Self::Scan(children)
    }

    fn children(&self, pid: Pid) -> Vec<Pid> {
        match self {
            Self::Children => procfs::children(pid).unwrap_or_default(),
            Self::Scan(children) => children.get(&pid.as_raw_pid()).cloned().unwrap_or_default(),
        }
    }
}
