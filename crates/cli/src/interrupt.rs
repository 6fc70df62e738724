//! Ctrl-C, and the other signals that ask a program to end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ftc_process::Cancel;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::exit::ExitCode;

/// What asks a program to end.
const SIGNALS: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// A signal so soon after the last one is the same request: `timeout` and some CI systems signal the process, and then its
/// group. Nobody presses Ctrl-C twice in that time.
const SAME_REQUEST: Duration = Duration::from_millis(100);

/// SIGINT, SIGTERM and SIGHUP, turned into a [`Cancel`] for the children of this program.
///
/// The first one cancels: children get SIGTERM and their grace. The second one kills them. The third one ends this process
/// as if nobody had watched; children that have a shim are killed by it. A signal that this process was started to ignore,
/// as by `nohup`, stays ignored.
#[derive(Debug, Clone)]
pub struct Interrupts {
    cancel: Cancel,
    /// The first signal; 0 while there is none.
    first: Arc<AtomicU8>,
}

impl Interrupts {
    /// Watches until the process ends, on a thread of its own. A program that does not look at what comes of it can no
    /// longer be ended by one Ctrl-C, so watch only where a child is waited for.
    pub fn watch() -> io::Result<Self> {
        let ignored = ignored_signals();
        let watched = SIGNALS
            .into_iter()
            .filter(|signal| ignored & (1 << (signal - 1)) == 0);
        let mut signals = Signals::new(watched)?;
        let interrupts = Self {
            cancel: Cancel::new()?,
            first: Arc::default(),
        };
        let told = interrupts.clone();
        thread::Builder::new()
            .name("interrupts".to_owned())
            .spawn(move || told.tell(&mut signals))?;
        Ok(interrupts)
    }

    /// What the signals cancel, for [`Spawn::cancel_on`](ftc_process::Spawn::cancel_on). A program may also cancel it for
    /// reasons of its own.
    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// The first signal that has come.
    pub fn signal(&self) -> Option<u8> {
        match self.first.load(Ordering::SeqCst) {
            0 => None,
            signal => Some(signal),
        }
    }

    /// What the program ends with if a signal has come.
    pub fn exit_code(&self) -> Option<ExitCode> {
        self.signal().map(ExitCode::Signal)
    }

    fn tell(&self, signals: &mut Signals) {
        let mut last: Option<Instant> = None;
        for signal in signals.forever() {
            if last.is_some_and(|last| last.elapsed() < SAME_REQUEST) {
                continue;
            }
            last = Some(Instant::now());
            if self.cancel.is_killed() {
                // It fails only for signals that cannot be watched.
                let _ = emulate_default_handler(signal);
            } else if self.signal().is_some() {
                self.cancel.kill();
            } else {
                let number = u8::try_from(signal).unwrap_or(u8::MAX);
                self.first.store(number, Ordering::SeqCst);
                self.cancel.cancel();
            }
        }
    }
}

/// The signals that this process ignores, bit n-1 for signal n: `SigIgn` of `proc_pid_status(5)`. Where there is no such file
/// none is known, and all are watched.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}
