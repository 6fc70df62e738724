//! Watching from outside whether anybody of a tree is left.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{CWD, Mode, OFlags, fcntl_setfl, mkfifoat};

use crate::support::Result;

/// The reading side of a pipe that every process of a tree can write to.
pub struct Watch {
    seen: Receiver<Seen>,
    /// A second reader, which is only asked whether there are writers.
    probe: File,
    path: std::path::PathBuf,
}

enum Seen {
    Up(Instant),
    Empty(Instant),
}

/// What became of a tree.
#[derive(Default)]
pub struct Gone {
    /// How many processes had come up.
    pub up: usize,
    /// When the last of them had.
    pub last_up: Option<Instant>,
    /// When nobody was left.
    pub empty_at: Option<Instant>,
}

impl Watch {
    /// Makes the pipe `witness` in `place` and begins to watch it.
    pub fn new(place: &Path) -> Result<Self> {
        let path = place.join("witness");
        mkfifoat(CWD, &path, Mode::RWXU)?;
        let open = || {
            OpenOptions::new()
                .read(true)
                .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
                .open(&path)
        };
        let (mut reader, probe) = (open()?, open()?);
        let (sender, seen) = channel();
        std::thread::spawn(move || {
            // Who waits sees an error as the end of this thread without a word.
            let _ = tell(&mut reader, &sender);
        });
        Ok(Self { seen, probe, path })
    }

    /// Waits until so many processes are up, and says when the last of them was; `None` if that takes too long.
    pub fn wait_until_up(&self, members: usize, limit: Duration) -> Option<Instant> {
        let deadline = Instant::now() + limit;
        let mut last = None;
        for _ in 0..members {
            match self
                .seen
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(Seen::Up(at)) => last = Some(at),
                Ok(Seen::Empty(_)) | Err(_) => return None,
            }
        }
        last
    }

    /// Whether at this moment nobody can write. Not to be asked before somebody could.
    pub fn is_empty(&self) -> Result<bool> {
        let mut entries = [PollFd::new(&self.probe, PollFlags::empty())];
        poll(&mut entries, Some(&Timespec::default()))?;
        Ok(entries[0].revents().contains(PollFlags::HUP))
    }

    /// Waits until nobody is left, but not longer than `limit`.
    pub fn wait_until_empty(&self, limit: Duration) -> Result<Gone> {
        // If nobody has ever opened the pipe, this does, so that it has an end.
        drop(
            OpenOptions::new()
                .write(true)
                .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
                .open(&self.path)?,
        );
        let deadline = Instant::now() + limit;
        let mut gone = Gone::default();
        loop {
            match self
                .seen
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(Seen::Up(at)) => {
                    gone.up += 1;
                    gone.last_up = Some(at);
                }
                Ok(Seen::Empty(at)) => {
                    gone.empty_at = Some(at);
                    return Ok(gone);
                }
                Err(RecvTimeoutError::Timeout) => return Ok(gone),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err("the watching thread failed".into());
                }
            }
        }
    }
}

fn tell(reader: &mut File, seen: &Sender<Seen>) -> std::io::Result<()> {
    // Until the first writer has come, reading would find an end. Waiting for something to happen does not.
    poll(&mut [PollFd::new(reader, PollFlags::IN)], None)?;
    fcntl_setfl(&reader, OFlags::empty())?;
    let mut bytes = [0; 3];
    // Short writes to a pipe are not torn: each is `up` and an end of line. Nobody listens any more once there is a survivor.
    while reader.read(&mut bytes)? > 0 {
        let _ = seen.send(Seen::Up(Instant::now()));
    }
    let _ = seen.send(Seen::Empty(Instant::now()));
    Ok(())
}
