//! xcbeautify and xcpretty: `    ✖ testTotal, XCTAssertEqual failed: ...` below the name of its class.

use crate::findings::{Block, Finding, Findings};
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::{XCTEST, said, xctest};

#[derive(Debug, Default)]
pub(super) struct Pretty;

impl Recognizer for Pretty {
    fn anchors(&self) -> &'static [&'static str] {
        &["failed"]
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.trim_start();
        let Some(rest) = text.strip_prefix("✖ ").or_else(|| text.strip_prefix("✗ ")) else {
            return;
        };
        let (class, rest) = match rest
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("] "))
        {
            Some((class, rest)) => (Some(class.to_owned()), rest),
            None => (None, rest),
        };
        let Some((method, message)) = rest.split_once(", ") else {
            return;
        };
        let is_own = method.starts_with("test")
            && method.chars().all(|c| c.is_alphanumeric() || c == '_')
            && (message.starts_with("XCT")
                || message.starts_with("failed")
                || message.starts_with("Asynchronous wait failed"));
        if !is_own {
            return;
        }
        let class = class.or_else(|| class_above(line));
        let test = match class {
            Some(class) => format!("{class}.{method}"),
            None => method.to_owned(),
        };
        let test = xctest::name_of(&test).unwrap_or(test);
        let (kind, message) = said(message);
        let finding = Finding::new(XCTEST, Some(test), kind, Block::of(line));
        findings.report(finding.saying(message));
    }

    fn finish(&mut self, _: &mut Findings) {}
}

/// `CartTests` or `Test Suite CartTests started`.
fn class_above(line: &Line<'_>) -> Option<String> {
    line.before().find_map(|above| {
        let name = above
            .strip_prefix("Test Suite ")
            .and_then(|rest| rest.split(' ').next())
            .unwrap_or(&above);
        let is_class = !name.is_empty()
            && name.chars().next().is_some_and(char::is_uppercase)
            && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_class.then(|| name.to_owned())
    })
}
