//! A project of another language with a flake of its own.

use ftc_github::{IssueNumber, IssuesRead as _};

use crate::support::{BOT, World};

/// Sets of strings have an order of their own in every process of Python, so this test fails about every third time.
const MIRRORS: &str = r#"import unittest


def first_answer(mirrors):
    """Returns the answer of the mirror that is asked first."""
    for mirror in mirrors:
        return mirror


class Mirrors(unittest.TestCase):
    def test_asks_a_near_mirror_first(self):
        self.assertNotEqual(first_answer({"near", "nearer", "far"}), "far", "a far mirror was asked first")

    def test_asks_somebody(self):
        self.assertIsNotNone(first_answer({"near"}))


if __name__ == "__main__":
    unittest.main()
"#;

/// Runs the tests and writes what JUnit writes.
const RUNNER: &str = r#"import sys
import unittest
from xml.sax.saxutils import quoteattr

import test_mirrors

suite = unittest.defaultTestLoader.loadTestsFromModule(test_mirrors)
names = [test.id() for group in suite for test in group]
result = unittest.TextTestRunner(verbosity=2).run(suite)
failed = {test.id(): text for test, text in result.failures + result.errors}
with open("junit.xml", "w") as report:
    print(f'<testsuite name="mirrors" tests="{len(names)}" failures="{len(failed)}">', file=report)
    for name in names:
        module, _, test = name.rpartition(".")
        print(f"<testcase classname={quoteattr(module)} name={quoteattr(test)}>", file=report)
        if name in failed:
            last = failed[name].strip().splitlines()[-1]
            print(f"<failure message={quoteattr(last)}/>", file=report)
        print("</testcase>", file=report)
    print("</testsuite>", file=report)
sys.exit(1 if failed else 0)
"#;

const GATES: &str = "version: 1\ngates:\n  - id: test\n    argv: [python3, run_tests.py]\n    timeout: 1m\n    reports:\n      - { path: junit.xml, format: junit }\n";

#[test]
#[ignore = "needs python"]
fn a_flake_of_a_python_project_is_filed_with_its_rate() {
    let world = World::new(&[
        ("test_mirrors.py", MIRRORS),
        ("run_tests.py", RUNNER),
        ("gates.yaml", GATES),
        ("ftc-policy.yaml", "version: 1\n"),
    ]);
    let run = world.done(&["--once", "--source", "runs:30", "--format", "json"]);
    let json = run.json();
    assert_eq!(json["discovery"]["read"], 30, "{json}");
    assert_eq!(json["failures"].as_array().unwrap().len(), 1, "{json}");
    let issue = world.lifecycle().issue.expect("an issue was filed");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let issue = runtime
        .block_on(world.forge_of(BOT).issue(IssueNumber(issue)))
        .unwrap()
        .unwrap();
    assert!(
        issue.title.contains("test_asks_a_near_mirror_first"),
        "{}",
        issue.title
    );
    assert!(issue.body.contains(" of 30 runs ("), "{}", issue.body);
    assert!(
        issue.body.contains("the true share is between "),
        "{}",
        issue.body
    );
    assert!(
        issue.body.contains("a far mirror was asked first"),
        "{}",
        issue.body
    );
}
