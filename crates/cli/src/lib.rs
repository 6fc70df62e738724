#![doc = include_str!("../README.md")]

mod args;
mod bug;
mod completions;
pub mod config;
mod context;
mod error;
mod exit;
mod interrupt;
mod place;
mod program;
mod render;
mod run;
mod suggest;
mod terminal;
pub mod trust;
mod units;

pub use args::{CommonArgs, ConfigUse, ProgramArgs, ReportFormat, Verbosity};
pub use completions::{CompletionsArgs, write_completions};
pub use context::Context;
pub use error::CliError;
pub use exit::ExitCode;
pub use interrupt::Interrupts;
pub use place::state_directory;
pub use program::Program;
pub use render::{Styles, printable, printable_argv, render_error};
pub use run::{Invocation, run, run_in};
pub use suggest::nearest;
pub use terminal::{ColorChoice, DEFAULT_WIDTH, Stream, Terminal};
pub use units::{parse_duration, parse_size};
