//! The driver of any agent that is a command.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ftc_process::confine::Profile as Confining;
use ftc_process::{Cancel, Confinement, Containment, Outcome, ParentEnv, Shim, Spawn, SpawnError};

use crate::driver::{AgentDriver, AgentTask};
use crate::error::AgentError;
use crate::folder::{Folder, failed, write_private_text};
use crate::home;
use crate::judge::{judge, last_words};
use crate::profile::{Argument, PersonsPath, Places, Profile};
use crate::run::{AgentOutcome, AgentRun};
use crate::scrub::Secrets;
use crate::transcript;

/// Where our programs keep what they must remember of a worktree.
const STATE_DIR: &str = ".ftc";

/// How much of each output is kept in memory for the reason.
const CAPTURE_BYTES: usize = 256 << 10;

/// Runs the command of a [`Profile`].
///
/// The agent gets the prompt as the file `prompt.md` in the run's folder, an empty standard input, a home of its own that is
/// removed at the end, and of the environment only what every child gets (`PATH`, the language, the time zone, the user's
/// name, the temporary folder) and what the profile names. What it prints is kept as `transcript.log`.
#[derive(Debug, Clone)]
pub struct CommandDriver {
    profile: Profile,
    environment: ParentEnv,
    shim: Option<Shim>,
    containment: Containment,
    confinement: Option<Confinement>,
    cancel: Option<Cancel>,
}

impl CommandDriver {
    /// A driver of `profile`, which passes on from `environment` what the profile names.
    pub fn new(profile: Profile, environment: ParentEnv) -> Self {
        Self {
            profile,
            environment,
            shim: None,
            containment: Containment::Group,
            confinement: None,
            cancel: None,
        }
    }

    /// Lets `shim` hold the processes that the agent starts. Without one they are held by their process group only.
    #[must_use]
    pub fn shim(mut self, shim: Shim) -> Self {
        self.shim = Some(shim);
        self
    }

    /// How well they must be held: an agent that cannot be held so is not started.
    #[must_use]
    pub fn require(mut self, containment: Containment) -> Self {
        self.containment = containment;
        self
    }

    /// Restricts what the agent may do to `confinement`, the worktree and what its profile names. Needs a shim. Without it the
    /// agent has the rights of this process.
    #[must_use]
    pub fn confine(mut self, confinement: Confinement) -> Self {
        self.confinement = Some(confinement);
        self
    }

    /// Ends the agent when `cancel` says so.
    #[must_use]
    pub fn cancel_on(mut self, cancel: &Cancel) -> Self {
        self.cancel = Some(cancel.clone());
        self
    }

    fn spawn(&self, worktree: &Path, folder: &Folder) -> Spawn {
        let places = Places {
            worktree,
            prompt_file: &folder.prompt,
            out: &folder.root,
        };
        let argv = self.profile.argv.iter().map(|item| item.expand(&places));
        let mut spawn = Spawn::new(argv)
            .inherit_from(&self.environment)
            // Nobody is there to answer, and waiting for an answer would last until the time is up.
            .env("GIT_TERMINAL_PROMPT", "0")
            .directory(worktree)
            .timeout(self.profile.timeout)
            .capture_limit(CAPTURE_BYTES)
            .spill_to(&folder.raw, transcript::LIMIT_BYTES);
        if let Some(idle_timeout) = self.profile.idle_timeout {
            spawn = spawn.idle_timeout(idle_timeout);
        }
        for name in &self.profile.pass {
            if let Some(value) = self.environment.var_os(name) {
                spawn = spawn.env(name, value);
            }
        }
        for (name, value) in &self.profile.set {
            spawn = spawn.env(name, value);
        }
        // Confinement puts the private home in its place by itself, and looks in the person's for toolchains.
        if !self.is_confined() {
            spawn = spawn.env("HOME", &folder.home);
        }
        spawn = spawn.require(self.containment);
        if let Some(shim) = &self.shim {
            spawn = spawn.shim(shim.clone());
        }
        if let Some(confinement) = self.confinement(worktree, folder) {
            spawn = spawn.confine(confinement);
        }
        match &self.cancel {
            Some(cancel) => spawn.cancel_on(cancel),
            None => spawn,
        }
    }

    fn is_confined(&self) -> bool {
        self.confinement
            .as_ref()
            .is_some_and(|confinement| confinement.profile() != Confining::None)
    }

    /// What the caller allows every agent, and what this run and this agent need.
    fn confinement(&self, worktree: &Path, folder: &Folder) -> Option<Confinement> {
        let every = self.confinement.clone()?;
        let profile = &self.profile;
        let home = self.environment.var_os("HOME").map(Path::new);
        let resolved = |paths: &[PersonsPath]| -> Vec<PathBuf> {
            paths.iter().filter_map(|path| path.resolve(home)).collect()
        };
        let mut confinement = every
            .network(profile.network)
            .writable(worktree)
            .hidden(worktree.join(STATE_DIR))
            .readable(&folder.prompt)
            // The private home is there, and the private temporary folder comes beside it.
            .scratch(&folder.root);
        // Who passes the folder on wants the agent to write there.
        if profile.argv.contains(&Argument::Out) {
            confinement = confinement.writable(&folder.root);
        }
        for path in resolved(&profile.readable) {
            confinement = confinement.readable(path);
        }
        for path in resolved(&profile.writable) {
            confinement = confinement.writable(path);
        }
        Some(confinement)
    }

    /// What the agent is told and must not be found in its transcript.
    fn secrets(&self) -> Secrets {
        let passed = self.profile.pass.iter().filter_map(|name| {
            let value = self.environment.var(name)?;
            Some((name.as_str(), value))
        });
        let set = self
            .profile
            .set
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        Secrets::among(passed.chain(set))
    }

    fn run_in(
        &self,
        task: &AgentTask<'_>,
        worktree: &Path,
        folder: &Folder,
    ) -> Result<AgentRun, AgentError> {
        write_private_text(&folder.prompt, task.prompt)?;
        let persons_home = self.environment.var_os("HOME");
        if let Err(why) = home::furnish(&folder.home, &self.profile.home_files, persons_home)? {
            return self.unavailable(&why, folder);
        }
        let before = tree(task)?;
        match self.spawn(worktree, folder).run() {
            Ok(outcome) => self.ended(task, &outcome, &before, folder),
            Err(error) if error.is_not_found() => self.unavailable(&error.to_string(), folder),
            Err(error @ SpawnError::NotExecutable { .. }) => {
                self.unavailable(&error.to_string(), folder)
            }
            Err(_) if self.cancel.as_ref().is_some_and(Cancel::is_cancelled) => self.not_run(
                AgentOutcome::Interrupted,
                "was not started because the run was interrupted",
                folder,
            ),
            Err(source) => Err(AgentError::Run {
                driver: self.name().to_owned(),
                source,
            }),
        }
    }

    fn unavailable(&self, why: &str, folder: &Folder) -> Result<AgentRun, AgentError> {
        let why = format!("cannot be used: {why}");
        self.not_run(AgentOutcome::Unavailable, &why, folder)
    }

    fn not_run(
        &self,
        outcome: AgentOutcome,
        why: &str,
        folder: &Folder,
    ) -> Result<AgentRun, AgentError> {
        write_private_text(&folder.transcript, "")?;
        let name = self.name();
        Ok(AgentRun::new(
            name,
            outcome,
            format!("agent `{name}` {why}"),
            Duration::ZERO,
            &folder.transcript,
        ))
    }

    fn ended(
        &self,
        task: &AgentTask<'_>,
        outcome: &Outcome,
        before: &str,
        folder: &Folder,
    ) -> Result<AgentRun, AgentError> {
        let secrets = self.secrets();
        let is_cut = transcript::write(folder, &secrets)?;
        let has_changed = tree(task)? != before;
        let (verdict, why) = judge(outcome, has_changed, task.needs_change, &self.profile);
        let name = self.name();
        let mut reason = format!("agent `{name}` {why}");
        if verdict != AgentOutcome::Changed
            && let Some(words) = last_words(outcome, &secrets)
        {
            reason.push_str("; its last words:\n");
            reason.push_str(&words);
        }
        let duration = outcome.duration;
        let mut run = AgentRun::new(name, verdict, reason, duration, &folder.transcript);
        run.notes = notes(outcome, is_cut);
        run.containment = Some(outcome.containment);
        run.confined.clone_from(&outcome.confined);
        Ok(run)
    }
}

impl AgentDriver for CommandDriver {
    fn name(&self) -> &str {
        self.profile.name()
    }

    fn run(&self, task: &AgentTask<'_>) -> Result<AgentRun, AgentError> {
        let (worktree, folder) = prepare(task)?;
        let run = self.run_in(task, &worktree, &folder);
        // Whatever happened, the copies of the person's files are not left behind.
        match (run, folder.remove_homes()) {
            (Ok(mut run), Err(_)) => {
                // Its outcome stands; a process that it has left behind may still be writing there.
                let home = folder.home.display();
                run.notes
                    .push(format!("the private home `{home}` could not be removed"));
                Ok(run)
            }
            (run, _) => run,
        }
    }
}

/// Makes the run's folder ready. In the worktree it would be taken for the agent's work.
fn prepare(task: &AgentTask<'_>) -> Result<(PathBuf, Folder), AgentError> {
    let worktree = task
        .worktree
        .canonicalize()
        .map_err(|source| failed(task.worktree, source))?;
    let nearest = std::path::absolute(task.out)
        .map_err(|source| failed(task.out, source))?
        .ancestors()
        .find_map(|path| path.canonicalize().ok());
    if nearest.is_some_and(|path| path.starts_with(&worktree)) {
        return Err(AgentError::OutInWorktree {
            out: task.out.to_owned(),
            worktree,
        });
    }
    Ok((worktree, Folder::prepare(task.out)?))
}

fn tree(task: &AgentTask<'_>) -> Result<String, AgentError> {
    task.watch.tree().map_err(|source| AgentError::Watch {
        path: task.worktree.to_owned(),
        source,
    })
}

fn notes(outcome: &Outcome, is_cut: bool) -> Vec<String> {
    let mut notes = Vec::new();
    match outcome.survivors_killed {
        0 => {}
        1 => notes.push("it left a process behind, which was killed".to_owned()),
        count => notes.push(format!(
            "it left {count} processes behind, which were killed"
        )),
    }
    if let Some(spill) = &outcome.spill {
        if let Some(error) = &spill.error {
            notes.push(format!("the transcript ends early: {error}"));
        } else if spill.dropped_bytes > 0 {
            let dropped = spill.dropped_bytes;
            notes.push(format!("the transcript lacks the last {dropped} bytes"));
        }
    }
    if is_cut {
        notes.push("the transcript is cut at its limit".to_owned());
    }
    notes
}
