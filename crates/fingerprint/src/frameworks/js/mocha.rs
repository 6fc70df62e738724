//! mocha, in a terminal and under Cypress: `3 failing`, then numbered entries.
//!
//! Formats: `lib/reporters/base.js` (`list`, `epilogue`) and `lib/reporters/{spec,dot,min,list}.js` of
//! <https://github.com/mochajs/mocha>, versions 6 to 11. All these reporters end with the same list.
//!
//! The canonical name is mocha's own full title, the titles joined by blanks: this is what `--grep` matches.

mod epilogue;

use crate::findings::{Findings, Totals};
use crate::kind::Framework;
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use epilogue::Epilogue;
pub(super) use epilogue::message as primary_message;

pub(super) const MOCHA: Framework = Framework::new("mocha", "mocha");

#[derive(Debug, Default)]
pub(super) struct Mocha {
    /// The counts at the end are being read.
    summary: Option<Summary>,
    epilogue: Option<Epilogue>,
}

#[derive(Debug)]
struct Summary {
    passing: u64,
    pending: u64,
    text: String,
    /// Other lines since.
    idle: u8,
}

impl Recognizer for Mocha {
    fn anchors(&self) -> &'static [&'static str] {
        &[" passing", " failing"]
    }

    fn follows(&self) -> bool {
        self.summary.is_some() || self.epilogue.is_some()
    }

    fn holds(&self) -> bool {
        self.epilogue.as_ref().is_some_and(Epilogue::is_in_entry)
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some((passing, rest)) = count(text, "passing")
            && rest.starts_with('(')
        {
            self.close(findings);
            self.summary = Some(Summary {
                passing,
                pending: 0,
                text: text.trim().to_owned(),
                idle: 0,
            });
        } else if let Some(summary) = &mut self.summary {
            if let Some((pending, _)) = count(text, "pending") {
                summary.pending = pending;
            } else if let Some((failing, _)) = count(text, "failing") {
                let summary = self.summary.take();
                self.failing(failing, summary, findings);
            } else if !text.trim().is_empty() || summary.idle >= 2 {
                self.close(findings);
            } else {
                summary.idle += 1;
            }
        } else if let Some(epilogue) = &mut self.epilogue {
            epilogue.line(line, findings);
            if epilogue.has_ended() {
                self.close(findings);
            }
        }
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close(findings);
    }
}

impl Mocha {
    fn failing(&mut self, failing: u64, summary: Option<Summary>, findings: &mut Findings) {
        findings.saw(MOCHA);
        let (passing, pending) = summary.map_or((0, 0), |s| (s.passing, s.pending));
        findings.count(
            MOCHA,
            TestTotals {
                run: passing + failing,
                failed: failing,
                skipped: pending,
            },
        );
        self.epilogue = Some(Epilogue::new(failing, passing + failing));
    }

    fn close(&mut self, findings: &mut Findings) {
        if let Some(summary) = self.summary.take()
            && summary.passing > 0
        {
            findings.count(
                MOCHA,
                TestTotals {
                    run: summary.passing,
                    failed: 0,
                    skipped: summary.pending,
                },
            );
            findings.passed(MOCHA, summary.text);
        }
        if let Some(epilogue) = self.epilogue.take() {
            let (declared, ran) = (epilogue.declared, epilogue.ran);
            let found = epilogue.close(findings);
            findings.check(Totals {
                framework: MOCHA,
                declared,
                found,
                ran: Some(ran),
            });
        }
    }
}

/// `  3 passing (5ms)`: a number and a word behind two blanks.
fn count<'a>(text: &'a str, word: &str) -> Option<(u64, &'a str)> {
    let (number, rest) = text.strip_prefix("  ")?.split_once(' ')?;
    let rest = rest.strip_prefix(word)?.trim_start();
    let is_end = rest.is_empty() || rest.starts_with('(');
    number.parse().ok().filter(|_| is_end).map(|n| (n, rest))
}
