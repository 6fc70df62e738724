//! Progress on standard error, for a person who waits.

use std::io::{self, Write as _};
use std::time::Duration;

use ftc_cli::{Context, Verbosity, printable_argv};
use ftc_gates::{Event, Observer};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows which gate runs: a spinner on a terminal, a line each with `-v`.
pub struct Progress {
    bar: ProgressBar,
    tells: bool,
}

impl Progress {
    pub fn new(context: &Context) -> Self {
        let shows = context.shows_progress();
        let target = if shows {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]");
        bar.set_style(style.expect("the template is a constant"));
        Self {
            bar,
            tells: !shows && context.verbosity >= Verbosity::Verbose,
        }
    }

    /// Takes it away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn tell(&self, line: &str) {
        if self.tells {
            // Nothing is lost: the answer says it all again.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Started { gate, argv, .. } => {
                self.bar.reset_elapsed();
                self.bar.set_message(format!("gate {}", gate.id));
                self.bar.enable_steady_tick(Duration::from_millis(100));
                self.tell(&format!("running {}: {}", gate.id, printable_argv(argv)));
            }
            Event::Finished { result } => {
                self.bar.disable_steady_tick();
                self.tell(&format!("{}: {}", result.id, result.outcome));
            }
            _ => {}
        }
    }
}
