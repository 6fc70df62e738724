//! How a gate is started.

use std::path::Path;

use ftc_process::confine::{Profile, ResourceLimits};
use ftc_process::{Cancel, Confinement, Spawn};

use crate::context::RunContext;
use crate::spec::GateSpec;

/// The log is what is read, so little has to be kept in memory.
const CAPTURE_BYTES: usize = 64 << 10;

pub(crate) fn spawn(
    spec: &GateSpec,
    argv: &[String],
    context: &RunContext<'_>,
    log: &Path,
) -> Spawn {
    let mut spawn = Spawn::new(argv)
        .directory(context.worktree.join(spec.cwd.as_path()))
        .inherit_from(context.env)
        .env("CI", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .timeout(spec.timeout)
        .capture_limit(CAPTURE_BYTES)
        .spill_to(log, context.log_limit_bytes)
        .require(context.containment);
    if let Some(idle_timeout) = spec.idle_timeout {
        spawn = spawn.idle_timeout(idle_timeout);
    }
    for name in &spec.env.pass {
        if let Some(value) = context.env.var_os(name) {
            spawn = spawn.env(name, value);
        }
    }
    for (name, value) in &spec.env.set {
        spawn = spawn.env(name, value);
    }
    if let Some(shim) = &context.shim {
        spawn = spawn.shim(shim.clone());
    }
    if let Some(confinement) = confinement(spec, context) {
        spawn = spawn.confine(confinement);
    }
    match &context.cancel {
        Some(cancel) => spawn.cancel_on(cancel),
        None => spawn,
    }
}

/// What the caller allows every gate, and what this one needs.
fn confinement(spec: &GateSpec, context: &RunContext<'_>) -> Option<Confinement> {
    match &context.confinement {
        Some(every) if every.profile() != Profile::None => Some(
            every
                .clone()
                .writable(context.worktree)
                .network(spec.network)
                .limits(spec.limits),
        ),
        // Limits are kept also where nothing else is.
        _ if spec.limits != ResourceLimits::default() => {
            Some(Confinement::new(Profile::None).limits(spec.limits))
        }
        _ => None,
    }
}

impl RunContext<'_> {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.as_ref().is_some_and(Cancel::is_cancelled)
    }
}
