//! .NET. The outputs follow the sources of VSTest, of the testing platform and of xunit, since .NET cannot be installed here.

use insta::assert_snapshot;

use crate::support::{brief, only_failure, scan};

#[test]
fn nunit_and_mstest_leave_out_the_class() {
    assert_snapshot!(brief("\
Starting test execution, please wait...
  Failed AddsThree [21 ms]
  Error Message:
     Expected: 6
  But was:  7

  Stack Trace:
     at Shop.Tests.CartTests.AddsThree() in /home/ci/work/shop/CartTests.cs:line 12

  Failed Pays (Mate,3) [5 s]
  Error Message:
   Test method Shop.Tests.TillTests.Pays threw exception: 
System.InvalidOperationException: no drawer
  Stack Trace:
      at Shop.Till.Open() in /home/ci/work/shop/Till.cs:line 30
   at Shop.Tests.TillTests.Pays(String tea) in /home/ci/work/shop/TillTests.cs:line 9

  Failed Waits [1 s]
  Error Message:
   Test exceeded Timeout value of 100ms
Test Run Failed.
Total tests: 5
     Passed: 2
     Failed: 3
 Total time: 1.6229 Seconds
"), @r"
    unknown
    Shop.Tests.CartTests.AddsThree | assertion | Expected: 6 / But was:  7
    Shop.Tests.TillTests.Pays (Mate,3) | panic | System.InvalidOperationException: no drawer
    Waits | timeout | Test exceeded Timeout value of 100ms
    ");
}

#[test]
fn xunits_own_console_and_vstest_agree() {
    let vstest = only_failure("\
[xUnit.net 00:00:00.31]     Shop.Tests.CartTests.Adds(x: 1) [FAIL]
  Failed Shop.Tests.CartTests.Adds(x: 1) [12 ms]
  Error Message:
   Assert.Equal() Failure: Values differ
Expected: 6
Actual:   7
  Stack Trace:
     at Shop.Tests.CartTests.Adds(Int32 x) in /home/ci/work/shop/CartTests.cs:line 12

Failed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3, Duration: 12 ms - Shop.Tests.dll (net8.0)
");
    let xunit = only_failure(
        "\
  Starting:    Shop.Tests
    Shop.Tests.CartTests.Adds(x: 1) [FAIL]
      Assert.Equal() Failure: Values differ
      Expected: 6
      Actual:   7
      Stack Trace:
        /home/ci/work/shop/CartTests.cs(12,0): at Shop.Tests.CartTests.Adds(Int32 x)
  Finished:    Shop.Tests
",
    );
    let platform = only_failure(
        "\
failed Shop.Tests.CartTests.Adds(x: 1) (12ms)
  Assert.Equal() Failure: Values differ
  Expected: 6
  Actual:   7
    at Shop.Tests.CartTests.Adds(Int32 x) in /home/ci/work/shop/CartTests.cs:12

Test run summary: Failed! - bin/Debug/net8.0/Shop.Tests.dll (net8.0|x64)
  total: 3
  failed: 1
  succeeded: 2
  skipped: 0
  duration: 120ms
",
    );
    let report = only_failure(
        "<testsuites><testsuite name=\"Shop.Tests.dll\" tests=\"1\" failures=\"1\"><testcase classname=\"Shop.Tests.CartTests\" name=\"Shop.Tests.CartTests.Adds(x: 1)\"><failure type=\"failure\" message=\"Assert.Equal() Failure: Values differ&#10;Expected: 6&#10;Actual:   7\">   at Shop.Tests.CartTests.Adds(Int32 x) in /home/ci/work/shop/CartTests.cs:line 12</failure></testcase></testsuite></testsuites>",
    );
    assert_eq!(
        vstest.test.as_deref(),
        Some("Shop.Tests.CartTests.Adds(x: 1)")
    );
    for other in [xunit, platform, report] {
        assert_eq!(
            (&other.test, &other.message),
            (&vstest.test, &vstest.message)
        );
        assert_eq!(other.keys.exact, vstest.keys.exact);
    }
}

#[test]
fn what_a_test_printed_is_not_read() {
    assert_snapshot!(brief("\
Starting test execution, please wait...
  Failed Shop.Tests.CartTests.Adds [12 ms]
  Error Message:
   Assert.True() Failure
Expected: True
Actual:   False
  Stack Trace:
     at Shop.Tests.CartTests.Adds() in /home/ci/work/shop/CartTests.cs:line 12
  Standard Output Messages:
 error: only printed
  Failed Shop.Tests.Fake [1 ms]
 Failed!  - Failed: 9

Failed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3, Duration: 12 ms - Shop.Tests.dll (net8.0)
"), @r"
    unknown
    Shop.Tests.CartTests.Adds | assertion | Assert.True() Failure / Expected: True / Actual:   False
    ");
}

#[test]
fn a_crashed_host_names_the_test_that_ran() {
    assert_snapshot!(brief("\
The active test run was aborted. Reason: Test host process crashed : Fatal error. System.AccessViolationException: Attempted to read or write protected memory.
   at Shop.Native.Read()

The test running when the crash occurred: 
Shop.Tests.StoveTests.Explodes

Test Run Aborted.
"), @r"
    unknown
    Shop.Tests.StoveTests.Explodes | crash | Test host process crashed: Fatal error. System.AccessViolationException: Attempted to read or write protected memory.
    ");
}

#[test]
fn an_error_that_is_printed_twice_counts_once() {
    assert_snapshot!(brief("\
/home/ci/work/shop/Cart.cs(3,5): error CS1002: ; expected [/home/ci/work/shop/Shop.csproj]
/home/ci/work/shop/Cart.cs(9,16): error CS0103: The name 'limit' does not exist in the current context [/home/ci/work/shop/Shop.csproj::TargetFramework=net8.0]
/home/ci/work/shop/Cart.cs(11,9): warning CS0168: The variable 'e' is declared but never used [/home/ci/work/shop/Shop.csproj]

Build FAILED.

/home/ci/work/shop/Cart.cs(3,5): error CS1002: ; expected [/home/ci/work/shop/Shop.csproj]
/home/ci/work/shop/Cart.cs(9,16): error CS0103: The name 'limit' does not exist in the current context [/home/ci/work/shop/Shop.csproj::TargetFramework=net8.0]
    1 Warning(s)
    2 Error(s)
"), @r"
    regression
    - | build | CS1002: ; expected
    - | build | CS0103: The name 'limit' does not exist in the current context
    ");
}

#[test]
fn a_package_source_that_cannot_be_reached_is_infrastructure() {
    let failure = only_failure(
        "/home/ci/work/shop/Shop.csproj : error NU1301: Unable to load the service index for source https://nuget.example.org/v3/index.json. [/home/ci/work/shop/Shop.csproj]\n",
    );
    assert_eq!((failure.kind.as_str(), failure.test), ("infra", None));
}

#[test]
fn passing_runs_pass_and_are_counted() {
    for log in [
        "Passed!  - Failed:     0, Passed:     4, Skipped:     1, Total:     5, Duration: 12 ms - Shop.Tests.dll (net8.0)\n",
        "Test Run Successful.\nTotal tests: 4\n     Passed: 4\n",
        "Build succeeded.\n    0 Warning(s)\n    0 Error(s)\n",
        "Test run summary: Passed! - bin/Shop.Tests.dll (net8.0|x64)\n  total: 4\n  failed: 0\n  succeeded: 4\n",
    ] {
        assert_eq!(brief(log), "pass\n", "{log}");
    }
    let tests = scan("Passed!  - Failed:     0, Passed:     4, Skipped:     1, Total:     5, Duration: 12 ms - Shop.Tests.dll (net8.0)\n").tests;
    assert_eq!(tests.map(|tests| (tests.run, tests.skipped)), Some((4, 1)));
}
