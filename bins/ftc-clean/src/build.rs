//! From settings to a cleaner.

use std::path::Path;
use std::sync::Arc;

use ftc_agent::{AgentDriver, CommandDriver, Profile};
use ftc_cli::trust::Trust;
use ftc_cli::{CliError, Context, ExitCode};
use ftc_durable::Digest;
use ftc_flaky::{Children, Clock, Effects, GateTrust, Observer, Options, Parts};
use ftc_github::{DryRun, Forge, LocalForge, Login};
use ftc_process::{Confinement, ProcessIdentity, confine};
use ftc_state::{RepositoryName, Store};
use ftc_vcs::{GitProgram, Repository};
use ftc_worktree::{Pool, PoolOptions};
use jiff::Timestamp;

use crate::failed::failed;
use crate::settings::Settings;

/// What survives the scrubbing of a worktree: build caches make the difference between seconds and minutes.
const KEPT: [&str; 3] = ["target", "node_modules", ".venv"];

/// The parts of a cleaner that works for real, or on a simulated forge and a copy of the store.
pub fn parts(
    settings: &Settings,
    effects: Effects,
    observer: Arc<dyn Observer>,
    trust: Arc<dyn GateTrust>,
    context: &mut Context,
) -> Result<Parts, CliError> {
    let git = GitProgram::find(&context.env).map_err(failed)?;
    let code = Repository::open(&settings.directory, &git).map_err(failed)?;
    let local = open_forge(settings, &git)?;
    let remote = match &settings.remote {
        Some(remote) => remote.clone(),
        None => local.branches().git_dir().to_string_lossy().into_owned(),
    };
    let repository = repository_of(settings, &local)?;
    let forge: Arc<dyn Forge> = match effects {
        Effects::Real => Arc::new(local),
        Effects::Rehearsed => Arc::new(DryRun::new(Arc::new(local))),
    };
    Ok(Parts {
        repository,
        remote,
        base_branch: settings.base.clone(),
        forge,
        store: open_store(settings, effects)?,
        pool: open_pool(&code, context)?,
        agent: settings
            .agent
            .as_deref()
            .map(|file| agent(file, settings, &code, context))
            .transpose()?,
        environment: context.env.clone(),
        children: children(settings, context),
        trust,
        work: settings.work.clone(),
        key_directory: settings.state_directory.join("keys"),
        process: ProcessIdentity::current()
            .map_err(|error| CliError::new(ExitCode::Usage, error))?,
        clock: Arc::new(SystemClock),
        observer,
        code,
    })
}

/// The repository that the forge is of, which is also the one that is configured, if any is.
pub fn repository_of(settings: &Settings, forge: &LocalForge) -> Result<RepositoryName, CliError> {
    let there = forge.repository();
    match &settings.repository {
        Some(name) if name.as_str() != there => Err(CliError::usage(format!(
            "the forge in `{}` is of `{there}`, not of `{name}`",
            settings.forge.display()
        ))
        .hint("name the forge of that repository, or leave `--repo` and the key `repository` out")),
        Some(name) => Ok(name.clone()),
        None => RepositoryName::new(there).map_err(CliError::usage),
    }
}

/// What the settings say of how to work.
pub fn options(settings: &Settings, effects: Effects) -> Options {
    Options {
        source: settings.source.clone(),
        gate: settings.gate.clone(),
        scope: settings.scope.clone(),
        effects,
        ..Options::default()
    }
}

/// The forge of the settings, in the eyes of the cleaner's account.
pub fn open_forge(settings: &Settings, git: &GitProgram) -> Result<LocalForge, CliError> {
    let login = Login::new(&*settings.login).map_err(CliError::usage)?;
    LocalForge::open(&settings.forge, login, git).map_err(failed)
}

/// The store itself, or a copy of it that is gone with the program.
pub fn open_store(settings: &Settings, effects: Effects) -> Result<Arc<dyn Store>, CliError> {
    let opened = match effects {
        Effects::Real => ftc_state::open(&settings.store),
        Effects::Rehearsed => ftc_state::open_copy(&settings.store),
    };
    let store = opened.map_err(failed)?;
    Ok(Arc::from(store))
}

/// The pool of the repository's worktrees. What the last owner of a lease left behind is told.
fn open_pool(code: &Repository, context: &mut Context) -> Result<Pool, CliError> {
    let Some(root) = Pool::default_root(code) else {
        let path = code.git_dir().display();
        return Err(CliError::usage(format!("the repository `{path}` is bare"))
            .hint("name a clone of it with `--repository`: worktrees are leased inside it"));
    };
    let options = PoolOptions {
        keep: KEPT.map(str::to_owned).to_vec(),
        ..PoolOptions::default()
    };
    let (pool, recovery) = Pool::open(code, &root, options).map_err(failed)?;
    for reclaimed in &recovery.reclaimed {
        context.note(&format!(
            "took back worktree {} from `{}`",
            reclaimed.slot, reclaimed.owner
        ));
    }
    Ok(pool)
}

/// Gates and health checks are held by this very program, and confined unless the person does not want it.
fn children(settings: &Settings, context: &Context) -> Children {
    Children {
        shim: Some(context.shim()),
        confinement: settings.confinement,
        readable: settings.readable.clone(),
        writable: settings.writable.clone(),
        ..Children::default()
    }
}

fn agent(
    file: &Path,
    settings: &Settings,
    code: &Repository,
    context: &Context,
) -> Result<Arc<dyn AgentDriver>, CliError> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        CliError::usage(format!(
            "failed to read the agent's profile `{}`: {error}",
            file.display()
        ))
        .hint(
            "is `--agent` or `clean.agent` the right path? The README of ftc-clean shows a profile",
        )
    })?;
    let profile = Profile::parse(&text, &file.display().to_string()).map_err(failed)?;
    let driver = CommandDriver::new(profile, context.env.clone()).shim(context.shim());
    Ok(match settings.confinement {
        None => Arc::new(driver),
        Some(require) => Arc::new(
            driver.confine(
                Confinement::new(confine::Profile::Agent)
                    .require(require)
                    .readable(code.common_dir()),
            ),
        ),
    })
}

/// The clock of the machine.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The word of the person who runs us.
pub fn persons_trust(context: &Context) -> Result<Arc<dyn GateTrust>, CliError> {
    let trust = Trust::load(&context.env).map_err(failed)?;
    Ok(Arc::new(PersonTrust(trust)))
}

/// The one gate file that the demo has written itself.
pub struct OnlyThis(pub Digest);

impl GateTrust for OnlyThis {
    fn allows(&self, gate_file: &Digest) -> bool {
        *gate_file == self.0
    }
}

struct PersonTrust(Trust);

impl GateTrust for PersonTrust {
    fn allows(&self, gate_file: &Digest) -> bool {
        self.0.allows(&gate_file.to_string())
    }
}
