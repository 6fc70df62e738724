//! `test.xml`, where the test itself writes none: one case, named like its package and target.

use ftc_report::junit::{Problem, Summary, TestCase};

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::report::{Dialect, message_of};

use super::BAZEL;

pub(super) const DIALECT: Dialect = Dialect { wrote, finding };

fn wrote(case: &TestCase, problem: Option<&Problem>, _: &Summary) -> bool {
    let is_only_name = case.suite.last().is_some_and(|suite| *suite == case.name);
    let message = message_of(problem);
    is_only_name && (message.starts_with("exited with error code ") || message == "Timed out")
}

fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let label = match case.name.rsplit_once('/') {
        Some((package, name)) => format!("//{package}:{name}"),
        None => format!("//:{}", case.name),
    };
    let message = message_of(problem);
    let status = message.strip_prefix("exited with error code ");
    let status = status.and_then(|status| status.parse().ok());
    let death = status.and_then(crate::frameworks::cpp::crash::of_exit_status);
    let kind = match death {
        Some((kind, _)) => kind,
        None if message == "Timed out" => Kind::Timeout,
        None => Kind::Assertion,
    };
    Finding::new(BAZEL, Some(label), kind, Block::default()).saying(message)
}
