//! specs2 under sbt and alone.
//!
//! Format: `TextPrinter` of specs2 3.8 to 5.5: `x` before what failed, `!` before what threw, totals of each specification.

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::level;

const SPECS2: Framework = Framework::new("specs2", "specs2");

#[derive(Debug, Default)]
pub(super) struct Specs2 {
    open: Option<(Finding, usize)>,
    found: Vec<Finding>,
}

impl Recognizer for Specs2 {
    fn anchors(&self) -> &'static [&'static str] {
        &["^[error] ", " failure"]
    }

    fn follows(&self) -> bool {
        self.open.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let raw = line.text.as_ref();
        let text = level::without_sbt(raw);
        if let Some((finding, indent)) = &mut self.open {
            let is_more = text.len() - text.trim_start().len() > *indent;
            if finding.message.is_empty() && is_more && !text.trim().is_empty() {
                without_place(text.trim()).clone_into(&mut finding.message);
                finding.block.push(line);
                return;
            }
            self.close();
        }
        if raw.starts_with("[error]") {
            self.begin(text, line);
        } else if let Some((ran, failed)) = totals(text) {
            self.end(ran, failed, line, findings);
        }
    }

    /// Only the totals tell that these were examples.
    fn finish(&mut self, _: &mut Findings) {}
}

impl Specs2 {
    fn begin(&mut self, text: &str, line: &Line<'_>) {
        let indent = text.len() - text.trim_start().len();
        let body = text.trim();
        let kind = match body.as_bytes() {
            [b'x', b' ', ..] => Kind::Assertion,
            [b'!', b' ', ..] => Kind::Panic,
            _ => return,
        };
        let scope = line.before().find_map(|above| {
            let above = level::without_sbt(&above).to_owned();
            let text = above.trim();
            let is_example =
                text.starts_with(['+', 'x', '!', 'o', '*']) && text[1..].starts_with(' ');
            let at = above.len() - above.trim_start().len();
            (!text.is_empty() && !is_example && at <= indent).then(|| text.to_owned())
        });
        let name = body[2..].trim();
        let test = scope.map_or_else(|| name.to_owned(), |scope| format!("{scope} {name}"));
        let finding = Finding::new(SPECS2, Some(test), kind, Block::of(line));
        self.open = Some((finding, indent));
    }

    fn close(&mut self) {
        if let Some((finding, _)) = self.open.take()
            && self.found.len() < FINDING_LIMIT
        {
            self.found.push(finding);
        }
    }

    fn end(&mut self, ran: u64, failed: u64, line: &Line<'_>, findings: &mut Findings) {
        self.close();
        findings.saw(SPECS2);
        findings.count(
            SPECS2,
            TestTotals {
                run: ran,
                failed,
                skipped: 0,
            },
        );
        let suite = line.before().find_map(|above| {
            let above = level::without_sbt(&above).to_owned();
            let name = above.trim().strip_prefix("Total for specification ")?;
            Some(name.to_owned())
        });
        let found = self.found.len() as u64;
        for mut finding in self.found.drain(..) {
            finding.suite.clone_from(&suite);
            findings.report(finding);
        }
        if failed > 0 {
            findings.check(Totals {
                framework: SPECS2,
                declared: failed,
                found,
                ran: Some(ran),
            });
        } else if ran > 0 {
            findings.passed(SPECS2, format!("{ran} examples, none failed"));
        }
    }
}

fn without_place(text: &str) -> &str {
    text.rsplit_once(" (")
        .filter(|(_, place)| place.ends_with(')') && place.contains(".scala:"))
        .map_or(text, |(text, _)| text)
}

/// `3 examples, 1 failure, 1 error`; `4 examples, 12 expectations, 0 failure, 0 error`
fn totals(text: &str) -> Option<(u64, u64)> {
    let mut ran = None;
    let mut failed = 0;
    for part in text.trim().split(", ") {
        let (count, what) = part.split_once(' ')?;
        let count: u64 = count.parse().ok()?;
        match what {
            "example" | "examples" => ran = Some(count),
            "failure" | "failures" | "error" | "errors" => failed += count,
            "expectation" | "expectations" | "skipped" | "pending" => {}
            _ => return None,
        }
    }
    text.contains(" error").then_some((ran?, failed))
}
