//! JUnit XML of `junit_formatter`: `classname="Elixir.MillTest" name="test wheel turns"`, the console's text in the content.
//!
//! Format: `lib/formatter.ex` of `junit_formatter` 3.1 to 3.4.

use ftc_report::junit::{Problem, TestCase};

use crate::findings::{Block, Finding};
use crate::report::{Dialect, message_of};

use super::{EXUNIT, message};

pub(in crate::frameworks::elixir) const DIALECT: Dialect = Dialect {
    wrote: |case, _, _| {
        case.classname
            .as_deref()
            .is_some_and(|name| name.starts_with("Elixir."))
    },
    finding,
};

fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let text = problem.map_or("", |problem| problem.text.text.as_str());
    let module = case.classname.as_deref().unwrap_or_default();
    let module = module.strip_prefix("Elixir.").unwrap_or(module);
    // A heading and a place stand in front, as on the console.
    let lines: Vec<String> = text
        .lines()
        .skip_while(|line| {
            let line = line.trim();
            let is_place = line.rsplit_once(':').is_some_and(|(path, number)| {
                path.as_bytes().ends_with(b".exs")
                    && number.bytes().all(|byte| byte.is_ascii_digit())
            });
            line.is_empty() || is_place || line.contains(&case.name)
        })
        .map(str::to_owned)
        .collect();
    let said = if lines.is_empty() {
        message::of(&[message_of(problem).to_owned()])
    } else {
        message::of(&lines)
    };
    let test = format!("{module}.{}", case.name);
    let mut finding = Finding::new(EXUNIT, Some(test), said.kind, Block::default());
    finding.message = said.message;
    finding.suite = Some(module.to_owned());
    finding
}
