//! `--gtest_output=xml`: every case says whether it was run and completed.

use ftc_report::junit::{Problem, Summary, TestCase};

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::report::{Dialect, message_of};

use super::{GTEST, problem};

pub(in crate::frameworks::cpp) const DIALECT: Dialect = Dialect { wrote, finding };

/// The message begins with the place, in a line of its own, and stands in the text once more.
fn wrote(_: &TestCase, problem: Option<&Problem>, summary: &Summary) -> bool {
    let Some(problem) = problem else {
        return summary.name.as_deref() == Some("AllTests");
    };
    let message = message_of(Some(problem));
    let Some((place, _)) = message.split_once('\n') else {
        return false;
    };
    let is_place = place == "unknown file" || crate::frameworks::cpp::parts::is_place(place);
    is_place && problem.text.text.trim_start().starts_with(place)
}

fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let test = match case.classname.as_deref() {
        Some(class) if !class.is_empty() => format!("{class}.{}", case.name),
        _ => case.name.clone(),
    };
    let mut best: Option<(Kind, String)> = None;
    for problem in problem.into_iter().chain(&case.also) {
        let text = message_of(Some(problem));
        let message = problem::message(text.lines().skip(1));
        let kind = problem::kind(&message);
        if best
            .as_ref()
            .is_none_or(|&(known, _)| super::rank(kind) > super::rank(known))
        {
            best = Some((kind, message));
        }
    }
    let (kind, message) = best.unwrap_or((Kind::Assertion, String::new()));
    let mut finding = Finding::new(GTEST, Some(test), kind, Block::default()).saying(message);
    finding.suite.clone_from(&case.classname);
    finding
}
