//! What is known of the place that a stream goes to.

use std::io::{self, IsTerminal};
use std::os::fd::AsFd;

use ftc_process::ParentEnv;

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless the environment says otherwise.
    #[default]
    Auto,
    /// Everywhere, also in a file or a pipe.
    Always,
    /// Nowhere.
    Never,
}

impl ColorChoice {
    /// The word on the command line and in configuration files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

/// What is known of the place that standard output or standard error goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// A person looks at it directly.
    pub is_terminal: bool,
    /// Columns; 80 when unknown.
    pub width: usize,
    /// Colour is wanted there.
    pub color: bool,
}

/// The columns of a place that does not tell.
pub const DEFAULT_WIDTH: usize = 80;

impl Terminal {
    /// A pipe or a file: no colour, 80 columns.
    pub const PLAIN: Self = Self {
        is_terminal: false,
        width: DEFAULT_WIDTH,
        color: false,
    };

    /// Asks the operating system whether `stream` is a terminal and how wide. `COLUMNS` beats what the terminal says.
    pub fn probe(stream: &(impl AsFd + IsTerminal), env: &ParentEnv) -> Self {
        let measured = terminal_size::terminal_size_of(stream);
        Self {
            is_terminal: stream.is_terminal(),
            width: columns(env)
                .or_else(|| {
                    measured
                        .map(|(width, _)| usize::from(width.0))
                        .filter(|width| *width > 0)
                })
                .unwrap_or(DEFAULT_WIDTH),
            color: false,
        }
    }

    /// The same place with colour decided. `Always` and `Never` are the person's word; `Auto` asks `NO_COLOR`, then
    /// `CLICOLOR_FORCE`, then `CLICOLOR=0` and `TERM=dumb`, then whether it is a terminal.
    #[must_use]
    pub fn with_color(self, choice: ColorChoice, env: &ParentEnv) -> Self {
        let color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => self.wants_color(env),
        };
        Self { color, ..self }
    }

    /// See <https://no-color.org> and <https://bixense.com/clicolors>: an empty variable counts as not set.
    fn wants_color(self, env: &ParentEnv) -> bool {
        let value = |name: &str| env.var_os(name).filter(|value| !value.is_empty());
        if value("NO_COLOR").is_some() {
            return false;
        }
        if value("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
            return true;
        }
        let refused = value("CLICOLOR").is_some_and(|value| value == "0")
            || value("TERM").is_none_or(|value| value == "dumb");
        self.is_terminal && !refused
    }
}

/// `COLUMNS`, where it is a number above zero. Shells set it, so nonsense in it is nobody's mistake worth an error.
fn columns(env: &ParentEnv) -> Option<usize> {
    env.var("COLUMNS")?
        .trim()
        .parse()
        .ok()
        .filter(|columns| *columns > 0)
}

/// One of the two streams of a program: where to write, and what is known of the place.
pub struct Stream {
    /// Where to write.
    pub writer: Box<dyn io::Write + Send>,
    /// What is known of it.
    pub terminal: Terminal,
}

impl Stream {
    /// A stream that is a pipe or a file.
    pub fn plain(writer: impl io::Write + Send + 'static) -> Self {
        Self {
            writer: Box::new(writer),
            terminal: Terminal::PLAIN,
        }
    }
}
