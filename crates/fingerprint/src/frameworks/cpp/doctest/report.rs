//! JUnit reports of doctest: the text of a failure begins with its place in a line of its own.

use ftc_report::junit::{Outcome, Problem, Summary, TestCase};

use crate::findings::{Block, Finding};
use crate::frameworks::cpp::parts::is_place;
use crate::kind::Kind;
use crate::report::{Dialect, message_of};

use super::DOCTEST;

pub(in crate::frameworks::cpp) const DIALECT: Dialect = Dialect { wrote, finding };

fn wrote(case: &TestCase, problem: Option<&Problem>, _: &Summary) -> bool {
    let Some(problem) = problem else {
        // A passed case has the file in place of a class.
        let class = case.classname.as_deref().unwrap_or_default();
        return [".cc", ".cpp", ".cxx", ".c++", ".h", ".hpp"]
            .iter()
            .any(|end| class.ends_with(end));
    };
    let first = problem
        .text
        .text
        .trim_start()
        .lines()
        .next()
        .unwrap_or_default();
    let is_failure = first.strip_suffix(':').is_some_and(is_place);
    let is_exception = message_of(Some(problem)) == "exception"
        && problem.kind.is_none()
        && case
            .classname
            .as_deref()
            .is_some_and(|file| file.contains('.'));
    is_failure || is_exception
}

fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let text = problem.map_or("", |problem| problem.text.text.trim());
    let names: Vec<&str> = case.name.split('/').map(str::trim).collect();
    let (kind, message) = if matches!(case.outcome, Outcome::Errored(_)) {
        (Kind::Panic, text.to_owned())
    } else {
        let lines: Vec<&str> = text
            .lines()
            .skip(1)
            .filter(|line| !line.starts_with("  logged: ") && !line.trim().is_empty())
            .take(2)
            .collect();
        (Kind::Assertion, lines.join("\n"))
    };
    Finding::new(DOCTEST, Some(names.join("/")), kind, Block::default()).saying(message)
}
