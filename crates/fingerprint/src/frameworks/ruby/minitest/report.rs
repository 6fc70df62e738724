//! JUnit XML of minitest-reporters (`JUnitReporter`) and minitest-junit: the class and `test_x`, the console's text.
//!
//! Formats: `junit_reporter.rb` of minitest-reporters 1.7 (`message=` is the class of the failure, the text begins with
//! `Failure:` and the name in both ways), `minitest_junit/reporter.rb` of minitest-junit 1 and 2.

use ftc_report::junit::{Outcome, Problem, TestCase};

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::report::{Dialect, generic_message};

use super::{MINITEST, message};

pub(in crate::frameworks::ruby) const DIALECT: Dialect = Dialect {
    wrote: |case, problem, _| {
        let is_ruby = |text: &str| text.ends_with("_test.rb") || text.contains("_test.rb:");
        let text = problem.map_or("", |problem| problem.text.text.as_str());
        let kind = problem.and_then(|problem| problem.kind.as_deref());
        kind.is_some_and(|kind| kind.starts_with("Minitest::"))
            || case.file.as_deref().is_some_and(is_ruby)
            || case.name.starts_with("test_") && text.contains(".rb:")
    },
    finding,
};

fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let text = problem.map_or("", |problem| problem.text.text.as_str());
    let class = case.classname.as_deref().unwrap_or_default();
    let test = format!("{class}#{}", case.name);
    let mut lines = text.lines().peekable();
    // `Failure:` and a line with the test's name stand in front.
    lines.next_if(|line| matches!(line.trim(), "Failure:" | "Error:"));
    lines.next_if(|line| line.contains(&case.name));
    let body: Vec<String> = lines.map(str::to_owned).collect();
    let is_error = matches!(case.outcome, Outcome::Errored(_));
    let said = message::of(if is_error { "Error:" } else { "Failure:" }, &body);
    let kind = if is_error { said.kind } else { Kind::Assertion };
    let mut finding = Finding::new(MINITEST, Some(test), kind, Block::default());
    finding.message = if said.message.is_empty() {
        generic_message(problem)
    } else {
        said.message
    };
    finding.function = said.function;
    finding.suite = Some(class.to_owned());
    finding
}
