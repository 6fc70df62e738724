//! Swift: `XCTest` on Linux and under xcodebuild, Swift Testing, the compiler.

mod build;
mod pretty;
mod testing;
mod xctest;

use crate::kind::{Framework, Kind};
use crate::recognizer::Recognizer;
use crate::report::Dialect;

const XCTEST: Framework = Framework::new("xctest", "xctest");
const TESTING: Framework = Framework::new("swift-testing", "swift-testing");
const SWIFTC: Framework = Framework::new("swiftc", "swiftc");

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![
        Box::new(xctest::Xctest::default()),
        Box::new(testing::Testing::default()),
        Box::new(pretty::Pretty),
        Box::new(build::Build::default()),
    ]
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = &[];

/// Which kind of failure an assertion of `XCTest` tells of, and its message.
fn said(message: &str) -> (Kind, String) {
    let is_timeout = message.starts_with("Asynchronous wait failed")
        || message.starts_with("Test exceeded execution time allowance");
    let is_error = message.starts_with("threw error ")
        || message.starts_with("failed: caught error: ")
        || message.starts_with("failed: caught \"")
        || message.starts_with("*** ");
    let kind = if is_timeout {
        Kind::Timeout
    } else if is_error {
        Kind::Panic
    } else {
        Kind::Assertion
    };
    let message = message
        .strip_prefix("failed: caught error: ")
        .or_else(|| message.strip_prefix("threw error "))
        .unwrap_or(message);
    (kind, message.trim_matches('"').to_owned())
}

fn is_swift(file: &str) -> bool {
    file.rsplit_once('.')
        .is_some_and(|(_, ending)| ending == "swift")
}
