//! cmocka's standard output.
//!
//! Format: `cmocka_print_error`, `cmprintf_standard` in `src/cmocka.c`, releases 1.1 (<https://cmocka.org>).

use crate::findings::{Block, Finding, Findings};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::is_function;

const CMOCKA: Framework = Framework::new("cmocka", "cmocka");

const ERROR: &str = "[  ERROR   ] ";

#[derive(Debug)]
pub(super) struct Cmocka;

impl Recognizer for Cmocka {
    fn anchors(&self) -> &'static [&'static str] {
        &["^[  FAILED  ] ", "^[  ERROR   ] "]
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        let is_setup = text.starts_with(ERROR);
        let Some(name) = text
            .strip_prefix("[  FAILED  ] ")
            .or_else(|| text.strip_prefix(ERROR))
            .filter(|name| is_function(name))
        else {
            return;
        };
        let Some(said) = said(name, line) else {
            return;
        };
        let (kind, message) = match said {
            message if is_setup => (Kind::Panic, message),
            message if message.starts_with("Test failed with exception: ") => {
                (Kind::Crash, message)
            }
            message => (Kind::Assertion, message),
        };
        findings.saw(CMOCKA);
        let finding = Finding::new(CMOCKA, Some(name.to_owned()), kind, Block::of(line));
        findings.report(finding.saying(message));
    }

    fn finish(&mut self, _: &mut Findings) {}
}

/// What stands between the start of the test and its end; `None` where it was not started here, as in the list at the end.
fn said(name: &str, line: &Line<'_>) -> Option<String> {
    let mut best = None;
    let mut nearest = None;
    for above in line.before() {
        if above.strip_prefix("[ RUN      ] ") == Some(name) {
            return Some(best.or(nearest).unwrap_or_default());
        }
        if above.starts_with("[==========]") || above.starts_with("[  PASSED  ]") {
            return None;
        }
        let words = above.strip_prefix(ERROR).map_or("", |rest| {
            rest.strip_prefix("--- ").unwrap_or_default().trim()
        });
        if !words.is_empty() && !words.starts_with("[   LINE   ]") {
            best = Some(words.to_owned());
        } else if nearest.is_none() && !above.starts_with('[') {
            nearest = Some(above.trim().trim_start_matches("ERROR: ").to_owned());
        }
    }
    None
}
