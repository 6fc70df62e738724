//! seccomp: system calls that are refused whatever their arguments point to.

use std::collections::BTreeMap;
use std::io;

use nix::libc;
use seccompiler::{
    SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, apply_filter,
};

/// Which sockets can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sockets {
    /// All.
    All,
    /// Those of the network namespace, which is empty, and none that pass it by (virtual machine sockets, Bluetooth).
    OfNamespace,
    /// Unix sockets only.
    UnixOnly,
}

/// System calls that change the machine, or reach what was confined by another way than a path: refused with `EPERM`. Most need a
/// capability that is gone; the filter also holds where the kernel has relaxed that, and in user namespaces that the child makes.
const REFUSED: &[i64] = &[
    libc::SYS_open_by_handle_at,
    // Keys of the session belong to the person, not to the child.
    libc::SYS_add_key,
    libc::SYS_keyctl,
    libc::SYS_request_key,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_mount_setattr,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_reboot,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
];

/// The bit that marks a call of the x32 ABI, which shares its architecture number with x86-64.
#[cfg(target_arch = "x86_64")]
const X32: i64 = 0x4000_0000;

/// Installs the filter for this process and all that come of it. Calls of another architecture (32-bit programs) kill the program with
/// SIGSYS: their numbers mean something else.
pub(super) fn install(sockets: Sockets) -> io::Result<()> {
    let refused = REFUSED.iter().map(|number| (*number, Vec::new())).collect();
    apply(refused, libc::EPERM)?;
    let mut rules = BTreeMap::new();
    let families: &[i32] = match sockets {
        Sockets::All => return Ok(()),
        Sockets::OfNamespace => &[
            libc::AF_UNIX,
            libc::AF_INET,
            libc::AF_INET6,
            libc::AF_NETLINK,
        ],
        Sockets::UnixOnly => &[libc::AF_UNIX],
    };
    rules.insert(libc::SYS_socket, vec![none_of(families)?]);
    // Its operations are not seen by filters, and opening a socket is one.
    rules.insert(libc::SYS_io_uring_setup, Vec::new());
    apply(rules, libc::EACCES)
}

fn apply(mut rules: BTreeMap<i64, Vec<SeccompRule>>, errno: i32) -> io::Result<()> {
    #[cfg(target_arch = "x86_64")]
    for number in rules.keys().copied().collect::<Vec<_>>() {
        rules.insert(number | X32, Vec::new());
    }
    let architecture = TargetArch::try_from(std::env::consts::ARCH).map_err(io::Error::other)?;
    let filter = SeccompFilter::new(
        std::mem::take(&mut rules),
        SeccompAction::Allow,
        SeccompAction::Errno(errno.unsigned_abs()),
        architecture,
    )
    .map_err(io::Error::other)?;
    let program: seccompiler::BpfProgram = filter.try_into().map_err(io::Error::other)?;
    apply_filter(&program).map_err(io::Error::other)
}

/// A rule that holds for every socket family but these.
fn none_of(families: &[i32]) -> io::Result<SeccompRule> {
    let conditions = families.iter().map(|family| {
        SeccompCondition::new(
            0,
            SeccompCmpArgLen::Dword,
            SeccompCmpOp::Ne,
            u64::from(family.unsigned_abs()),
        )
    });
    SeccompRule::new(
        conditions
            .collect::<Result<_, _>>()
            .map_err(io::Error::other)?,
    )
    .map_err(io::Error::other)
}
