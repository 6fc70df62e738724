//! JUnit reports of Catch2: the text of a failure begins with `FAILED:` and ends with its place.

use ftc_report::junit::{Problem, Summary, TestCase};

use crate::findings::{Block, Finding};
use crate::report::Dialect;

use super::{CATCH2, said};

pub(in crate::frameworks::cpp) const DIALECT: Dialect = Dialect { wrote, finding };

fn wrote(_: &TestCase, problem: Option<&Problem>, _: &Summary) -> bool {
    problem.is_some_and(|problem| {
        let text = problem.text.text.trim();
        text.starts_with("FAILED:\n") && text.lines().last().is_some_and(|l| l.starts_with("at "))
    })
}

fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let text = problem.map_or("", |problem| problem.text.text.trim());
    let is_error = matches!(case.outcome, ftc_report::junit::Outcome::Errored(_));
    let lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
    let body = &lines[..lines.len().saturating_sub(1)];
    let (kind, message) = if is_error {
        exception(body)
    } else {
        said::console(body)
    };
    Finding::new(CATCH2, Some(case.name.clone()), kind, Block::default()).saying(message)
}

/// Of an exception only its words stand there, behind the expression if there was one.
fn exception(lines: &[String]) -> (crate::kind::Kind, String) {
    let words: Vec<&str> = lines
        .iter()
        .map(|line| line.trim())
        .filter(|line| !(line.contains("( ") && line.ends_with(" )")))
        .collect();
    let words = words.join("\n");
    let kind = if words.starts_with("SIG") && words.contains(" - ") {
        crate::kind::Kind::Crash
    } else {
        crate::kind::Kind::Panic
    };
    (kind, words)
}
