//! What is said on standard error while a pass works.

use std::io::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ftc_cli::{Context, Verbosity, printable};
use ftc_flaky::{Event, Observer};
use ftc_github::{Effect, PlannedWrite};
use indicatif::{ProgressBar, ProgressStyle};

/// Says what happens: on a terminal with a line that moves, elsewhere in lines, and not at all when the person wants quiet.
pub struct Narrator {
    bar: Option<ProgressBar>,
    verbosity: Verbosity,
    /// What would be said, for whoever tells it at the right moment.
    kept: Option<Mutex<Vec<String>>>,
    #[cfg(feature = "crashpoints")]
    crash: crate::crash::CrashPoint,
}

impl Narrator {
    /// One that speaks for itself.
    pub fn new(context: &Context) -> Self {
        Self::with(context, None)
    }

    /// One that keeps its lines for a story. The line that moves is all that is seen of it.
    pub fn keeping(context: &Context) -> Self {
        Self::with(context, Some(Mutex::default()))
    }

    /// The lines that were kept, once.
    pub fn take_lines(&self) -> Vec<String> {
        self.kept
            .as_ref()
            .map(|kept| std::mem::take(&mut *lock(kept)))
            .unwrap_or_default()
    }

    fn with(context: &Context, kept: Option<Mutex<Vec<String>>>) -> Self {
        let bar = context.shows_progress().then(|| {
            let style = ProgressStyle::with_template("{spinner} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            let bar = ProgressBar::new_spinner().with_style(style);
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self {
            bar,
            verbosity: context.verbosity,
            kept,
            #[cfg(feature = "crashpoints")]
            crash: crate::crash::CrashPoint::of(&context.env),
        }
    }

    /// Takes the moving line away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn say(&self, line: &str) {
        if let Some(kept) = &self.kept {
            lock(kept).push(line.to_owned());
            return;
        }
        let line = printable(line);
        match &self.bar {
            Some(bar) => bar.println(line),
            // A narration that cannot be written has no reader.
            None => drop(writeln!(io::stderr().lock(), "{line}")),
        }
    }

    fn moving(&self, text: String) {
        if let Some(bar) = &self.bar {
            bar.set_message(text);
        }
    }
}

impl Observer for Narrator {
    fn event(&self, event: &Event) {
        if self.verbosity > Verbosity::Quiet {
            self.narrate(event);
        }
        #[cfg(feature = "crashpoints")]
        self.crash.event(event);
    }
}

impl Narrator {
    fn narrate(&self, event: &Event) {
        match event {
            Event::Ran {
                run,
                of,
                failed,
                passed,
                ..
            } => {
                let text = match failed {
                    0 if *passed => "all passed".to_owned(),
                    0 => "red, and nothing says what failed".to_owned(),
                    1 => "1 failure".to_owned(),
                    more => format!("{more} failures"),
                };
                self.moving(format!("run {run} of {of}: {text}"));
                if self.kept.is_none() && self.bar.is_none() && self.verbosity >= Verbosity::Verbose
                {
                    self.say(&format!("run {run} of {of}: {text}"));
                }
            }
            Event::Moved {
                failure,
                test,
                from,
                to,
                reason,
                ..
            } => {
                self.say(&format!(
                    "{failure} {test}: {from} -> {to} ({})",
                    first_line(reason)
                ));
            }
            Event::Sending { write, .. } => self.moving(write.summary()),
            Event::Sent { write, effect, .. } => {
                // That labels exist is no news.
                let is_news = *effect != Effect::Unchanged
                    && !matches!(write, PlannedWrite::EnsureLabel { .. });
                if is_news || self.verbosity >= Verbosity::Verbose {
                    self.say(&format!("  {}", write.summary()));
                }
            }
            Event::Stage {
                failure,
                stage,
                text,
                ..
            } => {
                self.moving(format!("{failure} {stage}: {text}"));
                if self.bar.is_none() || self.kept.is_some() {
                    self.say(&format!("  {stage}: {text}"));
                }
            }
            Event::Proved { run, of, .. } => self.moving(format!("proof: {run} of {of} passed")),
            Event::Notice { text, .. } => self.say(&format!("note: {text}")),
            _ => {}
        }
    }
}

fn lock(lines: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    // A line is pushed whole or not at all, so the list is good after a panic too.
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
