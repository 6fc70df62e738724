//! JUnit XML of `rspec_junit_formatter`: `classname="spec.cart_spec"`, the full description as name, the console's text.

use ftc_report::junit::{Problem, TestCase};

use crate::findings::{Block, Finding};
use crate::report::{Dialect, message_of};

use super::{RSPEC, message};

pub(in crate::frameworks::ruby) const DIALECT: Dialect = Dialect {
    wrote: |case, problem, summary| {
        let is_suite = |name: &String| name.starts_with("rspec");
        let is_spec = case
            .file
            .as_deref()
            .is_some_and(|file| file.ends_with("_spec.rb"));
        let text = problem.map_or("", |problem| problem.text.text.as_str());
        summary.suites.iter().any(|suite| is_suite(&suite.name))
            || is_spec
            || text.starts_with("Failure/Error:")
    },
    finding,
};

fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let text = problem.map_or("", |problem| problem.text.text.as_str());
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut said = message::of(&lines);
    if said.message.is_empty() {
        message_of(problem).clone_into(&mut said.message);
    }
    let mut finding = Finding::new(RSPEC, Some(case.name.clone()), said.kind, Block::default());
    finding.message = said.message;
    finding.function = said.function;
    finding.suite = case.file.clone().or(said.file);
    finding
}
