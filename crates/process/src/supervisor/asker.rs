//! Asking the questions of probes beside the supervisor, so that it waits for no answer.

use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::probe::{ProbeSpec, Surroundings};
use super::status::ProbeName;
use crate::cancel::Cancel;

/// Asks questions, each on a thread of its own. Dropping it ends the programs of probes that run, without waiting for them.
#[derive(Debug)]
pub(super) struct Asker {
    cancel: Cancel,
    sender: Sender<Answered>,
    receiver: Receiver<Answered>,
    /// A byte comes with every answer.
    wake: PipeReader,
    waker: Arc<PipeWriter>,
}

/// Which question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Question {
    /// The place of the service.
    pub(super) service: usize,
    /// The run of the service that was asked. The answer says nothing of a later one.
    pub(super) run: u64,
    pub(super) probe: ProbeName,
}

/// The answer to a question.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) question: Question,
    /// Why it is bad, if it is.
    pub(super) result: Result<(), String>,
}

impl Asker {
    pub(super) fn new() -> io::Result<Self> {
        let (sender, receiver) = channel();
        let (wake, waker) = io::pipe()?;
        Ok(Self {
            cancel: Cancel::new()?,
            sender,
            receiver,
            wake,
            waker: Arc::new(waker),
        })
    }

    /// Ends the programs of probes with this.
    pub(super) fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Asks. The answer comes by [`answers`](Self::answers), now if there can be no thread.
    pub(super) fn ask(&self, question: Question, spec: ProbeSpec, surroundings: Surroundings) {
        let sender = self.sender.clone();
        let waker = Arc::clone(&self.waker);
        let thread = thread::Builder::new()
            .name("probe".to_owned())
            .spawn(move || {
                let result = spec.ask(&surroundings);
                // Nobody listens any more if the supervisor was dropped, and then nobody needs the answer.
                let _ = sender.send(Answered { question, result });
                let _ = (&*waker).write_all(&[0]);
            });
        if let Err(error) = thread {
            let result = Err(format!("there is no thread to ask on: {error}"));
            // The receiver is here.
            let _ = self.sender.send(Answered { question, result });
        }
    }

    /// The answers that have come.
    pub(super) fn answers(&self) -> Vec<Answered> {
        self.receiver.try_iter().collect()
    }

    /// Readable when an answer may have come.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }

    /// Makes it unreadable, for when it was found readable: else it waits.
    pub(super) fn clear(&self) -> io::Result<()> {
        (&self.wake).read(&mut [0; 512]).map(drop)
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        self.cancel.kill();
    }
}
