//! Shapes of Ruby's tools that the fixtures do not show.

use insta::assert_snapshot;

use crate::support::{brief, only_failure};

#[test]
fn rails_prints_each_failure_at_once() {
    assert_snapshot!(brief("\
# Running:

F

Failure:
CartTest#test_total [test/models/cart_test.rb:8]:
Expected: 3
  Actual: 4


bin/rails test test/models/cart_test.rb:7

E

Error:
CartTest#test_empties:
NoMethodError: undefined method `clear' for nil:NilClass
    app/models/cart.rb:12:in `empty!'


bin/rails test test/models/cart_test.rb:11

.

3 runs, 3 assertions, 1 failures, 1 errors, 0 skips
"), @r"
    unknown
    CartTest#test_total | assertion | Expected: 3 / Actual: 4
    CartTest#test_empties | panic | NoMethodError: undefined method `clear' for nil:NilClass
    ");
}

#[test]
fn offences_of_rubocop_are_told_by_cop_and_text() {
    let progress = "\
Inspecting 1 file
W

Offenses:

a.rb:2:3: W: Lint/UselessAssignment: Useless assignment to variable - x.
  x = 1
  ^
a.rb:3:8: C: [Correctable] Style/StringLiterals: Prefer single-quoted strings.
  puts \"a\"
       ^^^

1 file inspected, 2 offenses detected, 1 offense autocorrectable
";
    assert_snapshot!(brief(progress), @r"
    regression
    - | build | Lint/UselessAssignment: Useless assignment to variable - x.
    - | build | Style/StringLiterals: Prefer single-quoted strings.
    ");
    let simple = "\
== a.rb ==
W:  2:  3: Lint/UselessAssignment: Useless assignment to variable - x.
C:  3:  8: [Correctable] Style/StringLiterals: Prefer single-quoted strings.

1 file inspected, 2 offenses detected, 1 offense autocorrectable
";
    assert_eq!(brief(simple), brief(progress));
    assert_snapshot!(brief("Inspecting 9 files\n.........\n\n9 files inspected, no offenses detected\n"), @"pass");
}

#[test]
fn a_report_of_rspec_has_the_console_s_fingerprint() {
    let console = only_failure(
        "\
Failures:

  1) Bell rings
     Failure/Error: expect(tone).to eq(\"ding\")

       expected: \"ding\"
            got: \"dong\"

       (compared using ==)
     # ./spec/bell_spec.rb:4:in `block (2 levels) in <top (required)>'

1 example, 1 failure
",
    );
    assert_eq!(console.message, "expected: \"ding\"\ngot: \"dong\"");
    assert_eq!(console.suite.as_deref(), Some("spec/bell_spec.rb"));
    let report = only_failure(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="rspec" tests="1" skipped="0" failures="1" errors="0" time="0.01">
<testcase classname="spec.bell_spec" name="Bell rings" file="./spec/bell_spec.rb" time="0.002"><failure message="expected: &quot;ding&quot;" type="RSpec::Expectations::ExpectationNotMetError">Failure/Error: expect(tone).to eq(&quot;ding&quot;)

  expected: &quot;ding&quot;
       got: &quot;dong&quot;

  (compared using ==)
./spec/bell_spec.rb:4:in `block (2 levels) in &lt;top (required)&gt;&#39;</failure></testcase>
</testsuite>
"#,
    );
    assert_eq!(report.keys.exact, console.keys.exact);
}

#[test]
fn a_report_of_minitest_has_the_console_s_fingerprint() {
    let console = only_failure(
        "  1) Failure:\nKiteTest#test_flies [test/kite_test.rb:9]:\nExpected: 1\n  Actual: 2\n\n1 runs, 1 assertions, 1 failures, 0 errors, 0 skips\n",
    );
    let report = only_failure(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="KiteTest" filepath="test/kite_test.rb" skipped="0" failures="1" errors="0" tests="1" time="0.1">
<testcase name="test_flies" lineno="8" classname="KiteTest" assertions="1" time="0.1" file="test/kite_test.rb">
<failure type="Minitest::Assertion" message="Expected: 1">Failure:
test_flies(KiteTest) [test/kite_test.rb:9]:
Expected: 1
  Actual: 2
</failure></testcase></testsuite></testsuites>
"#,
    );
    assert_eq!(report.keys.exact, console.keys.exact);
}
