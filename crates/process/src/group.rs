//! A child and its process group.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::process::{Child, ExitStatus};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpgid, kill_process, kill_process_group,
    test_kill_process_group, waitid,
};

use crate::outcome::{Containment, Usage};
use crate::run::{Ended, Holder, News};

/// The killed are not waited for by us, and on a busy machine they take their time to end.
const DRAIN_LIMIT: Duration = Duration::from_secs(1);

/// How often a killed group is looked at again until nobody is in it, and how long in between.
const ROUNDS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(2);

/// A started child that leads its own process group. Dropping it kills the group and reaps the child.
///
/// The child is not reaped before the last signal was sent: until then its process id cannot be given to anybody else, so a
/// signal can never reach a stranger.
pub(crate) struct Group {
    child: Child,
    pid: Pid,
    end: OwnedFd,
    reaped: bool,
}

impl Group {
    pub(crate) fn new(mut child: Child) -> io::Result<Self> {
        let pid = Pid::from_child(&child);
        match watch_end(pid) {
            Ok(end) => Ok(Self {
                child,
                pid,
                end,
                reaped: false,
            }),
            Err(error) => {
                signal(pid, Signal::KILL);
                // The first error is the one to tell.
                let _ = child.wait();
                Err(error)
            }
        }
    }

    /// Kills the group. One signal is enough for all that are in it, those included that are just starting another: such a start fails
    /// or is repeated when a signal has come (Linux since 4.19, `copy_process`). The second is for those that joined the group meanwhile.
    fn kill_whole(&self) {
        signal(self.pid, Signal::KILL);
        signal(self.pid, Signal::KILL);
        // It may have moved into the group of one of its children. It has ended, or it was not waited for: the number is its own.
        let _ = kill_process(self.pid, Signal::KILL);
    }

    fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait();
        self.reaped = true;
        status
    }

    /// Waits a moment until the killed have gone, so that the caller finds nobody; others than ourselves have to wait for them. No signal is
    /// sent any more.
    fn await_emptiness(&self) {
        for _ in 0..ROUNDS {
            if test_kill_process_group(self.pid) == Err(Errno::SRCH) {
                return;
            }
            std::thread::sleep(PAUSE);
        }
    }
}

impl Holder for Group {
    fn source(&self) -> BorrowedFd<'_> {
        self.end.as_fd()
    }

    fn hear(&mut self, news: &mut Vec<News>) -> io::Result<()> {
        // Whatever the program left in its group must neither outlive it nor hold the output open.
        self.kill_whole();
        news.extend([News::Ended, News::Finished]);
        Ok(())
    }

    fn terminate(&mut self) {
        terminate(self.pid);
    }

    fn kill(&mut self) {
        self.kill_whole();
    }

    fn drain_limit(&self) -> Duration {
        DRAIN_LIMIT
    }

    fn answer_limit(&self) -> Option<Duration> {
        // Only the end of the program is awaited, and the kernel brings that about.
        None
    }

    fn finish(mut self: Box<Self>) -> io::Result<Ended> {
        self.kill_whole();
        let usage = usage(self.pid);
        let status = self.wait()?;
        self.await_emptiness();
        Ok(Ended {
            status,
            usage,
            survivors_killed: 0,
            containment: Containment::Group,
            confined: None,
        })
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.reaped {
            self.kill_whole();
            // Reached only while an earlier error is on its way to the caller; the status would tell nothing more.
            let _ = self.child.wait();
        }
    }
}

/// Tells the group of `leader`, who was not waited for, to end.
pub(crate) fn terminate(leader: Pid) {
    signal(leader, Signal::TERM);
    // One that is stopped would not see it.
    signal(leader, Signal::CONT);
    // A leader who has moved into another group gets it there, but nobody gets it twice: some take the second for an order to hurry. It
    // fails only where it has ended.
    if getpgid(Some(leader)).is_ok_and(|group| group != leader) {
        let _ = kill_process(leader, Signal::TERM);
        let _ = kill_process(leader, Signal::CONT);
    }
}

fn signal(group: Pid, signal: Signal) {
    // The only failures are "no such group" and, on some systems, "not permitted" for a group of zombies: there is nobody
    // left to signal, which is what was wanted.
    let _ = kill_process_group(group, signal);
}

/// Readable, or at its end, when the program has ended. It is not waited for by that.
fn watch_end(pid: Pid) -> io::Result<OwnedFd> {
    #[cfg(target_os = "linux")]
    if let Ok(process) = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) {
        return Ok(process);
    }
    watch_end_by_thread(pid)
}

/// For systems without descriptors of processes.
fn watch_end_by_thread(pid: Pid) -> io::Result<OwnedFd> {
    let (reader, writer) = io::pipe()?;
    std::thread::Builder::new()
        .name("child-watch".to_owned())
        .spawn(move || {
            // `NOWAIT` leaves the child as a zombie, which keeps its process id and its group reserved for us. An error
            // other than an interruption means that there is no child to wait for, which is an end, too.
            while let Err(Errno::INTR) = waitid(
                WaitId::Pid(pid),
                WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
            ) {}
            drop(writer);
        })?;
    Ok(reader.into())
}

/// What a program that has ended used, with those of its children that it waited for; to a hundredth of a second. What it used of memory
/// the system no longer tells.
#[cfg(target_os = "linux")]
fn usage(pid: Pid) -> Usage {
    // Hundredths on every architecture that we build for: `USER_HZ`, time(7).
    let duration = |ticks: u64| Duration::from_millis(ticks.saturating_mul(10));
    crate::procfs::Stat::of(pid).map_or_else(Usage::default, |stat| Usage {
        user: duration(stat.user_ticks),
        system: duration(stat.system_ticks),
        max_rss_bytes: 0,
    })
}

#[cfg(not(target_os = "linux"))]
fn usage(_: Pid) -> Usage {
    Usage::default()
}
