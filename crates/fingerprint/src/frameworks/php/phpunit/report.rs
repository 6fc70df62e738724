//! JUnit XML of `PHPUnit` (`--log-junit`) and of Pest: the text is the console's, below a line with the test's name.

use ftc_report::junit::{Outcome, Problem, TestCase};

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::report::{Dialect, generic_message};

use super::{PHPUNIT, message};

pub(in crate::frameworks::php) const DIALECT: Dialect = Dialect {
    wrote: |case, problem, _| {
        let is_php = case
            .file
            .as_deref()
            .is_some_and(|file| file.as_bytes().ends_with(b".php"));
        let kind = problem.and_then(|problem| problem.kind.as_deref());
        is_php || kind.is_some_and(|kind| kind.starts_with("PHPUnit\\"))
    },
    finding,
};

fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let text = problem.map_or("", |problem| problem.text.text.as_str());
    let heading = text.lines().next().unwrap_or_default();
    let is_named = heading.contains("::") && heading.contains(case.name.as_str());
    let class = case
        .classname
        .as_deref()
        .unwrap_or_default()
        .replace('.', "\\");
    let test = if is_named {
        message::test_of(heading)
    } else {
        format!("{class}::{}", case.name)
    };
    let lines: Vec<String> = text
        .lines()
        .skip(usize::from(is_named))
        .map(str::to_owned)
        .collect();
    let mut said = message::of(&lines);
    if said.is_empty() {
        said = generic_message(problem);
    }
    let kind = match &case.outcome {
        Outcome::Errored(_) => message::kind_of(&said),
        _ => Kind::Assertion,
    };
    let mut finding = Finding::new(PHPUNIT, Some(test), kind, Block::default()).saying(said);
    finding.suite = Some(class);
    finding
}
