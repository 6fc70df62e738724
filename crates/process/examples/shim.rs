//! The smallest program that can be a shim, for tests that need one beside their own program.

fn main() {
    ftc_process::shim::run_if_asked();
}
