//! The shim of a crate's tests.

use std::path::{Path, PathBuf};

use ftc_process::Shim;

/// The example `name` of the crate under test, which is built with its tests and is nothing but a shim: a test program cannot be
/// one, because its `main` is not ours.
///
/// # Panics
/// If it is not there: a single test target was asked for, and cargo builds examples only with all of them.
pub fn example(name: &str) -> Shim {
    let path = beside_the_tests(name).expect("a test program knows where it is");
    assert!(
        path.exists(),
        "there is no `{}`: build it with `cargo build --examples`",
        path.display()
    );
    Shim::at(path)
}

/// `target/debug/deps/it-HASH` is the test, `target/debug/examples/NAME` the example.
fn beside_the_tests(name: &str) -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    let profile = test.parent().and_then(Path::parent)?;
    Some(profile.join("examples").join(name))
}
