//! `ftc forge`: a person's hand on the local forge.

mod act;
mod args;
mod error;
mod hand;
mod list;
mod page;
mod show;

use std::path::PathBuf;

use ftc_cli::config::{Config, keys};
use ftc_cli::{CliError, Context, ExitCode};
use ftc_github::{LocalForge, Login};
use ftc_process::ParentEnv;
use ftc_vcs::GitProgram;

pub use args::ForgeArgs;
use args::ForgeCommand;

/// Whom reading needs no account for.
const NOBODY: &str = "nobody";

/// Does what was asked for.
pub fn run(args: &ForgeArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    match &args.command {
        ForgeCommand::List { state, label } => {
            let forge = open_to_read(context)?;
            list::run(&forge, *state, label.as_deref(), args.format, context)
        }
        ForgeCommand::Show { number } => {
            show::run(&open_to_read(context)?, *number, args.format, context)
        }
        command => act::run(command, args.format, context),
    }
}

/// Waits for an answer of a forge.
fn wait<T>(future: impl Future<Output = T>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| CliError::new(ExitCode::TryAgain, error))?;
    Ok(runtime.block_on(future))
}

fn open_to_read(context: &Context) -> Result<LocalForge, CliError> {
    let login = configured_login(&context.config)?.unwrap_or_else(nobody);
    open(context, login)
}

/// Opens the forge as the person that wants to write, and says who that is.
fn open_to_write(context: &Context) -> Result<(LocalForge, Login), CliError> {
    let login = configured_login(&context.config)?.ok_or_else(|| {
        CliError::usage("nobody was named to act as")
            .hint("give `--as LOGIN`, or set `FTC_FORGE_LOGIN`")
    })?;
    Ok((open(context, login.clone())?, login))
}

fn nobody() -> Login {
    Login::new(NOBODY).expect("the name is valid")
}

fn configured_login(config: &Config) -> Result<Option<Login>, CliError> {
    config
        .value(&keys::FORGE_LOGIN)
        .map(|login| Login::new(login).map_err(CliError::usage))
        .transpose()
}

fn open(context: &Context, login: Login) -> Result<LocalForge, CliError> {
    let url = context.config.value(&keys::FORGE).ok_or_else(|| {
        CliError::usage("no forge is configured")
            .hint("give `--forge DIR`, or set `FTC_FORGE=local:DIR`")
    })?;
    let path: PathBuf = match url.local_path() {
        Some(path) => context.directory.join(path),
        None => return Err(CliError::usage(format!("`{url}` is not a local forge"))),
    };
    LocalForge::open(&path, login, &git(&context.env)?).map_err(error::open)
}

fn git(env: &ParentEnv) -> Result<GitProgram, CliError> {
    GitProgram::find(env).map_err(|error| {
        let hints = error.hints();
        hints
            .into_iter()
            .fold(CliError::usage(error), CliError::hint)
    })
}
