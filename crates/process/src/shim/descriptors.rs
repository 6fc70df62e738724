//! File descriptors that nobody meant to pass on.

use std::fs;
use std::io;

/// Closes every file descriptor but the first three. They come from a parent that opened them without `O_CLOEXEC`, and a child
/// could read or write through them whatever its confinement says.
///
/// For a process that has just begun and has opened nothing itself. Needs `/proc`.
pub(crate) fn close_inherited() -> io::Result<()> {
    let mut open = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        if let Some(number) = entry?
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        {
            open.push(number);
        }
    }
    for number in open.into_iter().filter(|&number: &i32| number > 2) {
        // The directory itself was among them and is closed by now. Other errors tell of the file, and it is closed all the same.
        let _ = nix::unistd::close(number);
    }
    Ok(())
}
