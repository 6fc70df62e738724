//! `--output-junit`: every case says `status="fail"` and its failure has no text but a message of ctest's.

use ftc_report::junit::{Problem, Summary, TestCase};

use crate::findings::{Block, Finding};
use crate::report::{Dialect, message_of};

use super::{CTEST, Status};

pub(in crate::frameworks::cpp) const DIALECT: Dialect = Dialect { wrote, finding };

fn wrote(case: &TestCase, problem: Option<&Problem>, _: &Summary) -> bool {
    let is_named_twice = case.classname.as_deref() == Some(case.name.as_str());
    let is_empty = problem.is_none_or(|problem| problem.text.text.trim().is_empty());
    is_named_twice && is_empty && case.system_out.is_some()
}

fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let message = message_of(problem);
    let word = match message {
        "" => "Failed",
        "Exception: SegFault" => "SEGFAULT",
        word => word,
    };
    let status = Status::new(word);
    let output = case
        .system_out
        .as_ref()
        .map_or("", |text| text.text.as_str());
    let (kind, message) = super::entry::of_report(&status, output);
    Finding::new(CTEST, Some(case.name.clone()), kind, Block::default()).saying(message)
}
