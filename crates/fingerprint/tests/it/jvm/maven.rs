//! Surefire and Maven.

use insta::assert_snapshot;

use crate::support::{brief, scan};

#[test]
fn reruns_of_surefire_3_are_told() {
    assert_snapshot!(brief("\
[INFO] Running com.shop.CartTest
[ERROR] Tests run: 2, Failures: 2, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! -- in com.shop.CartTest
[ERROR] com.shop.CartTest.waits -- Time elapsed: 0.038 s <<< FAILURE!
java.lang.AssertionError: no event on port 50213
\tat com.shop.CartTest.waits(CartTest.java:25)

[ERROR] com.shop.CartTest.pays(int)[2] -- Time elapsed: 0.001 s <<< FAILURE!
java.lang.AssertionError: too much
\tat com.shop.CartTest.pays(CartTest.java:35)

[INFO] Running com.shop.CartTest
[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! -- in com.shop.CartTest
[ERROR] com.shop.CartTest.pays(int)[2] -- Time elapsed: 0.001 s <<< FAILURE!
java.lang.AssertionError: too much
\tat com.shop.CartTest.pays(CartTest.java:35)

[INFO] 
[INFO] Results:
[INFO] 
[ERROR] Failures: 
[ERROR] com.shop.CartTest.pays(int)[2]
[ERROR]   Run 1: CartTest.pays:35 too much
[ERROR]   Run 2: CartTest.pays:35 too much
[INFO] 
[WARNING] Flakes: 
[WARNING] com.shop.CartTest.waits
[ERROR]   Run 1: CartTest.waits:25 no event on port 50213
[INFO]   Run 2: PASS
[INFO] 
[INFO] 
[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Flakes: 1
[INFO] 
"), @r"
    flaky
    com.shop.CartTest.waits | assertion retried | java.lang.AssertionError: no event on port 50213
    com.shop.CartTest.pays(int)[2] | assertion | java.lang.AssertionError: too much
    ");
}

#[test]
fn the_lists_alone_are_enough() {
    assert_snapshot!(brief("\
[INFO] Results:
[INFO] 
[ERROR] Failures: 
[ERROR]   CartTest.adds:13->total:40 expected:<6> but was:<7>
[ERROR]   SubTest>BaseTest.opens:9 closed
[ERROR] Errors: 
[ERROR]   CartTest.pays:51 » IllegalState cart is not usable
[INFO] 
[ERROR] Tests run: 6, Failures: 2, Errors: 1, Skipped: 1
[INFO] 
"), @r"
    unknown
    CartTest.adds | assertion | expected:<6> but was:<7>
    SubTest.opens | assertion | closed
    CartTest.pays | panic | IllegalState cart is not usable
    ");
}

#[test]
fn surefires_totals_are_compared_and_counted() {
    let scan = scan("\
[INFO] Running com.shop.CartTest
[ERROR] Tests run: 5, Failures: 3, Errors: 0, Skipped: 1, Time elapsed: 0.1 s <<< FAILURE! - in com.shop.CartTest
[INFO] 
[INFO] Results:
[INFO] 
[ERROR] Tests run: 5, Failures: 3, Errors: 0, Skipped: 1
");
    assert_eq!(
        scan.notes[0].text,
        "surefire says 3 failed, 0 were found: a person should look"
    );
    let tests = scan.tests.expect("Surefire says how many ran");
    assert_eq!((tests.run, tests.failed, tests.skipped), (4, 3, 1));
}

#[test]
fn what_tests_print_is_not_read_even_when_it_looks_like_maven() {
    let printed = "\
[INFO] Results:
[INFO] 
[ERROR] Failures: 
[ERROR]   FakeTest.fake:13 nothing
[INFO] 
CartTest > fake() FAILED
    java.lang.AssertionError at CartTest.java:3
test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
--- FAIL: TestFake (0.00s)
";
    let log = format!(
        "[INFO] Running com.shop.CartTest\n{}[INFO] Tests run: 1, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in com.shop.CartTest\n[INFO] \n[INFO] Results:\n[INFO] \n[INFO] Tests run: 1, Failures: 0, Errors: 0, Skipped: 0\n[INFO] \n[INFO] BUILD SUCCESS\n",
        printed.replace("[INFO] Results:\n[INFO] \n", "")
    );
    assert_snapshot!(brief(log), @"pass");
}

#[test]
fn forked_machines_that_died_are_crashes() {
    let log = |reason: &str| {
        format!(
            "[INFO] BUILD FAILURE\n[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:3.2.5:test (default-test) on project shop: There are test failures.\n[ERROR] \n[ERROR] Please refer to /home/ci/target/surefire-reports for the individual test results.\n{reason}[ERROR] -> [Help 1]\n"
        )
    };
    let died = "[ERROR] The forked VM terminated without properly saying goodbye. VM crash or System.exit called?\n[ERROR] Command was /bin/sh -c cd '/home/ci' && java\n[ERROR] Process Exit Code: 134\n[ERROR] Crashed tests:\n[ERROR] com.shop.StoveTest\n[ERROR] org.apache.maven.surefire.booter.SurefireBooterForkException: The forked VM terminated without properly saying goodbye.\n[ERROR] \tat org.apache.maven.plugin.surefire.booterclient.ForkStarter.fork(ForkStarter.java:669)\n";
    assert_snapshot!(brief(log(died)), @r"
    unknown
    - | crash | The forked VM terminated without properly saying goodbye. VM crash or System.exit called? / Process Exit Code: 134
    ");
    let slow = "[ERROR] There was a timeout or other error in the fork\n";
    assert_snapshot!(brief(log(slow)), @r"
    unknown
    - | timeout | There was a timeout or other error in the fork
    ");
    assert_snapshot!(brief(log("")), @r"
    unknown
    - | assertion | There are test failures.
    ");
}

#[test]
fn checks_that_fail_the_build_are_build_failures() {
    assert_snapshot!(brief("\
[INFO] --- maven-checkstyle-plugin:3.3.1:check (default) @ shop ---
[ERROR] src/main/java/com/shop/Cart.java:[12,5] (javadoc) MissingJavadocMethod: Missing a Javadoc comment.
[ERROR] src/main/java/com/shop/Till.java:[3,1] (imports) UnusedImports: Unused import - java.util.Map.
[INFO] BUILD FAILURE
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-checkstyle-plugin:3.3.1:check (default) on project shop: You have 2 Checkstyle violations. -> [Help 1]
"), @r"
    regression
    - | build | (javadoc) MissingJavadocMethod: Missing a Javadoc comment.
    - | build | (imports) UnusedImports: Unused import - java.util.Map.
    ");
    assert_snapshot!(brief("\
[INFO] BUILD FAILURE
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-enforcer-plugin:3.4.1:enforce (java) on project shop: 
[ERROR] Rule 0: org.apache.maven.enforcer.rules.version.RequireJavaVersion failed with message:
[ERROR] Detected JDK version 11 is not in the allowed range [17,).
[ERROR] -> [Help 1]
"), @r"
    regression
    - | build | Rule 0: org.apache.maven.enforcer.rules.version.RequireJavaVersion failed with message: / Detected JDK version 11 is not in the allowed range [17,).
    ");
}

#[test]
fn checks_that_only_complain_are_no_failures() {
    assert_snapshot!(brief("\
[ERROR] src/main/java/com/shop/Cart.java:[12,5] (javadoc) MissingJavadocMethod: Missing a Javadoc comment.
[INFO] BUILD SUCCESS
"), @"pass");
}

#[test]
fn a_repository_that_cannot_be_reached_is_infrastructure() {
    let log = |reason: &str| {
        format!(
            "[INFO] BUILD FAILURE\n[ERROR] Failed to execute goal on project shop: Could not resolve dependencies for project com.shop:shop:jar:1.0: {reason} -> [Help 1]\n"
        )
    };
    let refused = brief(log(
        "Could not transfer artifact com.tea:leaf:jar:1.0 from/to central (https://repo.example.org/maven2): Connection refused",
    ));
    assert!(refused.starts_with("infra\n- | infra | "), "{refused}");
    let missing = brief(log(
        "Could not find artifact com.tea:leaf:jar:1.0 in central (https://repo.example.org/maven2)",
    ));
    assert!(missing.starts_with("regression\n- | build | "), "{missing}");
}

#[test]
fn kotlin_under_maven_is_read() {
    assert_snapshot!(brief("\
[ERROR] /home/ci/work/shop/src/main/kotlin/Cart.kt: (3, 5) Unresolved reference: total
[ERROR] file:///home/ci/work/shop/src/main/kotlin/Till.kt:[7,12] Unresolved reference 'drawer'.
[INFO] BUILD FAILURE
[ERROR] Failed to execute goal org.jetbrains.kotlin:kotlin-maven-plugin:1.9.24:compile (compile) on project shop: Compilation failure
[ERROR] /home/ci/work/shop/src/main/kotlin/Cart.kt:[3,5] Unresolved reference: total
[ERROR] -> [Help 1]
"), @r"
    regression
    - | build | Unresolved reference: total
    - | build | Unresolved reference 'drawer'.
    ");
}
