//! The table of exit codes.

use ftc_cli::ExitCode;

#[test]
fn the_numbers_are_those_of_the_published_table() {
    let table = [
        (ExitCode::Yes, 0),
        (ExitCode::No, 1),
        (ExitCode::Usage, 2),
        (ExitCode::Partial, 3),
        (ExitCode::NeedsApproval, 4),
        (ExitCode::RolledBack, 5),
        (ExitCode::Conflict, 6),
        (ExitCode::Bug, 70),
        (ExitCode::TryAgain, 75),
        (ExitCode::Signal(2), 130),
        (ExitCode::Signal(15), 143),
        (ExitCode::Command(3), 3),
    ];
    for (code, number) in table {
        assert_eq!(code.code(), number, "{code:?}");
    }
}

#[test]
fn a_signal_that_does_not_exist_does_not_overflow() {
    assert_eq!(ExitCode::Signal(200).code(), 255);
}
