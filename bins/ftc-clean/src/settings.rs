//! Arguments and configuration, resolved once.

use std::path::PathBuf;

use ftc_cli::config::keys;
use ftc_cli::{CliError, Context};
use ftc_flaky::Source;
use ftc_process::confine::Require;
use ftc_state::{RepositoryName, StoreUrl};

use crate::args::ConfineArgs;
use crate::failed::failed;

/// Everything that a pass is built from.
#[derive(Debug)]
pub struct Settings {
    pub directory: PathBuf,
    pub repository: Option<RepositoryName>,
    pub forge: PathBuf,
    pub login: String,
    pub store: StoreUrl,
    pub base: String,
    pub remote: Option<String>,
    pub source: Option<Source>,
    pub gate: Option<String>,
    pub scope: Vec<String>,
    pub agent: Option<PathBuf>,
    pub state_directory: PathBuf,
    pub work: PathBuf,
    /// Whether agents, gates and health checks are confined, and how strictly.
    pub confinement: Option<Require>,
    pub readable: Vec<PathBuf>,
    pub writable: Vec<PathBuf>,
}

impl Settings {
    /// What flags, environment and files say together. Relative paths are meant from the current directory.
    pub fn new(context: &Context) -> Result<Self, CliError> {
        let config = &context.config;
        let from_here = |path: String| context.directory.join(path);
        let state_directory = ftc_cli::state_directory(&context.env).ok_or_else(|| {
            CliError::usage("there is no place for what has to be remembered")
                .hint("set HOME or XDG_STATE_HOME to an absolute path")
        })?;
        let source = config
            .value(&keys::CLEAN_SOURCE)
            .map(|text| parse_source(&text, context))
            .transpose()?;
        let repository = config
            .value(&keys::REPOSITORY)
            .map(|name| RepositoryName::new(name.as_str()).map_err(CliError::usage))
            .transpose()?;
        let scope = config.value(&keys::CLEAN_SCOPE).unwrap_or_default();
        Ok(Self {
            directory: config
                .value(&keys::CLEAN_DIRECTORY)
                .map_or_else(|| context.directory.clone(), from_here),
            repository,
            forge: forge(context)?,
            login: config
                .value(&keys::CLEAN_LOGIN)
                .unwrap_or_else(|| "ftc-bot".to_owned()),
            store: store(context)?,
            base: config
                .value(&keys::CLEAN_BASE)
                .unwrap_or_else(|| "main".to_owned()),
            remote: config.value(&keys::CLEAN_REMOTE),
            source,
            gate: config.value(&keys::CLEAN_GATE),
            scope: scope
                .split(',')
                .map(|glob| glob.trim().to_owned())
                .filter(|glob| !glob.is_empty())
                .collect(),
            agent: config.value(&keys::CLEAN_AGENT).map(from_here),
            work: config
                .value(&keys::CLEAN_WORK)
                .map_or_else(|| state_directory.join("clean"), from_here),
            state_directory,
            confinement: Some(Require::BestEffort),
            readable: Vec::new(),
            writable: Vec::new(),
        })
    }

    /// Takes in the person's word on confinement, which no file of a repository can give.
    pub fn confine(&mut self, args: &ConfineArgs, context: &Context) {
        let from_here = |path: &PathBuf| context.directory.join(path);
        self.confinement = match (args.unconfined, args.require_confinement) {
            (true, _) => None,
            (false, true) => Some(Require::Full),
            (false, false) => Some(Require::BestEffort),
        };
        self.readable = args.read.iter().map(from_here).collect();
        self.writable = args.write.iter().map(from_here).collect();
    }
}

fn parse_source(text: &str, context: &Context) -> Result<Source, CliError> {
    let source = text.parse().map_err(|error: ftc_flaky::ParseSourceError| {
        let hints = error.hints();
        hints
            .into_iter()
            .fold(CliError::usage(error), CliError::hint)
    })?;
    Ok(match source {
        Source::Directory(path) => Source::Directory(context.directory.join(path)),
        other => other,
    })
}

/// The folder of the forge.
fn forge(context: &Context) -> Result<PathBuf, CliError> {
    let Some(url) = context.config.value(&keys::FORGE) else {
        return Err(CliError::usage("no forge is configured").hint(
            "name one with `--forge local:DIR`; `ftc forge init` makes one, and `ftc forge init --help` shows how",
        ));
    };
    match url.local_path() {
        Some(path) => Ok(context.directory.join(path)),
        None => Err(CliError::usage(format!("the forge `{url}` cannot be used"))
            .hint("only local forges can be used so far: write `local:DIR`")),
    }
}

/// The store, with a relative path of a file meant from the current directory.
pub fn store(context: &Context) -> Result<StoreUrl, CliError> {
    let Some(url) = context.config.value(&keys::STORE) else {
        return Err(CliError::usage("no store is configured")
            .hint("name one with `--store sqlite:PATH`: what is known must survive the program"));
    };
    let text = match url.sqlite_path() {
        Some(path) if path.is_relative() => {
            format!("sqlite:{}", context.directory.join(path).display())
        }
        _ => url.expose().to_owned(),
    };
    text.parse::<StoreUrl>().map_err(failed)
}
