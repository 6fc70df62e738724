//! Waiting for a child: its output, its end and its deadlines in one loop.

mod clock;
mod end;
mod holder;

use std::io;
use std::time::{Duration, Instant};

use crate::cancel::Cancel;
use crate::event::Event;
use crate::outcome::{Containment, Outcome, Stop};
use crate::output::{CaptureOptions, Reading};

use clock::{Source, is_past, poll_sources};
pub(crate) use end::Failure;
pub(crate) use holder::{Ended, Holder, News};

/// How much is read of each output after the drain limit, in reads, if it is there already: more than fits a pipe.
const DRAIN_READS: u32 = 64;

/// How late a wake-up is that is not late because the machine is busy.
const LATE: Duration = Duration::from_millis(500);

/// How often the holder is looked after.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);

/// The limits of one run.
pub(crate) struct Limits {
    pub(crate) timeout: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) grace: Duration,
    pub(crate) capture: CaptureOptions,
}

/// Waits for the child that `holder` holds, reading its `output`. If it is not running yet, the holder's news tell when it is.
pub(crate) fn wait<'a>(
    holder: Box<dyn Holder + 'a>,
    is_running: bool,
    output: Reading,
    started: Instant,
    limits: &Limits,
    cancel: Option<&'a Cancel>,
    observer: Option<&'a mut dyn FnMut(Event<'_>)>,
) -> Result<Outcome, Failure> {
    let mut run = Run {
        output,
        holder,
        over: false,
        breached: None,
        cancel,
        observer,
        is_running,
        phase: Phase::Running,
        deadline: limits
            .timeout
            .and_then(|timeout| started.checked_add(timeout)),
        idle_timeout: limits.idle_timeout,
        last_output: started,
        last_watch: started,
        grace: limits.grace,
        started,
        duration: None,
        stopped: None,
        late_reads: 0,
    };
    let output_abandoned = run.until_closed()?;
    run.into_outcome(output_abandoned)
}

/// What the next deadline means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    Terminating,
    /// The holder is killing everything, and is to say when it has.
    Killing,
    /// Nothing is left but what may still be in the pipes.
    Draining,
}

struct Run<'a> {
    output: Reading,
    holder: Box<dyn Holder + 'a>,
    /// Whether nothing is left.
    over: bool,
    breached: Option<Containment>,
    cancel: Option<&'a Cancel>,
    observer: Option<&'a mut dyn FnMut(Event<'_>)>,
    /// Whether the start of the program was told. Its output is left in the pipes until then.
    is_running: bool,
    phase: Phase,
    deadline: Option<Instant>,
    idle_timeout: Option<Duration>,
    /// When a byte was read last; at first, the start.
    last_output: Instant,
    last_watch: Instant,
    grace: Duration,
    started: Instant,
    duration: Option<Duration>,
    stopped: Option<Stop>,
    late_reads: u32,
}

impl Run<'_> {
    /// Reads until everything has ended and both outputs are closed, or, which it then says, until they are given up.
    fn until_closed(&mut self) -> Result<bool, Failure> {
        while !self.over || !self.output.is_closed() {
            if is_past(self.deadline) && self.phase != Phase::Draining {
                self.pass_deadline()?;
                continue;
            }
            let idle_deadline = self.idle_deadline();
            let heard = self.poll(self.next_wake(idle_deadline))?;
            if self.phase == Phase::Draining && is_past(self.deadline) {
                // What was written in time is read, however long we were kept from it.
                self.late_reads += 1;
                if !heard || self.late_reads > DRAIN_READS {
                    return Ok(!self.output.is_closed());
                }
            }
            // Output that waits to be read while we were kept from reading it is output: only an empty poll is idleness.
            if !heard && is_past(idle_deadline) {
                self.pass_idle_deadline(idle_deadline);
            }
        }
        Ok(false)
    }

    fn idle_deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Running => self.last_output.checked_add(self.idle_timeout?),
            Phase::Terminating | Phase::Killing | Phase::Draining => None,
        }
    }

    /// Whoever wakes up long after the deadline was not running himself (stopped, or asleep with the whole machine), and then neither
    /// was perhaps the child: the stretch of silence begins again.
    fn pass_idle_deadline(&mut self, deadline: Option<Instant>) {
        if deadline.is_some_and(|deadline| deadline.elapsed() > LATE) {
            self.last_output = Instant::now();
        } else {
            self.stop(Stop::IdleTimeout);
        }
    }

    /// How long nothing needs to be done unless something happens.
    fn next_wake(&self, idle_deadline: Option<Instant>) -> Option<Duration> {
        let watch = (!self.over && self.holder.answer_limit().is_some())
            .then(|| self.last_watch + WATCH_INTERVAL);
        let next = [self.deadline, idle_deadline, watch]
            .into_iter()
            .flatten()
            .min()?;
        Some(next.saturating_duration_since(Instant::now()))
    }

    fn tell(&mut self, event: Event<'_>) {
        if let Some(observer) = &mut self.observer {
            observer(event);
        }
    }

    fn stop(&mut self, stop: Stop) {
        self.stopped = Some(stop);
        self.tell(Event::Stopping { stop });
        self.holder.terminate();
        self.phase = Phase::Terminating;
        self.deadline = Instant::now().checked_add(self.grace);
    }

    fn kill(&mut self) {
        self.tell(Event::Killing);
        self.holder.kill();
        self.await_the_end();
    }

    fn await_the_end(&mut self) {
        self.phase = Phase::Killing;
        self.deadline = self
            .holder
            .answer_limit()
            .and_then(|limit| Instant::now().checked_add(limit));
    }

    fn pass_deadline(&mut self) -> Result<(), Failure> {
        match self.phase {
            Phase::Running => self.stop(Stop::WallTimeout),
            Phase::Terminating => self.kill(),
            // Whoever holds the child does not answer.
            Phase::Killing => self.abandon()?,
            Phase::Draining => {}
        }
        Ok(())
    }

    fn abandon(&mut self) -> Result<(), Failure> {
        let news = self.holder.abandon()?;
        self.take(news)
    }

    /// Waits for something to happen, deals with it, and says whether anything did.
    fn poll(&mut self, timeout: Option<Duration>) -> Result<bool, Failure> {
        let [stdout, stderr] = if self.is_running {
            self.output.fds()
        } else {
            [None, None]
        };
        let holder = (!self.over).then(|| self.holder.source());
        // There are two things to be told, one after the other: see `Cancel::fd`.
        let cancel = match (self.cancel, self.phase) {
            (Some(cancel), Phase::Running) => Source::readable(Some(cancel.fd())),
            (Some(cancel), Phase::Terminating) => Source::hung_up(cancel.fd()),
            _ => Source::readable(None),
        };
        let ready = poll_sources(
            [
                Source::readable(stdout),
                Source::readable(stderr),
                Source::readable(holder),
                cancel,
            ],
            timeout,
        )?;
        if ready[0] || ready[1] {
            self.read([ready[0], ready[1]])?;
        }
        if ready[2] {
            self.hear()?;
        }
        if ready[3] {
            self.cancelled();
        }
        if !self.over && self.last_watch.elapsed() >= WATCH_INTERVAL {
            self.last_watch = Instant::now();
            self.holder.watch().map_err(Failure::NoShim)?;
        }
        Ok(ready.contains(&true))
    }

    fn read(&mut self, ready: [bool; 2]) -> io::Result<()> {
        let elapsed = self.started.elapsed();
        let observer: Option<&mut dyn FnMut(Event<'_>)> = match &mut self.observer {
            Some(observer) => Some(&mut **observer),
            None => None,
        };
        if self.output.read(ready, elapsed, observer)? > 0 {
            self.last_output = Instant::now();
        }
        Ok(())
    }

    fn cancelled(&mut self) {
        if self.phase == Phase::Running {
            self.stop(Stop::Cancelled);
        }
        if self.phase == Phase::Terminating && self.cancel.is_some_and(Cancel::is_killed) {
            self.kill();
        }
    }

    fn hear(&mut self) -> Result<(), Failure> {
        let mut all = Vec::new();
        self.holder.hear(&mut all)?;
        for news in all {
            if self.over {
                // It has said everything; that it goes afterwards is no news.
                break;
            }
            self.take(news)?;
        }
        Ok(())
    }

    fn take(&mut self, news: News) -> Result<(), Failure> {
        match news {
            News::Started { pid } => {
                self.is_running = true;
                self.tell(Event::Started { pid });
            }
            News::NotStarted(failure) => return Err(Failure::NotStarted(failure)),
            News::NotInCgroup(why) => return Err(Failure::NotInCgroup(why)),
            News::NoShim(code) => {
                let text = if code == i32::from(crate::shim::OTHER_PROTOCOL) {
                    "it is of another release".to_owned()
                } else {
                    format!("it ended with exit code {code} and without an answer")
                };
                return Err(Failure::NoShim(io::Error::other(text)));
            }
            News::Ended => {
                self.duration = Some(self.started.elapsed());
                self.await_the_end();
            }
            News::StillKilling => {
                if self.phase == Phase::Killing {
                    self.await_the_end();
                }
            }
            News::Finished => self.drain(),
            News::Lost => self.abandon()?,
            News::Breached(containment) => {
                self.breached = Some(containment);
                self.drain();
            }
        }
        Ok(())
    }

    fn drain(&mut self) {
        self.over = true;
        self.is_running = true;
        self.phase = Phase::Draining;
        self.deadline = Instant::now().checked_add(self.holder.drain_limit());
    }
}
