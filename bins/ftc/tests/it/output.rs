//! What happens when the answer cannot be written.

use std::process::{Command, Output, Stdio};

use crate::installation::Installation;

/// Runs `ftc config explain` with this standard output.
fn explain_into(stdout: impl Into<Stdio>) -> Output {
    let installation = Installation::new();
    Command::new(installation.bin().join("ftc"))
        .args(["config", "explain"])
        .current_dir(installation.repository())
        .env_clear()
        .stdout(stdout)
        .stderr(Stdio::piped())
        .output()
        .expect("ftc is installed")
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let (reader, writer) = std::io::pipe().unwrap();
    // Closed before the program starts, so that its first write already finds nobody.
    drop(reader);
    let output = explain_into(writer);
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = explain_into(full);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: failed to write to standard output\n  caused by: No space left on device (os error 28)\n"
    );
}
