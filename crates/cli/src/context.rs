//! What a command gets to work with.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use ftc_process::{ParentEnv, Shim};
use serde::Serialize;

use crate::args::Verbosity;
use crate::config::{Config, Sources, keys};
use crate::error::CliError;
use crate::program::Program;
use crate::render;
use crate::terminal::Terminal;

/// What a command gets to work with: everything that it would otherwise ask the process for.
#[non_exhaustive]
pub struct Context {
    /// Who is running.
    pub program: Program,
    /// The environment the program was started with.
    pub env: ParentEnv,
    /// The directory the program was started in.
    pub directory: PathBuf,
    /// What is known of standard output.
    pub stdout: Terminal,
    /// What is known of standard error.
    pub stderr: Terminal,
    /// How much to say on standard error.
    pub verbosity: Verbosity,
    /// The configuration that holds.
    pub config: Config,
    /// Where the configuration comes from.
    pub sources: Sources,
    pub(crate) out: Box<dyn Write + Send>,
    pub(crate) err: Box<dyn Write + Send>,
}

impl Context {
    /// Makes `config` the configuration that holds, and does what it says of colour. Only a command with
    /// [`ConfigUse::Unread`](crate::ConfigUse::Unread) has a reason to.
    pub fn adopt(&mut self, config: Config) {
        let color = config.value(&keys::OUTPUT_COLOR).unwrap_or_default();
        self.stdout = self.stdout.with_color(color, &self.env);
        self.stderr = self.stderr.with_color(color, &self.env);
        self.config = config;
    }

    /// What holds the children of this program: this very program, which [`run`](crate::run) makes into a shim when it is
    /// started as one. Of no use in a test that calls [`run_in`](crate::run_in), because that process is the test.
    pub fn shim(&self) -> Shim {
        Shim::this_program()
    }

    /// Writes part of the answer to standard output. What `write` writes is buffered, and is out when this returns.
    ///
    /// A reader that has closed the pipe makes an error that ends the program quietly, so return it with `?`.
    pub fn print(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CliError> {
        let mut buffered = BufWriter::new(&mut self.out);
        write(&mut buffered)
            .and_then(|()| buffered.flush())
            .map_err(CliError::output)
    }

    /// Writes `document` to standard output as indented JSON and a line feed.
    pub fn print_json(&mut self, document: &impl Serialize) -> Result<(), CliError> {
        self.print(|out| {
            serde_json::to_writer_pretty(&mut *out, document)?;
            writeln!(out)
        })
    }

    /// Standard output and standard error themselves, for a command that passes on what a child prints, byte for byte. Both may
    /// buffer. What standard output refuses is [`CliError::output`].
    pub fn streams(&mut self) -> (&mut (dyn Write + Send), &mut (dyn Write + Send)) {
        (&mut *self.out, &mut *self.err)
    }

    /// Writes `warning: ...` to standard error, unless the person wants it quiet.
    pub fn warn(&mut self, message: &str) {
        if self.verbosity >= Verbosity::Normal {
            let result = render::render_warning(message, &mut self.err, self.stderr);
            discard(result);
        }
    }

    /// Writes `error: ...` with its causes and hints to standard error, for a command that goes on after an error. What
    /// it means for the exit code is for the command to say in the end.
    pub fn report(&mut self, error: &CliError) {
        let result = render::render_error(error, &mut self.err, self.stderr);
        discard(result);
    }

    /// Writes a line to standard error that belongs to the answer but not into it, unless the person wants it quiet.
    pub fn say(&mut self, message: &str) {
        if self.verbosity >= Verbosity::Normal {
            let result = writeln!(self.err, "{}", render::printable(message));
            discard(result);
        }
    }

    /// Writes a line of narration to standard error, if the person wants `-v`.
    pub fn note(&mut self, message: &str) {
        if self.verbosity >= Verbosity::Verbose {
            let result = writeln!(self.err, "{}", render::printable(message));
            discard(result);
        }
    }

    /// True when progress may be drawn on standard error.
    pub fn shows_progress(&self) -> bool {
        self.stderr.is_terminal && self.verbosity >= Verbosity::Normal
    }
}

/// When standard error itself cannot be written, there is no place left to say so; the exit code still tells.
pub(crate) fn discard(_narration: io::Result<()>) {}
