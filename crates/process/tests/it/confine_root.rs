//! What only root could do.

use ftc_process::confine::Profile;

use crate::confine_support::{Place, confined, said};
use crate::support::run;

#[test]
#[ignore = "needs root"]
fn root_cannot_get_out() {
    let place = Place::new();
    for (way, script) in [
        ("password hashes", "cat /etc/shadow"),
        ("chroot", "chroot $OUTSIDE/.. sh -c true || chroot / true"),
        ("mount", "mkdir m && mount --bind $OUTSIDE m && umount m"),
        (
            "mount in a new namespace",
            "mkdir m && unshare -m sh -c 'mount --bind $OUTSIDE m && cat m/key'",
        ),
        ("a device of memory", "mknod zero c 1 5 && head -c 1 zero"),
        ("the log of the kernel", "echo ftc test >/dev/kmsg"),
        (
            "settings of the kernel",
            "cat /proc/sys/kernel/panic_on_oops >/proc/sys/kernel/panic_on_oops",
        ),
        (
            "the namespaces of the tests",
            "nsenter -t $TESTER -m -n true",
        ),
    ] {
        place.assert_refused(way, script);
    }
}

#[test]
#[ignore = "needs root"]
fn root_in_a_namespace_of_its_own_users_cannot_get_out_either() {
    let place = Place::new();
    let script = "unshare -rmn sh -c 'mount -t tmpfs none /tmp || mount --bind $WORKTREE /tmp'";
    place.assert_refused("mount", script);
}

#[test]
#[ignore = "needs python"]
fn a_file_cannot_be_opened_by_its_handle() {
    let place = Place::new();
    let script = r#"exec python3 -c '
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
class Handle(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_uint), ("type", ctypes.c_int), ("data", ctypes.c_ubyte * 128)]
handle, mount = Handle(128), ctypes.c_int()
# The handle of a file outside is only a number: take that of the worktree, whose directory is on the same file system.
if libc.name_to_handle_at(-100, os.environb[b"WORKTREE"], ctypes.byref(handle), ctypes.byref(mount), 0): sys.exit(2)
here = os.open(os.environ["WORKTREE"], os.O_RDONLY)
fd = libc.open_by_handle_at(here, ctypes.byref(handle), os.O_RDONLY)
print(fd, ctypes.get_errno())
sys.exit(0 if fd >= 0 else 1)
'"#;
    let open = run(&place.script(script));
    if !open.success() {
        // It needs a privilege, which this user does not have.
        return;
    }
    let closed = run(&place
        .script(script)
        .confine(place.confinement(Profile::Gate)));
    assert_eq!(closed.end.code(), Some(1), "{}", said(&closed));
    assert_eq!(closed.stdout.to_text(), "-1 1\n", "EPERM");
}

#[test]
#[ignore = "needs python"]
fn its_parent_cannot_be_traced() {
    let place = Place::new();
    let script = r"exec python3 -c '
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
pid = os.fork()
if pid == 0:
    # A child of the child traces its grandparent, the shim.
    sys.exit(0 if libc.ptrace(16, int(sys.argv[1]), 0, 0) == 0 else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
' $PPID";
    let open = run(&place.script(script));
    if !open.success() {
        // Yama forbids it to all but root; see its page in the kernel's documentation.
        return;
    }
    let closed = run(&place
        .script(script)
        .confine(place.confinement(Profile::Gate)));
    if confined(&closed).landlock_abi > 0 {
        assert_eq!(closed.end.code(), Some(1), "{}", said(&closed));
    }
}

#[test]
#[ignore = "needs python"]
fn what_python_takes_for_granted_works() {
    let place = Place::new();
    let script = r#"exec python3 -c '
import multiprocessing, os, pty, socket, tempfile
multiprocessing.Lock()
with multiprocessing.Pool(2) as pool: print(pool.map(abs, [-1, -2]))
pty.openpty()
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname())
print(os.path.exists(tempfile.mkdtemp()))
'"#;
    let outcome = run(&place
        .script(script)
        .confine(place.confinement(Profile::Gate)));
    if confined(&outcome).missing.is_empty() {
        assert_eq!(
            outcome.stdout.to_text(),
            "[1, 2]\nTrue\n",
            "{}",
            said(&outcome)
        );
    }
}
