//! Namespaces of its own for the child.

use std::fs::OpenOptions;
use std::io::{self, Write as _};

use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with,
};

/// Which namespaces were made.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entered {
    pub(super) mounts: bool,
    pub(super) network: bool,
}

/// Why none could be made, or none can be used.
pub(super) enum EnterError {
    /// The kernel refused, and nothing has changed.
    Refused(Errno),
    /// This process is now in a user namespace in which it is nobody; a new one must start without.
    Stranded(io::Error),
}

/// Makes the namespaces that are wanted, or the most useful part of them that the kernel allows: as this process where it is privileged,
/// else in a user namespace in which users and groups are those of outside.
pub(super) fn enter(mounts: bool, network: bool) -> Result<Entered, EnterError> {
    let mut refused = Errno::EPERM;
    for (mounts, network) in [(mounts, network), (mounts, false), (false, network)] {
        if !mounts && !network {
            continue;
        }
        let mut flags = CloneFlags::empty();
        flags.set(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWIPC, mounts);
        flags.set(CloneFlags::CLONE_NEWNET, network);
        let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
        // The answer is that of the second try, which needs less.
        if unshare(flags).is_ok() {
            return Ok(Entered { mounts, network });
        }
        match unshare(flags | CloneFlags::CLONE_NEWUSER) {
            Ok(()) => {
                map_ids(user.as_raw(), group.as_raw()).map_err(EnterError::Stranded)?;
                return Ok(Entered { mounts, network });
            }
            Err(error) => refused = error,
        }
    }
    Err(EnterError::Refused(refused))
}

/// Maps the user and group to themselves; see `user_namespaces(7)`, which demands the order.
fn map_ids(user: u32, group: u32) -> io::Result<()> {
    write_to("/proc/self/uid_map", &format!("{user} {user} 1"))?;
    write_to("/proc/self/setgroups", "deny")?;
    write_to("/proc/self/gid_map", &format!("{group} {group} 1"))
}

fn write_to(path: &str, text: &str) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .open(path)?
        .write_all(text.as_bytes())
}

const RTM_NEWLINK: u16 = 16;
const NLM_F_REQUEST_ACK: u16 = 1 | 4;
const IFF_UP: u32 = 1;
/// In a new network namespace it is always the first.
const LOOPBACK_INDEX: u32 = 1;

/// Switches on the loopback of a new network namespace; see rtnetlink(7) and netlink(7) for the message.
pub(super) fn raise_loopback() -> io::Result<()> {
    let socket = socket_with(
        AddressFamily::NETLINK,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        // The protocol of routes and links is number 0.
        None,
    )?;
    let mut message = Vec::with_capacity(32);
    // nlmsghdr: length, type, flags, sequence, port.
    message.extend(32_u32.to_ne_bytes());
    message.extend(RTM_NEWLINK.to_ne_bytes());
    message.extend(NLM_F_REQUEST_ACK.to_ne_bytes());
    message.extend([0; 8]);
    // ifinfomsg: family, padding, type, index, flags, the flags that are meant.
    message.extend([0; 4]);
    message.extend(LOOPBACK_INDEX.to_ne_bytes());
    message.extend(IFF_UP.to_ne_bytes());
    message.extend(IFF_UP.to_ne_bytes());
    send(&socket, &message, SendFlags::empty())?;
    let mut answer = [0; 64];
    let (_, length) = recv(&socket, &mut answer, RecvFlags::empty())?;
    // nlmsgerr: a header, and then the negated errno, 0 for success.
    let code = answer[..length.min(answer.len())]
        .get(16..20)
        .and_then(|code| code.try_into().ok())
        .map(i32::from_ne_bytes)
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    match code {
        0 => Ok(()),
        code => Err(io::Error::from_raw_os_error(-code)),
    }
}
