//! The shim alone, for programs that cannot be their own: see `ftc_process::shim`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ftc_process::shim::run_if_asked();
    // Only other programs start it.
    ExitCode::from(2)
}
