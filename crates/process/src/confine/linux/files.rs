//! Landlock: what the kernel refuses by path, whatever the view is.

use std::path::Path;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, LandlockStatus,
    PathBeneath, PathFd, PathFdError, RestrictionStatus, Ruleset, RulesetAttr as _, RulesetCreated,
    RulesetCreatedAttr as _, RulesetError, Scope,
};

use crate::confine::plan::{Access, Files};
use crate::confine::system::DEVICES;

/// The newest ABI whose rights this module knows how to give. Newer rights are not handled, so never refused.
const KNOWN: ABI = ABI::V9;

/// The first ABI with scopes; see landlock(7).
const SCOPED_SINCE: u32 = 6;

/// What Landlock is told.
pub(super) struct Request<'a> {
    /// The files, where they are confined.
    pub(super) files: Option<&'a Files>,
    /// Whether `/dev/shm` and `/dev/pts` are the child's own.
    pub(super) private_view: bool,
    /// Whether TCP is refused.
    pub(super) refuse_tcp: bool,
}

/// What it did.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reached {
    pub(super) abi: u32,
    pub(super) scoped: bool,
    pub(super) tcp_refused: bool,
}

/// Restricts this process. Best effort: an old kernel does what it can.
pub(super) fn restrict(request: &Request<'_>) -> Result<Reached, RulesetError> {
    let mut ruleset = Ruleset::default().set_compatibility(CompatLevel::BestEffort);
    if request.files.is_some() {
        ruleset = ruleset
            .handle_access(AccessFs::from_all(KNOWN))?
            .scope(Scope::from_all(KNOWN))?;
    }
    if request.refuse_tcp {
        ruleset = ruleset.handle_access(AccessNet::from_all(KNOWN))?;
    }
    if request.files.is_none() && !request.refuse_tcp {
        return Ok(Reached::default());
    }
    let mut created = ruleset.create()?;
    if let Some(files) = request.files {
        created = add_files(created, files, request.private_view)?;
    }
    let status = created.restrict_self()?;
    let abi = abi_of(&status);
    Ok(Reached {
        abi,
        scoped: request.files.is_some() && abi >= SCOPED_SINCE,
        // See landlock(7): network rules came with ABI 4.
        tcp_refused: request.refuse_tcp && abi >= 4,
    })
}

fn add_files(
    mut ruleset: RulesetCreated,
    files: &Files,
    private_view: bool,
) -> Result<RulesetCreated, RulesetError> {
    for rule in &files.rules {
        if let Some(rights) = rights(rule.access) {
            ruleset = add(ruleset, Path::new(&rule.path), rights)?;
        }
    }
    let device = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::IoctlDev;
    for path in DEVICES {
        ruleset = add(ruleset, Path::new(path), device)?;
    }
    if private_view {
        // There is nothing in it that it may not know of.
        ruleset = add(ruleset, Path::new("/"), AccessFs::ReadDir.into())?;
        let terminals = device | AccessFs::ReadDir;
        ruleset = add(ruleset, Path::new("/dev/pts"), terminals)?;
        let writable = writable_rights();
        ruleset = add(ruleset, Path::new("/dev/shm"), writable)?;
        ruleset = add(ruleset, Path::new("/tmp"), writable)?;
        ruleset = add(ruleset, Path::new("/var/tmp"), writable)?;
    }
    Ok(ruleset)
}

fn rights(access: Access) -> Option<BitFlags<AccessFs>> {
    match access {
        Access::See => None,
        Access::Read => Some(AccessFs::from_read(KNOWN)),
        Access::Write => Some(writable_rights()),
    }
}

/// All but making devices and talking to them: root could make one of the disk.
fn writable_rights() -> BitFlags<AccessFs> {
    AccessFs::from_all(KNOWN) & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev)
}

fn add(
    ruleset: RulesetCreated,
    path: &Path,
    rights: BitFlags<AccessFs>,
) -> Result<RulesetCreated, RulesetError> {
    let descriptor = match PathFd::new(path) {
        Ok(descriptor) => descriptor,
        // It was removed since the parent looked, or this system has no such device: then there is nothing to allow.
        Err(PathFdError::OpenCall { .. } | _) => return Ok(ruleset),
    };
    let rights = if path.is_dir() {
        rights
    } else {
        rights & AccessFs::from_file(KNOWN)
    };
    ruleset.add_rule(PathBeneath::new(descriptor, rights))
}

fn abi_of(status: &RestrictionStatus) -> u32 {
    match status.landlock {
        LandlockStatus::Available {
            effective_abi,
            kernel_abi,
        } => kernel_abi
            .and_then(|abi| u32::try_from(abi).ok())
            .unwrap_or(effective_abi as u32),
        LandlockStatus::NotEnabled | LandlockStatus::NotImplemented => 0,
    }
}
