//! Sessions that end before their time: the process dies, pytest fails itself, or refuses to run.

use crate::support::{brief, github, only_failure, scan};

/// A verbose session that ends in the middle of a test.
const GONE: &str = "\
============================= test session starts ==============================
collecting ... collected 2 items

test_osx.py::test_pre PASSED                                             [ 50%]
test_osx.py::test_gone ";

const DIED: &str = "unknown
test_osx.py::test_gone | crash | the process died while the test was running
";

#[test]
fn a_test_in_which_the_process_dies_is_a_crash() {
    assert_eq!(brief(GONE), DIED);
    assert_eq!(
        brief(format!("{GONE}\nmake: *** [Makefile:3: test] Error 17\n")),
        DIED
    );
    let step =
        github(format!("{GONE}\n##[error]Process completed with exit code 17.\n").as_bytes());
    assert_eq!(brief(step), DIED);
}

#[test]
fn a_log_that_was_cut_or_a_job_that_was_cancelled_is_no_crash() {
    let cut = &GONE[..GONE.len() - 3];
    assert!(scan(cut).failures.is_empty());
    let printing = format!("{GONE}the test's own words");
    assert!(scan(printing).failures.is_empty());
    let cancelled = github(format!("{GONE}\n##[error]The operation was canceled.\n").as_bytes());
    assert!(scan(cancelled).failures.is_empty());
}

#[test]
fn an_internal_error_is_never_silent() {
    let failure = only_failure(
        "\
============================= test session starts ==============================
collected 1 item

test_a.py 
INTERNALERROR> Traceback (most recent call last):
INTERNALERROR>   File \"/x/_pytest/main.py\", line 333, in wrap_session
INTERNALERROR>     session.exitstatus = doit(config, session) or 0
INTERNALERROR>   File \"/x/conftest.py\", line 2, in pytest_runtest_logreport
INTERNALERROR>     raise RuntimeError(\"hook broke\")
INTERNALERROR> RuntimeError: hook broke

============================ no tests ran in 0.04s =============================
",
    );
    assert_eq!(failure.test, None);
    assert_eq!(failure.kind.as_str(), "crash");
    assert_eq!(failure.detail.as_deref(), Some("internal-error"));
    assert_eq!(failure.message, "RuntimeError: hook broke");
}

#[test]
fn an_invocation_that_pytest_refuses_is_never_silent() {
    let usage = "\
ERROR: usage: python -m pytest [options] [file_or_dir] [file_or_dir] [...]
python -m pytest: error: unrecognized arguments: --hive-mind
  inifile: None
";
    let empty = "\
============================= test session starts ==============================
collected 0 items

============================ no tests ran in 0.89s =============================
";
    let missing = format!("{empty}ERROR: file or directory not found: test_zzz.py\n\n");
    let other = format!("{empty}ERROR: some plugin does not like the options\n\n");
    for (log, message) in [
        (usage, "unrecognized arguments: --hive-mind"),
        (missing.as_str(), "file or directory not found: test_zzz.py"),
        (other.as_str(), "some plugin does not like the options"),
    ] {
        let failure = only_failure(log);
        assert_eq!((failure.kind.as_str(), failure.test), ("build", None));
        assert_eq!(failure.message, message);
    }
}

#[test]
fn the_same_words_of_another_program_are_not_pytests() {
    let log = "ERROR: Could not find a version that satisfies the requirement nectar\n\n\n\nERROR: usage: prog FILE\nprog: error: no file\n";
    assert!(scan(log).failures.is_empty());
}
