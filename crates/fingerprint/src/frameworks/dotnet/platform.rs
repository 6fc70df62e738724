//! Microsoft.Testing.Platform's console, which MSTest, NUnit and xunit v3 use without VSTest.
//!
//! Format: `TerminalTestReporter` of microsoft/testfx 1.0 to 4.0.

use crate::findings::{Block, FINDING_LIMIT, Findings, Totals};
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::DOTNET;
use super::message::Said;

#[derive(Debug, Default)]
pub(super) struct Platform {
    open: Option<Item>,
    found: u64,
}

#[derive(Debug)]
struct Item {
    name: String,
    said: Said,
    block: Block,
    /// Where message and stack have ended and output begins.
    is_output: bool,
}

impl Recognizer for Platform {
    fn anchors(&self) -> &'static [&'static str] {
        &["^failed ", "^  failed: "]
    }

    fn follows(&self) -> bool {
        self.open.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(open) = &mut self.open {
            if text.starts_with("  ") && !text.starts_with("  failed: ") || text.trim().is_empty() {
                open.push(text, line);
                return;
            }
            self.close(findings);
        }
        if let Some(name) = failed(text) {
            self.open = Some(Item {
                name: name.to_owned(),
                said: Said::default(),
                block: Block::of(line),
                is_output: false,
            });
        } else if let Some(failed) = text.strip_prefix("  failed: ") {
            self.totals(failed, line, findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close(findings);
    }
}

impl Platform {
    fn close(&mut self, findings: &mut Findings) {
        let Some(item) = self.open.take() else { return };
        if item.said.is_empty() {
            return;
        }
        self.found += 1;
        if self.found <= FINDING_LIMIT as u64 {
            findings.report(item.said.finding(&item.name, None, item.block));
        }
    }

    /// `  failed: 1` below `  total: 3` and the verdict.
    fn totals(&mut self, failed: &str, line: &Line<'_>, findings: &mut Findings) {
        let above: Vec<String> = line
            .before()
            .take(4)
            .map(std::borrow::Cow::into_owned)
            .collect();
        let is_summary = above
            .iter()
            .any(|text| text.starts_with("Test run summary: "));
        let total = above.iter().find_map(|text| {
            let total = text.trim().strip_prefix("total: ")?;
            total.split(' ').next()?.parse().ok()
        });
        let (Some(run), Ok(failed), true) = (total, failed.trim().parse(), is_summary) else {
            return;
        };
        findings.saw(DOTNET);
        findings.count(
            DOTNET,
            TestTotals {
                run,
                failed,
                skipped: 0,
            },
        );
        let found = std::mem::take(&mut self.found);
        if failed > 0 {
            findings.check(Totals {
                framework: DOTNET,
                declared: failed,
                found,
                ran: Some(run),
            });
        } else if above
            .iter()
            .any(|text| text.starts_with("Test run summary: Passed!"))
        {
            findings.passed(DOTNET, format!("{run} tests ran, none failed"));
        }
    }
}

impl Item {
    fn push(&mut self, text: &str, line: &Line<'_>) {
        let body = text.trim();
        self.is_output |= matches!(
            body,
            "Standard output" | "Error output" | "Expected" | "Actual"
        ) && !text.starts_with("   ");
        if self.is_output || body.is_empty() {
            return;
        }
        self.block.push(line);
        if text.starts_with("    ") && body.starts_with("at ") {
            self.said.frame(body);
        } else {
            self.said.line(body);
        }
    }
}

/// The test of `failed Adds (12ms)`, also `failed (canceled) Adds (1s 2ms)` and `failed (try 2) Adds (3ms)`.
fn failed(text: &str) -> Option<&str> {
    let mut name = text.strip_prefix("failed ")?.trim();
    while let Some(rest) = name.strip_prefix("(canceled) ").or_else(|| {
        let rest = name.strip_prefix("(try ")?;
        rest.split_once(") ").map(|(_, rest)| rest)
    }) {
        name = rest;
    }
    let (name, time) = name.strip_suffix(')')?.rsplit_once(" (")?;
    let is_time =
        time.ends_with(['s', 'm', 'h', 'd']) && time.starts_with(|c: char| c.is_ascii_digit());
    (is_time && !name.is_empty()).then_some(name)
}
