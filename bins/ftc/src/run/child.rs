//! From arguments to a child.

use std::path::Path;

use ftc_cli::{CliError, Context, ReportFormat};
use ftc_process::confine::{self, Network, Require, ResourceLimits};
use ftc_process::{Cancel, Confinement, Containment, Spawn};

use super::args::{Profile, Requirement, RunArgs, Switch};
use super::words::Limit;

/// How much of each output is kept for the JSON document: half from its beginning, half from its end.
const KEPT_BYTES: usize = 256 << 10;

/// The child that `args` describe. Nothing is started yet.
pub fn describe(args: &RunArgs, context: &mut Context, cancel: &Cancel) -> Result<Spawn, CliError> {
    let mut spawn = Spawn::new(&args.command)
        .directory(&context.directory)
        .shim(context.shim())
        .require(containment(args))
        .cancel_on(cancel)
        .inherit_from(&context.env);
    for name in &args.env {
        if let Some(value) = name.to_str().and_then(|name| context.env.var_os(name)) {
            spawn = spawn.env(name, value);
        } else {
            let name = name.display();
            context.warn(&format!(
                "there is no environment variable `{name}` to pass on"
            ));
        }
    }
    for variable in &args.set {
        spawn = spawn.env(&variable.name, &variable.value);
    }
    spawn = match args.format() {
        ReportFormat::Human => spawn.capture_limit(0),
        ReportFormat::Json => spawn.capture_limit(KEPT_BYTES).digest(),
    };
    if let Some(timeout) = args.timeout {
        spawn = spawn.timeout(timeout);
    }
    if let Some(idle) = args.idle {
        spawn = spawn.idle_timeout(idle);
    }
    if let Some(grace) = args.grace {
        spawn = spawn.grace(grace);
    }
    if let Some(log) = &args.log {
        spawn = spawn.spill_to(context.directory.join(log), args.log_limit);
    }
    Ok(match confinement(args, context)? {
        Some(confinement) => spawn.confine(confinement),
        None => spawn,
    })
}

fn containment(args: &RunArgs) -> Containment {
    if args.requires(Requirement::Cgroup) {
        Containment::Cgroup
    } else if args.requires(Requirement::Subreaper) {
        Containment::Subreaper
    } else {
        Containment::Group
    }
}

/// What restricts the child, if anything was asked for.
fn confinement(args: &RunArgs, context: &Context) -> Result<Option<Confinement>, CliError> {
    let is_confined = args.confine != Profile::None;
    let names_paths = !args.write.is_empty() || !args.read.is_empty();
    if names_paths && !is_confined {
        return Err(
            CliError::usage("`--write` and `--read` need a confinement").hint(
                "`--confine gate` lets the command write beneath the current directory and there",
            ),
        );
    }
    if !is_confined && args.network.is_none() && args.limit.is_empty() {
        if args.requires(Requirement::Full) {
            return Err(
                CliError::usage("`--require full` needs a confinement").hint(
                    "`--confine gate` has no network and writes only beneath the current directory",
                ),
            );
        }
        return Ok(None);
    }
    let directory = context.directory.as_path();
    let mut confinement = match args.confine {
        Profile::Agent => Confinement::new(confine::Profile::Agent).writable(directory),
        Profile::Gate => Confinement::new(confine::Profile::Gate).writable(directory),
        Profile::Health => Confinement::new(confine::Profile::Health).readable(directory),
        Profile::None => Confinement::new(confine::Profile::None),
    };
    if matches!(args.confine, Profile::Agent | Profile::Gate) {
        refuse_home(args, context)?;
    }
    for path in &args.write {
        confinement = confinement.writable(directory.join(path));
    }
    for path in &args.read {
        confinement = confinement.readable(directory.join(path));
    }
    confinement = match args.network {
        Some(Switch::On) => confinement.network(Network::On),
        Some(Switch::Off) => confinement.network(Network::Off),
        None => confinement,
    };
    if args.requires(Requirement::Full) {
        confinement = confinement.require(Require::Full);
    }
    Ok(Some(confinement.limits(limits(&args.limit))))
}

/// A command that may write beneath the person's home may change everything that is worth confining it for.
fn refuse_home(args: &RunArgs, context: &Context) -> Result<(), CliError> {
    let Some(home) = context.env.var_os("HOME") else {
        return Ok(());
    };
    let holds_home = |path: &Path| {
        let path = context.directory.join(path).canonicalize();
        let home = Path::new(home).canonicalize();
        // What does not exist holds nothing, and is refused later by name if it is needed.
        matches!((path, home), (Ok(path), Ok(home)) if home.starts_with(&path))
    };
    if !holds_home(&context.directory) || args.write.iter().any(|path| holds_home(path)) {
        return Ok(());
    }
    let directory = context.directory.display();
    Err(CliError::usage(format!(
        "`{directory}` holds your home directory, and the command could write all of it"
    ))
    .hint("start it in the directory that it may change")
    .hint("`--write .` says that you mean it; `--confine health` lets it write nothing"))
}

/// The last one of a kind holds.
fn limits(given: &[Limit]) -> ResourceLimits {
    let mut limits = ResourceLimits::default();
    for limit in given {
        match *limit {
            Limit::Processes(count) => limits.processes = Some(count),
            Limit::Memory(bytes) => limits.memory_bytes = Some(bytes),
            Limit::Files(count) => limits.open_files = Some(count),
            Limit::FileSize(bytes) => limits.file_bytes = Some(bytes),
            Limit::Cpu(time) => limits.cpu = Some(time),
        }
    }
    limits
}
