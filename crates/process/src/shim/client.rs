//! The parent's side of a shim.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use crate::cgroup::Cgroup;
use crate::confine::{Confined, Plan};
use crate::outcome::{Containment, Usage};
use crate::run::{Ended, Holder, News};
use crate::shim::spec::ChildCommand;
use crate::shim::wire::{self, Frames, JoinCgroup, Order, Report, Spec};
use crate::shim::{PROTOCOL, Shim, sweep};

/// How long a shim may be silent when it was told to kill everything, or at its start.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
const START_LIMIT: Duration = Duration::from_secs(60);

/// All that are known have ended and were waited for.
const DRAIN_LIMIT: Duration = Duration::from_millis(200);

/// Each child of a shim has this variable, with another value in each run, by which it is known even where its shim was killed.
const MARKER: &str = "FTC_RUN";

/// A shim that holds a child. Dropping it kills both, with all descendants.
pub(crate) struct ShimProcess {
    child: Child,
    pid: Pid,
    socket: UnixStream,
    frames: Frames,
    cgroup: Option<Cgroup>,
    marker: OsString,
    begun: Instant,
    is_started: bool,
    confined: Option<Confined>,
    status: Option<ExitStatus>,
    result: Option<(Usage, u32)>,
    /// Whether nothing of it is left, this way or that.
    over: bool,
}

/// A shim that was started, and the outputs of the child that it starts.
pub(crate) struct Started {
    pub(crate) shim: ShimProcess,
    pub(crate) stdout: ChildStdout,
    pub(crate) stderr: ChildStderr,
}

impl ShimProcess {
    /// Starts `shim` and tells it to start `command`. Whether that works, the news tell.
    pub(crate) fn start(
        shim: &Shim,
        mut command: ChildCommand,
        plan: Option<Plan>,
        cgroup: Option<(Cgroup, bool)>,
    ) -> io::Result<Started> {
        let marker = marker();
        command.environment.insert(MARKER.into(), marker.clone());
        let (cgroup, required) =
            cgroup.map_or((None, false), |(cgroup, required)| (Some(cgroup), required));
        let spec = Spec {
            command,
            plan,
            cgroup: cgroup.as_ref().map(|cgroup| JoinCgroup {
                directory: cgroup.directory().into(),
                required,
            }),
        };
        let (socket, theirs) = UnixStream::pair()?;
        socket.set_write_timeout(Some(START_LIMIT))?;
        let begun = Instant::now();
        let mut child = Command::new(shim.program())
            .args(["__ftc-shim", "run", PROTOCOL])
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let pipes = child.stdout.take().zip(child.stderr.take());
        // From here on dropping it ends the shim.
        let mut shim = Self {
            pid: Pid::from_child(&child),
            child,
            socket,
            frames: Frames::default(),
            cgroup,
            marker,
            begun,
            is_started: false,
            confined: None,
            status: None,
            result: None,
            over: false,
        };
        let (stdout, stderr) =
            pipes.ok_or_else(|| io::Error::other("the outputs are not piped"))?;
        match wire::send(&mut shim.socket, &spec) {
            Ok(()) => {}
            // It has ended already; what is read from it tells more.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset
                ) => {}
            Err(error) => return Err(error),
        }
        Ok(Started {
            shim,
            stdout,
            stderr,
        })
    }

    fn order(&mut self, order: Order) {
        // One that has ended does not hear it, and its end is read.
        let _ = wire::send(&mut self.socket, &order);
    }

    fn take(&mut self, report: Report) -> News {
        match report {
            Report::Started {
                pid,
                outside_cgroup,
                confined,
            } => {
                if outside_cgroup.is_some() {
                    self.cgroup = None;
                }
                self.is_started = true;
                self.confined = confined;
                News::Started { pid }
            }
            Report::NotStarted(failure) => News::NotStarted(failure),
            Report::NotInCgroup(why) => News::NotInCgroup(why),
            Report::LeaderEnded { status } => {
                self.status = Some(ExitStatus::from_raw(status));
                News::Ended
            }
            Report::StillKilling => News::StillKilling,
            Report::Finished {
                usage,
                survivors_killed,
            } => {
                self.result = Some((usage, survivors_killed));
                News::Finished
            }
        }
    }

    fn containment(&self) -> Containment {
        match self.cgroup {
            Some(_) => Containment::Cgroup,
            None => Containment::Subreaper,
        }
    }

    /// Ends everything without the shim's help, and waits for it.
    fn kill_everything(&mut self) -> io::Result<ExitStatus> {
        // It may have ended already; it was not waited for, so that its number is still its own.
        let _ = self.child.kill();
        if let Some(cgroup) = &self.cgroup {
            // What is not killed by it is swept up.
            let _ = cgroup.kill_and_wait();
        }
        sweep::kill_run(self.pid, MARKER, &self.marker);
        self.over = true;
        self.child.wait()
    }
}

impl Holder for ShimProcess {
    fn source(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    fn hear(&mut self, news: &mut Vec<News>) -> io::Result<()> {
        // An error of the connection is an end like its end.
        let length = self.frames.fill(&mut self.socket).unwrap_or(0);
        while let Some(report) = self.frames.next()? {
            news.push(self.take(report));
        }
        if length == 0 {
            news.push(News::Lost);
        }
        Ok(())
    }

    fn terminate(&mut self) {
        self.order(Order::Terminate);
    }

    fn kill(&mut self) {
        self.order(Order::KillAll);
    }

    fn drain_limit(&self) -> Duration {
        DRAIN_LIMIT
    }

    fn answer_limit(&self) -> Option<Duration> {
        Some(ANSWER_LIMIT)
    }

    /// A shim that is stopped was stopped by its child: it goes on.
    fn watch(&mut self) -> io::Result<()> {
        if !self.is_started && self.begun.elapsed() > START_LIMIT {
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "it does not answer",
            ));
        }
        let stopped = waitid(
            WaitId::Pid(self.pid),
            WaitIdOptions::STOPPED | WaitIdOptions::NOHANG,
        );
        match stopped {
            Ok(Some(_)) => kill_process(self.pid, Signal::CONT)?,
            // It has ended, which the kernel calls having no such child. What it said before is still to be heard.
            Ok(None) | Err(Errno::CHILD) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn abandon(&mut self) -> io::Result<News> {
        let status = self.kill_everything()?;
        Ok(match status.code() {
            // Nobody killed it, and it has started nothing: it is no shim, or could not be one.
            Some(code) if !self.is_started => News::NoShim(code),
            _ => News::Breached(self.containment()),
        })
    }

    fn finish(mut self: Box<Self>) -> io::Result<Ended> {
        let incomplete = || {
            io::Error::new(
                io::ErrorKind::InvalidData,
                "the shim's result is incomplete",
            )
        };
        let status = self.status.ok_or_else(incomplete)?;
        let (usage, survivors_killed) = self.result.ok_or_else(incomplete)?;
        self.child.wait()?;
        self.over = true;
        Ok(Ended {
            status,
            usage,
            survivors_killed,
            containment: self.containment(),
            confined: self.confined.take(),
        })
    }
}

impl Drop for ShimProcess {
    fn drop(&mut self) {
        if !self.over {
            // Reached only while an earlier error is on its way to the caller.
            let _ = self.kill_everything();
        }
    }
}

/// Never the same twice on one machine.
fn marker() -> OsString {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap_or_default()
        .as_nanos();
    format!("{}-{number}-{now}", std::process::id()).into()
}
