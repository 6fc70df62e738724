//! JUnit XML of unittest-xml-reporting (xmlrunner) and nose2.
//!
//! Format: xmlrunner 3.2 `result.py`: `classname="pkg.mod.Class" name="test_x"`, subtests as `test_x (i=3)`, the whole
//! traceback as text.

use ftc_report::junit::{Outcome, Problem, TestCase};

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::report::{Dialect, generic_message};

use super::super::traceback::{self, Traceback};
use super::UNITTEST;

pub(in crate::frameworks::python) const DIALECT: Dialect = Dialect {
    wrote: |case, problem, _| {
        let text = problem.map_or("", |problem| problem.text.text.as_str());
        let is_method = case.name.starts_with("test") && !case.name.contains("::");
        let has_class = case
            .classname
            .as_deref()
            .is_some_and(|name| name.contains('.'));
        is_method && has_class && text.starts_with("Traceback (most recent call last):")
    },
    finding,
};

fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let text = problem.map_or("", |problem| problem.text.text.as_str());
    let mut traceback = Traceback::default();
    text.lines().for_each(|line| traceback.line(line));
    let message = traceback
        .message()
        .unwrap_or_else(|| generic_message(problem));
    let class = case.classname.clone().unwrap_or_default();
    let kind = match &case.outcome {
        Outcome::Errored(_) => traceback::kind_of(&message),
        _ => Kind::Assertion,
    };
    let is_failed_load = class.ends_with("_FailedTest");
    let test = (!is_failed_load).then(|| format!("{class}.{}", case.name));
    let kind = if is_failed_load { Kind::Build } else { kind };
    let mut finding = Finding::new(UNITTEST, test, kind, Block::default()).saying(message);
    finding.suite = Some(class);
    finding.function = traceback.function().map(str::to_owned);
    finding
}
