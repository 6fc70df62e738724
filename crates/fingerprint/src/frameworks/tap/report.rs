//! bats's JUnit report: its failures say in which file and line the test stands.

use ftc_report::junit::{Problem, Summary, TestCase};

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::report::Dialect;

use super::{BATS, bats};

pub(super) const BATS_DIALECT: Dialect = Dialect { wrote, finding };

fn lines(problem: Option<&Problem>) -> Vec<&str> {
    problem.map_or_else(Vec::new, |problem| {
        problem.text.text.trim().lines().collect()
    })
}

fn wrote(_: &TestCase, problem: Option<&Problem>, _: &Summary) -> bool {
    bats::is_own(&lines(problem))
}

fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let mut finding = Finding::new(
        BATS,
        Some(case.name.clone()),
        Kind::Assertion,
        Block::default(),
    );
    finding.message = bats::message(&lines(problem));
    finding.suite.clone_from(&case.classname);
    finding
}
