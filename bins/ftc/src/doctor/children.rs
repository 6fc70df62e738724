//! How children can be held and confined on this machine, by really doing it.

use std::time::Duration;

use ftc_cli::Context;
use ftc_process::confine::{Confined, NetworkLevel, Profile};
use ftc_process::{Confinement, Containment, Spawn, SpawnError};

use super::checks::chain;
use super::{Check, Status};

/// The checks of children. Each starts this program as a child, which says its version and ends.
pub(super) fn all(context: &Context) -> Vec<Check> {
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => {
            let message = format!("not tried: the file of this program is not known: {error}");
            return vec![Check::new("containment", Status::Warn, message)];
        }
    };
    let spawn = Spawn::new([program.as_os_str(), "--version".as_ref()])
        .inherit_from(&context.env)
        .shim(context.shim())
        .timeout(Duration::from_secs(10));
    let confinement = Confinement::new(Profile::Gate).readable(&program);
    let mut checks = vec![containment(&spawn)];
    match confined(&spawn.clone().confine(confinement)) {
        Ok(confined) => checks.extend([confinement_of(&confined), network(&confined)]),
        Err(message) => checks.push(Check::new("confinement", Status::Fail, message)),
    }
    checks
}

fn containment(spawn: &Spawn) -> Check {
    let name = "containment";
    match spawn.clone().require(Containment::Cgroup).run() {
        Ok(outcome) if outcome.success() => Check::new(
            name,
            Status::Ok,
            "a shim and a control group hold what children start",
        ),
        Ok(outcome) => Check::new(
            name,
            Status::Fail,
            format!("a child ended with {}", outcome.end),
        ),
        // A shim holds as much, and where no control group can be had there is usually nothing to mend, as in a container.
        Err(SpawnError::Containment {
            reached: Containment::Subreaper,
            why,
            ..
        }) => Check::new(
            name,
            Status::Ok,
            format!("a shim holds what children start; no control group: {why}"),
        ),
        Err(SpawnError::Containment { why, .. }) => {
            let message =
                format!("what leaves the process group of a child cannot be found: {why}");
            Check::new(name, Status::Warn, message).hint("use Linux for what is not trusted")
        }
        Err(error) => Check::new(name, Status::Fail, chain(&error)),
    }
}

fn confined(spawn: &Spawn) -> Result<Confined, String> {
    match spawn.run() {
        Ok(outcome) if outcome.success() => outcome
            .confined
            .ok_or_else(|| "nothing is known of the confinement of a child".to_owned()),
        Ok(outcome) => Err(format!("a confined child ended with {}", outcome.end)),
        Err(error) => Err(chain(&error)),
    }
}

fn confinement_of(confined: &Confined) -> Check {
    if confined.landlock_abi == 0 {
        let message = format!(
            "children can read and write all files: {}",
            confined.missing.join("; ")
        );
        return Check::new("confinement", Status::Warn, message).hint(
            "Landlock is in Linux 5.13 and later, where the boot parameter `lsm=` names `landlock` or is absent",
        );
    }
    let view = if confined.private_view {
        " in a view of their own"
    } else {
        ""
    };
    let signals = if confined.signals {
        ", no signals to others"
    } else {
        ""
    };
    let message = format!(
        "files by Landlock (ABI {}){view}{signals}",
        confined.landlock_abi
    );
    match confined.missing.as_slice() {
        [] => Check::new("confinement", Status::Ok, message),
        missing => Check::new(
            "confinement",
            Status::Warn,
            format!("{message}; missing: {}", missing.join("; ")),
        ),
    }
}

fn network(confined: &Confined) -> Check {
    let (status, message) = match confined.network {
        NetworkLevel::Namespace => (
            Status::Ok,
            "children can have a network of their own, with nothing in it",
        ),
        NetworkLevel::Filter => (Status::Ok, "children can be kept from making sockets"),
        NetworkLevel::Tcp => (Status::Warn, "children can be kept from TCP alone"),
        _ => (Status::Warn, "children cannot be kept from the network"),
    };
    let check = Check::new("network", status, message);
    match status {
        Status::Ok => check,
        _ => check
            .hint("allow user namespaces (`sysctl user.max_user_namespaces`), or seccomp filters"),
    }
}
