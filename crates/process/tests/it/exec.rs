use std::io::{ErrorKind, Write as _};
use std::path::Path;

use ftc_process::{End, Spawn, exec_replacing};

use crate::support::run;

/// Set in the copy of this test program that is to become another program.
const BECOME: &str = "FTC_TEST_BECOMES";

#[test]
fn the_process_becomes_the_program_and_keeps_its_environment() {
    if std::env::var_os(BECOME).is_some() {
        let error = exec_replacing(
            Path::new("/bin/sh"),
            ["-c", "echo became $FTC_TEST_BECOMES; exit 7"],
        );
        panic!("{error}");
    }
    let this = std::env::current_exe().unwrap();
    let spawn = Spawn::new([this])
        .args([
            "--exact",
            "exec::the_process_becomes_the_program_and_keeps_its_environment",
            "--nocapture",
        ])
        .env(BECOME, "it");
    let outcome = run(&spawn);
    assert_eq!(outcome.end, End::Exited(7), "{}", outcome.stderr.to_text());
    assert!(outcome.stdout.to_text().ends_with("became it\n"));
}

#[test]
fn a_failure_names_the_program() {
    let error = exec_replacing(Path::new("/no/such/program"), ["x"; 0]);
    assert_eq!(error.to_string(), "failed to execute `/no/such/program`");
    assert!(error.is_not_found() && !error.is_retryable());
}

#[test]
fn after_a_failure_a_closed_pipe_is_still_an_error() {
    let error = exec_replacing(Path::new("/no/such/program"), ["x"; 0]);
    assert!(error.is_not_found());
    let (reader, mut writer) = std::io::pipe().unwrap();
    drop(reader);
    // Where the signal had its default, this would be the end of the test program.
    let error = writer.write(b"x").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
}
