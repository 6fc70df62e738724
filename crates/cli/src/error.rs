//! The error that ends a program.

use std::error::Error;
use std::{fmt, io};

use crate::config::ConfigError;
use crate::exit::ExitCode;

/// Why a command ended without an answer: any error of a library, the exit code it means and the advice for a person.
///
/// It is not itself a [`std::error::Error`], so that `?` turns no error into one without a decision about the exit code.
///
/// ```
/// use ftc_cli::{CliError, ExitCode};
///
/// let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
/// let error = CliError::new(ExitCode::Usage, missing).hint("give the path of a log");
/// assert_eq!(error.code(), ExitCode::Usage);
/// ```
#[derive(Debug)]
pub struct CliError {
    code: ExitCode,
    source: Box<dyn Error + Send + Sync>,
    hints: Vec<String>,
    reader: Reader,
}

/// Whether somebody still reads our standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    Present,
    Gone,
}

impl CliError {
    /// Ends the program with `code` because of `source`, which is a message or any error. The chain of its sources is
    /// rendered too, so no message needs to repeat the one below it.
    pub fn new(code: ExitCode, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            code,
            source: source.into(),
            hints: Vec::new(),
            reader: Reader::Present,
        }
    }

    /// Ends the program with [`ExitCode::Usage`]: the arguments, the configuration or the input are at fault.
    pub fn usage(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(ExitCode::Usage, source)
    }

    /// Standard output could not be written. When the reader has closed the pipe the program ends quietly with
    /// [`ExitCode::Yes`]: a reader that has seen enough is no error. Only the writer of standard output may say so, as a
    /// broken pipe anywhere else (a database, a child) is an error like any other.
    pub fn output(source: io::Error) -> Self {
        let reader = match source.kind() {
            io::ErrorKind::BrokenPipe => Reader::Gone,
            _ => Reader::Present,
        };
        Self {
            reader,
            ..Self::usage(OutputError { source })
        }
    }

    /// Adds one line of advice, rendered as `hint: ...` after the causes.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The exit code that this error means.
    pub fn code(&self) -> ExitCode {
        match self.reader {
            Reader::Present => self.code,
            Reader::Gone => ExitCode::Yes,
        }
    }

    /// The outermost error.
    pub fn source(&self) -> &(dyn Error + Send + Sync + 'static) {
        self.source.as_ref()
    }

    /// The advice, in the order in which it was added.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// True when there is nobody left to tell: the reader of standard output has closed it.
    pub fn is_quiet(&self) -> bool {
        self.reader == Reader::Gone
    }
}

impl From<ConfigError> for CliError {
    /// What is wrong with the configuration is for the person to mend.
    fn from(error: ConfigError) -> Self {
        let hints = error.hints();
        Self {
            hints,
            ..Self::usage(error)
        }
    }
}

/// Standard output could not be written.
#[derive(Debug)]
struct OutputError {
    source: io::Error,
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed to write to standard output")
    }
}

impl Error for OutputError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
