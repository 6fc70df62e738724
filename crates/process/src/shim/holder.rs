//! The shim itself: starts one child, holds its descendants, and kills them all when it is told to or nobody is there to tell.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::Pid;

use crate::cgroup;
use crate::confine::Plan;
use crate::group;
use crate::shim::child::start;
use crate::shim::reaper::{Reaper, reap};
use crate::shim::wire::{self, Frames, Order, Report, Spec};
use crate::shim::{descriptors, tree, usage};

/// How long is waited for killed processes to end before they are looked for again: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// How often the parent hears that something still lives.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// Does the work of a shim whose parent is at the other end of standard input.
pub(super) fn main() -> u8 {
    // There is nobody to tell an error to but the parent, which sees that there is no result.
    match hold() {
        Ok(()) => 0,
        Err(_) => 3,
    }
}

fn hold() -> io::Result<()> {
    descriptors::close_inherited()?;
    let mut socket = UnixStream::from(rustix::io::fcntl_dupfd_cloexec(io::stdin(), 3)?);
    let null = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    let reaper = Reaper::install()?;
    // A child of the same user can then neither trace this process nor take its end of the socket and answer in its name.
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    let mut frames = Frames::default();
    let Some(spec) = read_spec(&mut socket, &mut frames)? else {
        return Ok(());
    };
    let started = match start(&spec) {
        Ok(started) => started,
        Err(report) => return wire::send(&mut socket, &*report),
    };
    let mut holder = Holder {
        socket,
        frames,
        reaper,
        leader: Some(started.leader),
        cgroup: started.cgroup,
        plan: spec.plan,
        killing: false,
        orphaned: false,
        survivors_killed: 0,
        reports: Vec::new(),
        reported: Instant::now(),
    };
    let outputs_given_up = give_up_outputs(&null);
    holder.report(&started.report)?;
    let held = outputs_given_up.and_then(|()| holder.until_nothing_is_left());
    if held.is_err() {
        // Whatever is wrong, nothing may be left behind.
        holder.orphaned = true;
        holder.killing = true;
        holder.until_nothing_is_left()?;
    }
    held
}

/// `None` if the parent has gone before it said anything.
fn read_spec(socket: &mut UnixStream, frames: &mut Frames) -> io::Result<Option<Spec>> {
    loop {
        if let Some(spec) = frames.next()? {
            return Ok(Some(spec));
        }
        if frames.fill(socket)? == 0 {
            return Ok(None);
        }
    }
}

/// The outputs belong to the child alone: while this process had them, their end could not be seen.
fn give_up_outputs(null: &File) -> io::Result<()> {
    rustix::stdio::dup2_stdout(null)?;
    rustix::stdio::dup2_stderr(null)?;
    Ok(())
}

struct Holder {
    socket: UnixStream,
    frames: Frames,
    reaper: Reaper,
    /// `None` once it was waited for: then its number may be anybody's.
    leader: Option<Pid>,
    cgroup: Option<PathBuf>,
    plan: Option<Plan>,
    killing: bool,
    /// Whether the parent is gone.
    orphaned: bool,
    survivors_killed: u32,
    /// Not sent yet.
    reports: Vec<u8>,
    reported: Instant,
}

impl Holder {
    fn until_nothing_is_left(&mut self) -> io::Result<()> {
        // Orders that followed on the heels of the first frame were read together with it, and nothing more may come to wake us.
        self.obey()?;
        let mut pause = FIRST_PAUSE;
        loop {
            let some_left = self.reap()?;
            if !some_left {
                return self.finish();
            }
            if self.leader.is_none() {
                self.killing = true;
            }
            self.flush();
            if self.killing {
                self.kill_what_is_left();
                self.listen(Some(pause))?;
                pause = (pause * 2).min(LONGEST_PAUSE);
            } else {
                self.listen(None)?;
            }
        }
    }

    /// Waits for those that have ended, and says whether there are others.
    fn reap(&mut self) -> io::Result<bool> {
        let mut reaped = reap()?;
        if let Some(status) = self.leader.and_then(|leader| reaped.take(leader)) {
            self.leader = None;
            self.report(&Report::LeaderEnded {
                status: status.as_raw(),
            })?;
        }
        if self.killing {
            self.survivors_killed = self.survivors_killed.saturating_add(reaped.killed());
        }
        Ok(reaped.some_left)
    }

    fn kill_what_is_left(&mut self) {
        if let Some(cgroup) = &self.cgroup {
            // What is not killed by it is found in the tree.
            let _ = cgroup::kill(cgroup);
        }
        tree::kill_descendants();
        if self.reported.elapsed() >= HEARTBEAT {
            // The parent is not waited for: it may be stopped, and then reads nothing.
            let mut frame = Vec::new();
            if wire::send(&mut frame, &Report::StillKilling).is_ok() {
                let flags = rustix::net::SendFlags::DONTWAIT | rustix::net::SendFlags::NOSIGNAL;
                let _ = rustix::net::send(&self.socket, &frame, flags);
            }
            self.reported = Instant::now();
        }
    }

    fn terminate(&self) {
        if let Some(leader) = self.leader {
            group::terminate(leader);
        }
    }

    /// Waits until something has happened, and does what is asked for.
    fn listen(&mut self, limit: Option<Duration>) -> io::Result<()> {
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        let (socket, reaper) = (self.socket.as_fd(), self.reaper.fd());
        let mut sources = vec![PollFd::from_borrowed_fd(reaper, PollFlags::IN)];
        if !self.orphaned {
            sources.push(PollFd::from_borrowed_fd(socket, PollFlags::IN));
        }
        match poll(&mut sources, limit.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let mut ready = sources.iter().map(|source| !source.revents().is_empty());
        let (signalled, spoken_to) = (ready.next() == Some(true), ready.next() == Some(true));
        drop(sources);
        if signalled && self.reaper.signals() {
            self.terminate();
        }
        if spoken_to {
            self.take_orders()?;
        }
        Ok(())
    }

    fn take_orders(&mut self) -> io::Result<()> {
        // An error is an end, too: a parent that was killed may leave a connection that was reset.
        if self.frames.fill(&mut self.socket).unwrap_or(0) == 0 {
            self.orphaned = true;
            self.killing = true;
            return Ok(());
        }
        self.obey()
    }

    /// Does what was asked for in what has been read.
    fn obey(&mut self) -> io::Result<()> {
        while let Some(order) = self.frames.next()? {
            match order {
                Order::Terminate => self.terminate(),
                Order::KillAll => self.killing = true,
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.report(&Report::Finished {
            usage: usage::of_children(),
            survivors_killed: self.survivors_killed,
        })?;
        if self.orphaned {
            // What the parent would do.
            if let Some(cgroup) = &self.cgroup {
                // One that stays is removed by the next run that is started from there.
                let _ = cgroup::remove(cgroup);
            }
            if let Some(plan) = &self.plan {
                plan.remove_private();
            }
            return Ok(());
        }
        self.flush();
        Ok(())
    }

    fn report(&mut self, report: &Report) -> io::Result<()> {
        wire::send(&mut self.reports, report)?;
        if matches!(report, Report::Started { .. }) {
            self.flush();
        }
        Ok(())
    }

    fn flush(&mut self) {
        if self.reports.is_empty() {
            return;
        }
        if !self.orphaned && self.socket.write_all(&self.reports).is_err() {
            // Nobody hears it: the end of file is on its way.
            self.orphaned = true;
            self.killing = true;
        }
        self.reports.clear();
        self.reported = Instant::now();
    }
}
