//! Applying a plan on Linux, to this process.

mod files;
mod filter;
mod limits;
mod mount_table;
mod namespaces;
mod privileges;
mod view;

use std::io;
use std::path::{Path, PathBuf};

use self::filter::Sockets;
use self::namespaces::{EnterError, Entered};
use crate::confine::plan::{Access, Files, Plan, Rule};
use crate::confine::start::Attempt;
use crate::confine::{Confined, Network, NetworkLevel, Require};
use crate::shim::spec::StartFailure;

/// How applying a plan fails.
pub(super) enum ApplyError {
    /// The process is spoilt, and another may try without what failed.
    Again(Attempt),
    Failed(StartFailure),
}

/// Confines this process, which must have one thread, and leaves it in `directory`.
pub(super) fn apply(
    plan: &Plan,
    attempt: &Attempt,
    directory: &Path,
) -> Result<Confined, ApplyError> {
    let mut missing = attempt.missing.clone();
    let off = plan.network == Network::Off;
    let entered = enter_namespaces(plan, attempt, &mut missing)?;
    let view = match &plan.files {
        Some(files) if entered.mounts => {
            missing.extend(
                view::enter(files, directory).map_err(|error| attempt.without_view(&error))?,
            );
            true
        }
        Some(files) => {
            missing.extend(without_view(files));
            false
        }
        None => false,
    };
    std::env::set_current_dir(directory).map_err(|error| ApplyError::program(&error))?;
    let locked = files::restrict(&files::Request {
        files: plan.files.as_ref(),
        private_view: view,
        refuse_tcp: off && !entered.network,
    })
    .map_err(|error| ApplyError::confining("failed to restrict files", &io::Error::other(error)))?;
    let sockets = give_up(plan, entered, &mut missing)?;
    let limits = limits::apply(&plan.limits)
        .map_err(|error| ApplyError::confining("failed to set limits", &error))?;
    let network = match sockets {
        Some(Sockets::UnixOnly) => NetworkLevel::Filter,
        _ if off && entered.network => NetworkLevel::Namespace,
        _ if locked.tcp_refused => NetworkLevel::Tcp,
        _ => NetworkLevel::Open,
    };
    let confined = Confined {
        profile: plan.profile,
        landlock_abi: locked.abi,
        network,
        signals: locked.scoped,
        private_view: view,
        limits,
        missing,
    };
    judge(plan, confined)
}

/// Gives up privileges and filters system calls. Says which sockets are left, unless no filter can be had.
fn give_up(
    plan: &Plan,
    entered: Entered,
    missing: &mut Vec<String>,
) -> Result<Option<Sockets>, ApplyError> {
    if plan.files.is_some() {
        privileges::drop_all()
            .map_err(|error| ApplyError::confining("failed to drop capabilities", &error))?;
    }
    let sockets = match (plan.network, entered.network) {
        (Network::On, _) if plan.files.is_none() => return Ok(None),
        (Network::On, _) => Sockets::All,
        (Network::Off, true) => Sockets::OfNamespace,
        (Network::Off, false) => Sockets::UnixOnly,
    };
    match filter::install(sockets) {
        Ok(()) => Ok(Some(sockets)),
        Err(error) => {
            missing.push(format!("a filter of system calls: {error}"));
            Ok(None)
        }
    }
}

fn enter_namespaces(
    plan: &Plan,
    attempt: &Attempt,
    missing: &mut Vec<String>,
) -> Result<Entered, ApplyError> {
    let network = plan.network == Network::Off;
    let mounts = plan.files.is_some() && attempt.view;
    if !attempt.namespaces || !(mounts || network) {
        return Ok(Entered::default());
    }
    let entered = match namespaces::enter(mounts, network) {
        Ok(entered) => entered,
        Err(EnterError::Stranded(error)) => return Err(attempt.without_namespaces(&error)),
        Err(EnterError::Refused(error)) => {
            missing.push(format!("namespaces of its own: {error}"));
            Entered::default()
        }
    };
    if entered.network
        && let Err(error) = namespaces::raise_loopback()
    {
        missing.push(format!("a loopback in its network namespace: {error}"));
    }
    Ok(entered)
}

/// What Landlock alone does not do.
fn without_view(files: &Files) -> Vec<String> {
    let mut missing = vec![
        "a file system of its own: sockets of programs outside can be reached, and the mode, owner and times of its user's files changed"
            .to_owned(),
    ];
    let is_in = |inner: &Rule, outer: &Rule| {
        (inner.access, outer.access) == (Access::Read, Access::Write)
            && Path::new(&inner.path).starts_with(&outer.path)
    };
    for kept in &files.rules {
        if let Some(around) = files.rules.iter().find(|rule| is_in(kept, rule)) {
            missing.push(format!(
                "keeping `{}` as it is, which is in `{}`",
                Path::new(&kept.path).display(),
                Path::new(&around.path).display()
            ));
        }
    }
    for hidden in files.hidden.iter().map(Path::new) {
        let around = files
            .rules
            .iter()
            .find(|rule| rule.access != Access::See && hidden.starts_with(&rule.path));
        if let Some(rule) = around {
            let allowed = PathBuf::from(&rule.path);
            missing.push(format!(
                "hiding `{}`, which is in `{}`",
                hidden.display(),
                allowed.display()
            ));
        }
    }
    missing
}

/// Adds what follows from the levels, and refuses what is not enough.
fn judge(plan: &Plan, mut confined: Confined) -> Result<Confined, ApplyError> {
    if plan.files.is_some() && confined.landlock_abi == 0 {
        confined
            .missing
            .push("Landlock: this kernel does not have it, or it is not switched on".to_owned());
    }
    if plan.files.is_some() && !confined.signals {
        confined.missing.push(
            "signals: its user's processes outside can be signalled (Landlock 6 would prevent it)"
                .to_owned(),
        );
    }
    if plan.network == Network::Off && confined.network < NetworkLevel::Filter {
        confined.missing.push(format!(
            "the network is not off (level `{:?}`)",
            confined.network
        ));
    }
    if confined.limits.processes.is_some() && rustix::process::geteuid().is_root() {
        confined
            .missing
            .push("the limit of processes: not enforced for root".to_owned());
    }
    if plan.require == Require::Full && !confined.missing.is_empty() {
        return Err(ApplyError::Failed(StartFailure {
            errno: 0,
            what: Some(confined.missing.join("; ")),
        }));
    }
    Ok(confined)
}

impl Attempt {
    fn without_view(&self, error: &io::Error) -> ApplyError {
        let mut next = self.clone();
        next.view = false;
        next.missing
            .push(format!("building a file system of its own: {error}"));
        ApplyError::Again(next)
    }

    fn without_namespaces(&self, error: &io::Error) -> ApplyError {
        let mut next = self.clone();
        next.namespaces = false;
        next.missing.push(format!("a user namespace: {error}"));
        ApplyError::Again(next)
    }
}

impl ApplyError {
    fn confining(what: &str, error: &io::Error) -> Self {
        Self::Failed(StartFailure::confining(what, error))
    }

    fn program(error: &io::Error) -> Self {
        Self::Failed(StartFailure::of_program(error))
    }
}
