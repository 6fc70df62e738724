//! `--logger=JUNIT`: a failure's text is a heading in capitals and a list of fields.

use ftc_report::junit::{Problem, Summary, TestCase};

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::report::Dialect;

use super::BOOST;

pub(in crate::frameworks::cpp) const DIALECT: Dialect = Dialect { wrote, finding };

fn text(problem: Option<&Problem>) -> &str {
    problem.map_or("", |problem| problem.text.text.trim_start())
}

fn wrote(_: &TestCase, problem: Option<&Problem>, _: &Summary) -> bool {
    let text = text(problem);
    text.starts_with("ASSERTION FAILURE:\n- file")
        || text.starts_with("UNCAUGHT EXCEPTION:\n- file")
}

fn finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let test = match case.classname.as_deref() {
        Some(class) if !class.is_empty() => format!("{}/{}", class.replace('.', "/"), case.name),
        _ => case.name.clone(),
    };
    let text = text(problem);
    let message = text
        .lines()
        .find_map(|line| line.strip_prefix("- message: "));
    let asserted = message.filter(|_| text.starts_with("ASSERTION"));
    let (kind, message) = if let Some(message) = asserted {
        (Kind::Assertion, message.to_owned())
    } else {
        let mut lines = text
            .lines()
            .skip_while(|line| !line.contains("STACK TRACE"));
        lines.next();
        super::said("unknown location(0)", lines.next().unwrap_or_default())
    };
    Finding::new(BOOST, Some(test), kind, Block::default()).saying(message)
}
