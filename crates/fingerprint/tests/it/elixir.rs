//! Shapes of `ExUnit` and of Elixir's compiler that the fixtures do not show.

use insta::assert_snapshot;

use crate::support::{brief, only_failure};

const CONSOLE: &str = "\
==> mill
.

  1) test wheel turns (MillTest)
     test/mill_test.exs:22
     Assertion with == failed
     code:  assert Mill.turn() == 3
     left:  4
     right: 3
     stacktrace:
       test/mill_test.exs:23: (test)

Finished in 0.1 seconds (0.1s async, 0.00s sync)
2 tests, 1 failure
";

#[test]
fn a_report_of_junit_formatter_has_the_console_s_fingerprint() {
    let report = only_failure(
        r#"<?xml version="1.0"?>
<testsuites><testsuite errors="0" failures="1" name="Elixir.MillTest" tests="1" time="0.1">
<testcase classname="Elixir.MillTest" file="test/mill_test.exs" name="test wheel turns" time="0.1">
<failure message="error: Assertion with == failed">  1) test wheel turns (MillTest)
     test/mill_test.exs:22
     Assertion with == failed
     code:  assert Mill.turn() == 3
     left:  4
     right: 3
     stacktrace:
       test/mill_test.exs:23: (test)
</failure></testcase></testsuite></testsuites>
"#,
    );
    assert_eq!(report.keys.exact, only_failure(CONSOLE).keys.exact);
    assert_eq!(report.test.as_deref(), Some("MillTest.test wheel turns"));
}

#[test]
fn diagnostics_above_the_heading_tell_what_does_not_compile() {
    assert_snapshot!(brief("\
Compiling 2 files (.ex)
    error: undefined function zz/0 (expected Mill to define such a function)
    │
  2 │   def y, do: zz()
    │              ^^
    └─ lib/mill.ex:2:14: Mill.y/0


== Compilation error in file lib/mill.ex ==
** (CompileError) lib/mill.ex: cannot compile module Mill (errors have been logged)
"), @r"
    regression
    - | build | undefined function zz/0 (expected Mill to define such a function)
    ");
}
