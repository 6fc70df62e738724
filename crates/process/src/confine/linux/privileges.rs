//! Giving up privileges, for good.

use std::io;

use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set,
    remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
};

/// What root keeps: what programs that are run as root usually take for granted. Not among them is all that changes the machine, traces
/// others, makes devices, mounts, or reads files by handle (`DAC_READ_SEARCH`), which no rule on paths would see.
const KEPT: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETUID)
    .union(CapabilitySet::NET_BIND_SERVICE);

/// Drops all capabilities but a few of root's, in every set, and makes it impossible to get others by executing a program.
pub(super) fn drop_all() -> io::Result<()> {
    let held = capabilities(None)?;
    let kept = if rustix::process::geteuid().is_root() {
        KEPT
    } else {
        CapabilitySet::empty()
    };
    for capability in CapabilitySet::all().difference(kept).iter() {
        // Not permitted without privileges; then there is nothing to drop, since `no_new_privs` keeps new ones away. A kernel older
        // than a capability does not know it.
        let _ = remove_capability_from_bounding_set(capability);
    }
    // A kernel that does not have them cannot hand any on.
    let _ = clear_ambient_capability_set();
    set_capabilities(
        None,
        CapabilitySets {
            effective: held.effective.intersection(kept),
            permitted: held.permitted.intersection(kept),
            inheritable: CapabilitySet::empty(),
        },
    )?;
    set_no_new_privs(true)?;
    Ok(())
}
