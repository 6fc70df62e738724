//! Opening files so that nothing hangs.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;

use super::error::InputError;

/// Opens a regular file, also through links.
///
/// A pipe without a writer would block for ever and a device may do anything, so both are refused. The file is opened
/// first and looked at then, so that nobody can exchange it in between. Descriptors that the shell has opened for us
/// (`/dev/stdin`, `/dev/fd/63` of a process substitution) are read whatever they are: their writer exists.
pub fn open_file(path: &Path, name: &str) -> Result<File, InputError> {
    if is_inherited(path) {
        return File::open(path).map_err(|source| open_error(name, source));
    }
    let nonblocking = i32::try_from(OFlags::NONBLOCK.bits() | OFlags::NOCTTY.bits())
        .expect("open flags fit an int");
    let opened = File::options()
        .read(true)
        .custom_flags(nonblocking)
        .open(path);
    let file = match opened {
        Ok(file) => file,
        // The kernel's answer for a socket.
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => {
            return Err(special(name, "a socket or a device without a driver"));
        }
        Err(source) => return Err(open_error(name, source)),
    };
    let kind = file
        .metadata()
        .map_err(|source| open_error(name, source))?
        .file_type();
    if kind.is_file() {
        Ok(file)
    } else {
        Err(special(name, describe(kind)))
    }
}

/// Words for a file that is none.
pub fn describe(kind: std::fs::FileType) -> &'static str {
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_dir() {
        "a directory"
    } else {
        "a device"
    }
}

pub fn open_error(name: &str, source: io::Error) -> InputError {
    let name = name.to_owned();
    if source.kind() == io::ErrorKind::NotFound {
        InputError::Missing { name }
    } else {
        InputError::Open { name, source }
    }
}

fn special(name: &str, what: &'static str) -> InputError {
    InputError::Special {
        name: name.to_owned(),
        what,
    }
}

fn is_inherited(path: &Path) -> bool {
    path == Path::new("/dev/stdin")
        || path.starts_with("/dev/fd")
        || path.starts_with("/proc/self/fd")
}
