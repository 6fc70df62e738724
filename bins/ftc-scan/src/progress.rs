//! Progress on standard error, for a person who waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that is done before this needs no progress.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tells how much was read, once it has taken long.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
    /// Whether it may yet be drawn.
    is_waiting: AtomicBool,
}

impl Progress {
    /// Nothing is drawn unless `wanted`, and then only when it takes long.
    pub fn new(wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{spinner} {bytes} read, {bytes_per_sec}");
        bar.set_style(style.expect("the template is a constant"));
        Self {
            bar,
            started: Instant::now(),
            is_waiting: AtomicBool::new(wanted),
        }
    }

    /// How long it has taken so far.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Counts bytes that were read. Any thread may call it.
    pub fn read(&self, bytes: usize) {
        self.bar.inc(bytes as u64);
        if self.is_waiting.load(Ordering::Relaxed)
            && self.started.elapsed() > PATIENCE
            && self.is_waiting.swap(false, Ordering::Relaxed)
        {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Calls `print`, which writes to the terminal, with nothing drawn there.
    pub fn suspend<R>(&self, print: impl FnOnce() -> R) -> R {
        self.bar.suspend(print)
    }

    /// Takes it away.
    pub fn finish(&self) {
        self.is_waiting.store(false, Ordering::Relaxed);
        self.bar.finish_and_clear();
    }
}
