//! Asking runs to end early.

use std::io::{self, PipeReader, PipeWriter, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Asks runs to end early, from any thread. Clones are the same.
///
/// A run that was given one with [`Spawn::cancel_on`](crate::Spawn::cancel_on) then ends as for a timeout, and its outcome says
/// [`Stop::Cancelled`](crate::Stop::Cancelled). A cancellation cannot be taken back: later runs end before they start.
#[derive(Debug, Clone)]
pub struct Cancel {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    level: AtomicU8,
    reader: PipeReader,
    /// Written to for [`Cancel::cancel`], dropped for [`Cancel::kill`]. Nobody reads: whoever polls is woken, now and later.
    writer: Mutex<Option<PipeWriter>>,
}

const TERMINATE: u8 = 1;
const KILL: u8 = 2;

impl Cancel {
    /// One that has not been used. Holds two file descriptors; fails where there are none left.
    pub fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        Ok(Self {
            inner: Arc::new(Inner {
                level: AtomicU8::new(0),
                reader,
                writer: Mutex::new(Some(writer)),
            }),
        })
    }

    /// Asks runs to end: SIGTERM now, SIGKILL after their grace. Does not wait.
    pub fn cancel(&self) {
        self.raise(TERMINATE);
    }

    /// Asks runs to end without grace. Does not wait.
    pub fn kill(&self) {
        self.raise(KILL);
    }

    /// Whether [`cancel`](Self::cancel) or [`kill`](Self::kill) was called.
    pub fn is_cancelled(&self) -> bool {
        self.inner.level.load(Ordering::SeqCst) >= TERMINATE
    }

    /// Whether [`kill`](Self::kill) was called.
    pub fn is_killed(&self) -> bool {
        self.inner.level.load(Ordering::SeqCst) >= KILL
    }

    fn raise(&self, level: u8) {
        let mut writer = self
            .inner
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = self.inner.level.fetch_max(level, Ordering::SeqCst);
        if level == KILL {
            drop(writer.take());
        } else if let (0, Some(writer)) = (before, writer.as_mut()) {
            // One byte into an empty pipe whose reader is ours: it neither blocks nor fails.
            let _ = writer.write(&[0]);
        }
    }

    /// For `poll`: there is something to read once there is a cancellation, and a hang-up, which is told unasked, once it is without grace.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.inner.reader.as_fd()
    }
}
