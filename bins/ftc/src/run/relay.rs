//! Passing on what a command prints, without making its limits wait for a slow reader.
//!
//! A thread writes what is queued. When nobody reads our output the queue fills, and the command is made to wait as it would be
//! without us; but once it is stopped, or its time is over, it is told so whether or not anybody reads.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ftc_cli::CliError;
use ftc_process::{Cancel, Output};

/// How much may wait to be written.
const QUEUE_BYTES: usize = 1 << 20;

/// How often a full queue looks whether it still has to wait.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What waits to be written.
#[derive(Default)]
pub struct Relay {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Batch,
    ended: bool,
    failure: Option<(Output, io::Error)>,
    dropped_bytes: u64,
}

/// Bytes, and whose they are, in order.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    pieces: Vec<(Output, usize)>,
}

impl Relay {
    /// Queues `bytes`. Waits while the queue is full, until `give_up` says that there is no more time: then they are dropped.
    pub fn push(&self, output: Output, bytes: &[u8], give_up: impl Fn() -> bool) {
        let mut state = self.lock();
        while state.waiting.bytes.len() >= QUEUE_BYTES && state.failure.is_none() {
            if give_up() {
                state.dropped_bytes += bytes.len() as u64;
                return;
            }
            let waited = self.changed.wait_timeout(state, LOOK_AGAIN);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if state.failure.is_some() {
            return;
        }
        state.waiting.bytes.extend_from_slice(bytes);
        match state.waiting.pieces.last_mut() {
            Some((last, length)) if *last == output => *length += bytes.len(),
            _ => state.waiting.pieces.push((output, bytes.len())),
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Nothing more will be queued.
    pub fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// Writes what is queued until the [`end`](Self::end). When an output cannot be written, `cancel` is cancelled: nobody would
    /// see what the command goes on to do.
    pub fn write_to(&self, stdout: &mut dyn Write, stderr: &mut dyn Write, cancel: &Cancel) {
        let mut batch = Batch::default();
        while self.next(&mut batch) {
            if let Err(failure) = batch.write(stdout, stderr) {
                self.lock().failure = Some(failure);
                self.changed.notify_all();
                cancel.cancel();
                return;
            }
        }
    }

    /// How many bytes nobody has taken in time, or why they could not be written.
    pub fn finish(self) -> Result<u64, CliError> {
        let state = self.state.into_inner();
        let state = state.unwrap_or_else(PoisonError::into_inner);
        match state.failure {
            None => Ok(state.dropped_bytes),
            // A reader that has closed standard error has seen enough, too.
            Some((Output::Stderr, error)) if error.kind() != io::ErrorKind::BrokenPipe => Err(
                CliError::usage(format!("failed to write to standard error: {error}")),
            ),
            Some((_, error)) => Err(CliError::output(error)),
        }
    }

    /// Takes all that waits; says whether there is anything.
    fn next(&self, batch: &mut Batch) -> bool {
        batch.bytes.clear();
        batch.pieces.clear();
        let mut state = self.lock();
        while state.waiting.bytes.is_empty() && !state.ended {
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::swap(&mut state.waiting, batch);
        drop(state);
        self.changed.notify_all();
        !batch.bytes.is_empty()
    }

    /// A panic while it was locked ends the program; what is in it is whole at every point.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Batch {
    fn write(
        &self,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
    ) -> Result<(), (Output, io::Error)> {
        let mut rest = self.bytes.as_slice();
        for (output, length) in &self.pieces {
            let (piece, after) = rest.split_at(*length);
            rest = after;
            let stream: &mut dyn Write = match output {
                Output::Stdout => stdout,
                Output::Stderr => stderr,
            };
            stream
                .write_all(piece)
                .and_then(|()| stream.flush())
                .map_err(|error| (*output, error))?;
        }
        Ok(())
    }
}
