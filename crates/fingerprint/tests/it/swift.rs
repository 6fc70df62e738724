//! Swift: what the fixtures do not show.

use crate::support::{only_failure, scan};

#[test]
fn a_known_issue_is_no_failure() {
    let scan = scan(
        "✘ Test opens() recorded a known issue at V.swift:3:5: Expectation failed: a == b\n✔ Test opens() passed after 0.001 seconds with 1 known issue.\n",
    );
    assert!(scan.failures.is_empty(), "{:#?}", scan.failures);
}

#[test]
fn the_first_error_of_a_file_tells_it() {
    let failure = only_failure(
        "/a/Cart.swift:7:12: error: cannot find 'depot' in scope\n/a/Cart.swift:9:1: error: cannot find 'van' in scope\n",
    );
    assert_eq!(failure.message, "cannot find 'depot' in scope");
}
