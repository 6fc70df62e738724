//! From `main` to a command and back.

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;

use ftc_process::ParentEnv;

use crate::args::{ConfigUse, ProgramArgs};
use crate::bug;
use crate::config::{Config, ConfigValue as _, FlagValue, Sources, keys};
use crate::context::{Context, discard};
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::program::Program;
use crate::render::render_error;
use crate::terminal::{ColorChoice, Stream, Terminal};

/// Everything that a program is started with. [`run`] takes it from the process; a test makes its own.
#[non_exhaustive]
pub struct Invocation {
    /// The arguments, the name of the program first.
    pub args: Vec<OsString>,
    /// The environment.
    pub env: ParentEnv,
    /// The current directory.
    pub directory: PathBuf,
    /// Standard output.
    pub stdout: Stream,
    /// Standard error.
    pub stderr: Stream,
}

impl Invocation {
    /// An invocation with these arguments (the name of the program first), in `directory`, with an empty environment,
    /// whose streams go nowhere.
    pub fn new<S: Into<OsString>>(
        args: impl IntoIterator<Item = S>,
        directory: impl Into<PathBuf>,
    ) -> Self {
        Self {
            args: args.into_iter().map(Into::into).collect(),
            env: ParentEnv::default(),
            directory: directory.into(),
            stdout: Stream::plain(io::sink()),
            stderr: Stream::plain(io::sink()),
        }
    }

    /// The invocation of this process.
    fn capture() -> Self {
        let env = ParentEnv::capture();
        let (stdout, stderr) = (io::stdout(), io::stderr());
        Self {
            args: std::env::args_os().collect(),
            // A current directory that has been removed leaves relative paths to fail where they are used.
            directory: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            stdout: Stream {
                terminal: Terminal::probe(&stdout, &env),
                writer: Box::new(stdout),
            },
            stderr: Stream {
                terminal: Terminal::probe(&stderr, &env),
                writer: Box::new(stderr),
            },
            env,
        }
    }
}

/// Runs a whole program; the body of every `main`.
///
/// Captures the environment, parses the arguments, loads the configuration, calls `command`, and renders what goes
/// wrong to standard error. A panic becomes [`ExitCode::Bug`] with a message that asks for a report.
///
/// Every program is its own shim: started as one, it becomes one here and this never returns. So `main` does nothing
/// before it calls this.
pub fn run<A, F>(program: &Program, command: F) -> std::process::ExitCode
where
    A: ProgramArgs,
    F: FnOnce(A, &mut Context) -> Result<ExitCode, CliError>,
{
    ftc_process::shim::run_if_asked();
    let invocation = Invocation::capture();
    bug::report_panics(*program, &invocation.env);
    // Nothing is looked at after a panic but the exit code, so no broken invariant can be seen.
    panic::catch_unwind(AssertUnwindSafe(|| run_in(program, invocation, command)))
        .unwrap_or(ExitCode::Bug)
        .into()
}

/// Runs a whole program on an invocation that the caller has made: [`run`] without the process. Panics pass through.
pub fn run_in<A, F>(program: &Program, invocation: Invocation, command: F) -> ExitCode
where
    A: ProgramArgs,
    F: FnOnce(A, &mut Context) -> Result<ExitCode, CliError>,
{
    let args = match A::try_parse_from(&invocation.args) {
        Ok(args) => args,
        Err(error) => return answer_parse_error(&error, invocation),
    };
    let mut context = context(*program, &args, invocation);
    let result =
        load_config(&mut context, args.config_use()).and_then(|()| command(args, &mut context));
    let code = match &result {
        Ok(code) => *code,
        Err(error) => {
            discard(render_error(error, &mut context.err, context.stderr));
            error.code()
        }
    };
    discard(context.err.flush());
    code
}

/// What a command gets, before the configuration is loaded.
fn context(program: Program, args: &impl ProgramArgs, invocation: Invocation) -> Context {
    let Invocation {
        env,
        directory,
        stdout,
        stderr,
        ..
    } = invocation;
    let common = args.common();
    let mut flags = args.flags();
    if let Some(color) = common.color {
        flags.push(FlagValue::new(
            &keys::OUTPUT_COLOR,
            "--color",
            color.as_str(),
        ));
    }
    let color = common.color.unwrap_or_default();
    Context {
        program,
        sources: Sources::discover(&directory, &env, common.config.as_deref(), flags),
        directory,
        stdout: stdout.terminal.with_color(color, &env),
        stderr: stderr.terminal.with_color(color, &env),
        verbosity: common.verbosity(),
        config: Config::defaults(),
        env,
        out: stdout.writer,
        err: stderr.writer,
    }
}

/// Loads the configuration where the command needs it, and with it the person's word on colour.
fn load_config(context: &mut Context, config_use: ConfigUse) -> Result<(), CliError> {
    if config_use == ConfigUse::Unread {
        return Ok(());
    }
    let config = Config::load(&context.sources)?;
    context.adopt(config);
    Ok(())
}

/// Prints what clap has to say: help and version to standard output, a wrong usage to standard error.
fn answer_parse_error(error: &clap::Error, invocation: Invocation) -> ExitCode {
    let Invocation {
        args,
        env,
        mut stdout,
        mut stderr,
        ..
    } = invocation;
    let color = color_argument(&args);
    let (stream, code) = if error.use_stderr() {
        (&mut stderr, ExitCode::Usage)
    } else {
        (&mut stdout, ExitCode::Yes)
    };
    let text = error.render();
    let text = if stream.terminal.with_color(color, &env).color {
        text.ansi().to_string()
    } else {
        text.to_string()
    };
    let written = stream
        .writer
        .write_all(text.as_bytes())
        .and_then(|()| stream.writer.flush());
    match written {
        // Help that nobody could read has not been given.
        Err(error) if code == ExitCode::Yes => {
            let error = CliError::output(error);
            discard(render_error(&error, &mut stderr.writer, stderr.terminal));
            error.code()
        }
        _ => code,
    }
}

/// The word on colour in arguments that clap did not accept.
fn color_argument(args: &[OsString]) -> ColorChoice {
    let mut args = args
        .iter()
        .map_while(|arg| arg.to_str().filter(|arg| *arg != "--"));
    while let Some(arg) = args.next() {
        let word = match arg.strip_prefix("--color") {
            Some("") => args.next(),
            Some(word) => word.strip_prefix('='),
            None => None,
        };
        if let Some(choice) = word.and_then(|word| ColorChoice::parse(word).ok()) {
            return choice;
        }
    }
    ColorChoice::Auto
}
