//! Unity's text output.
//!
//! Format: `UnityTestResultsBegin`, `UnityFail`, `UnityEnd` in `src/unity.c`, releases 2.4 to 2.6
//! (<https://github.com/ThrowTheSwitch/Unity>).

use crate::findings::{Block, Finding, Findings};
use crate::frameworks::cpp::parts::{is_number, leading_number};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::is_function;

const UNITY: Framework = Framework::new("unity", "unity");

#[derive(Debug)]
pub(super) struct Unity;

impl Recognizer for Unity {
    fn anchors(&self) -> &'static [&'static str] {
        &[":FAIL", " Failures "]
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        if let Some((test, message)) = failure(&line.text) {
            findings.saw(UNITY);
            let test = Some(test.to_owned());
            let finding = Finding::new(UNITY, test, Kind::Assertion, Block::of(line));
            findings.report(finding.saying(message));
        } else if let Some(totals) = totals(&line.text) {
            findings.saw(UNITY);
            findings.count(UNITY, totals);
            if totals.failed == 0 && totals.run > 0 {
                findings.passed(UNITY, line.text.trim());
            }
        }
    }

    fn finish(&mut self, _: &mut Findings) {}
}

/// `test_pump.c:21:test_flow:FAIL: Expected 3 Was 4`: test and message.
fn failure(text: &str) -> Option<(&str, &str)> {
    let (head, message) = text.split_once(":FAIL")?;
    let message = match message.strip_prefix(':') {
        Some(message) => message.trim(),
        None if message.trim().is_empty() => "",
        None => return None,
    };
    let (place, test) = head.rsplit_once(':')?;
    let (path, number) = place.rsplit_once(':')?;
    let is_source = [".c", ".cc", ".cpp", ".h", ".ino"]
        .iter()
        .any(|end| path.ends_with(end));
    (is_source && !path.contains(' ') && is_number(number) && is_function(test))
        .then_some((test, message))
}

/// `4 Tests 2 Failures 1 Ignored`
fn totals(text: &str) -> Option<TestTotals> {
    let (run, rest) = leading_number(text)?;
    let (failed, rest) = leading_number(rest.strip_prefix(" Tests ")?)?;
    let (skipped, rest) = leading_number(rest.strip_prefix(" Failures ")?)?;
    (rest.trim() == "Ignored").then_some(TestTotals {
        run: run.saturating_sub(skipped),
        failed,
        skipped,
    })
}
