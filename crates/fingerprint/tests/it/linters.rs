//! Linters, formatters, interpreters: what fails beside the tests of Go and Rust.

use insta::assert_snapshot;

use crate::support::{brief, github, only_failure, scan};

#[test]
fn golangci_lint_in_both_of_its_forms() {
    let text = "\
pkg/a.go:12:9: Error return value of `f.Close` is not checked (errcheck)
\tf.Close()
\t       ^
pkg/b.go:3:1: File is not `gofmt`-ed with `-s` (gofmt)
2 issues:
* errcheck: 1
* gofmt: 1
";
    assert_snapshot!(brief(text), @"
    regression
    - | build | Error return value of `f.Close` is not checked (errcheck)
    ");
    let annotated = "\
##[error]Error return value of `f.Close` is not checked (errcheck)
##[error]File is not `gofmt`-ed with `-s` (gofmt)
##[error]issues found
";
    assert_eq!(
        only_failure(text).keys.exact,
        only_failure(github(annotated.as_bytes())).keys.exact
    );
}

#[test]
fn staticcheck_names_a_code() {
    let failure = only_failure("pkg/a.go:12:6: func unused is unused (U1000)\n");
    assert_eq!(failure.detail.as_deref(), Some("U1000"));
    assert_eq!(failure.framework.name, "staticcheck");
}

#[test]
fn a_place_with_a_word_in_parentheses_is_no_issue() {
    for log in [
        "pkg/a.go:12:6: hello (world)\n",
        "ok  \texample.com/x\t0.1s (cached)\n",
        "I saw pkg/a.go:12:6: x is unused (unused)\n",
    ] {
        assert_eq!(scan(log).failures, [], "{log}");
    }
}

#[test]
fn modules_that_do_not_load() {
    assert_snapshot!(brief("go: updates to go.mod needed; to update it:\n\tgo mod tidy\n"), @"
    regression
    - | build | updates to go.mod needed; to update it
    ");
    let sum = "main.go:4:2: missing go.sum entry for module providing package example.com/x (imported by y); to add:\n\tgo get y\n";
    assert_snapshot!(brief(sum), @"
    regression
    - | build | missing go.sum entry for module providing package example.com/x
    ");
}

#[test]
fn rustfmt_tells_its_file_in_either_form() {
    let new =
        "Diff in /src/shop/src/lib.rs:12:\n fn a() {}\n-pub fn add() { }\n+pub fn add() {}\n \n";
    let old =
        "Diff in /home/x/src/lib.rs at line 7:\n fn a() {}\n-pub fn add() { }\n+pub fn add() {}\n";
    assert_snapshot!(brief(new), @"
    regression
    - | build | `/src/shop/src/lib.rs` is not formatted
    ");
    assert_eq!(only_failure(new).keys.exact, only_failure(old).keys.exact);
    let failed = format!("{new}##[error]Process completed with exit code 1.\n");
    let wrapped = only_failure(github(failed.as_bytes()));
    assert_eq!(wrapped.keys.exact, only_failure(new).keys.exact);
    assert_eq!(
        scan("Diff in /src/lib.rs:12:\nand then some words\n").failures,
        []
    );
}

#[test]
fn miri_stops_in_a_test() {
    let log = "
running 2 tests
test tests::fine ... ok
test tests::ub ... error: Undefined Behavior: in-bounds pointer arithmetic failed: got alloc1234 of 2 bytes
  --> src/lib.rs:16:55
   |
16 | pub fn undefined() -> u8 { 0 }
   |                            ^ Undefined Behavior occurred here
   |
   = note: BACKTRACE on thread `tests::ub`:

error: aborting due to 1 previous error

error: test failed, to rerun pass `--lib`

Caused by:
  process didn't exit successfully: `cargo-miri runner target/miri/shop-1234567890abcdef` (exit status: 1)
";
    assert_snapshot!(brief(log), @"
    unknown
    tests::ub | crash | Undefined Behavior: in-bounds pointer arithmetic failed: got alloc of 2 bytes
    ");
}

#[test]
fn a_link_that_fails_says_what_is_missing() {
    let log = "\
   Compiling shop v0.1.0 (/src/shop)
error: linking with `cc` failed: exit status: 1
  |
  = note:  \"cc\" \"-m64\" \"/tmp/rustcABCDEF/symbols.o\" \"-lnothere\"
  = note: some arguments are omitted. use `--verbose` to show all linker arguments
  = note: /usr/bin/ld: cannot find -lnothere: No such file or directory
          collect2: error: ld returned 1 exit status


error: could not compile `shop` (lib test) due to 1 previous error
";
    assert_snapshot!(brief(log), @"
    regression
    - | build | error: linking with `cc` failed: exit status: 1: cannot find -lnothere
    ");
}
