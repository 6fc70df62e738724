//! Holds the children of the tests.

fn main() {
    ftc_process::shim::run_if_asked();
}
