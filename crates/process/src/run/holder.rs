//! Who holds a child: its group, or a shim.

use std::io;
use std::os::fd::BorrowedFd;
use std::process::ExitStatus;
use std::time::Duration;

use crate::confine::Confined;
use crate::outcome::{Containment, Usage};
use crate::shim::spec::StartFailure;

/// What is heard of a child.
#[derive(Debug)]
pub(crate) enum News {
    /// The program runs.
    Started { pid: u32 },
    /// The program could not be started.
    NotStarted(StartFailure),
    /// The control group could not be joined, and was required.
    NotInCgroup(String),
    /// The program has ended, and what it has left is being killed.
    Ended,
    /// Something still lives, although it was killed.
    StillKilling,
    /// Nothing is left.
    Finished,
    /// The holder is gone, and with it what it held the child by.
    Lost,
    /// Everything that could be found was killed after the holder was lost.
    Breached(Containment),
    /// The holder has ended with this code and has never held anything.
    NoShim(i32),
}

/// What is known in the end.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) usage: Usage,
    pub(crate) survivors_killed: u32,
    pub(crate) containment: Containment,
    pub(crate) confined: Option<Confined>,
}

/// Holds a child and its descendants. Dropping it ends them.
pub(crate) trait Holder {
    /// Readable when there is news.
    fn source(&self) -> BorrowedFd<'_>;

    /// Takes the news that there are. Does not block if the source is readable.
    fn hear(&mut self, news: &mut Vec<News>) -> io::Result<()>;

    /// Asks the child's group to end.
    fn terminate(&mut self);

    /// Kills everything.
    fn kill(&mut self);

    /// How long output is awaited after everything was killed. Only a process that was not found can still hold it open then.
    fn drain_limit(&self) -> Duration;

    /// How long it may be silent while it kills, if it can fail to answer at all.
    fn answer_limit(&self) -> Option<Duration>;

    /// Looks after the holder itself, about once a second.
    fn watch(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Kills everything without the holder's help. Blocks until that is done, and says what is known then.
    fn abandon(&mut self) -> io::Result<News> {
        self.kill();
        Ok(News::Finished)
    }

    /// Takes the result, after [`News::Finished`].
    fn finish(self: Box<Self>) -> io::Result<Ended>;
}
