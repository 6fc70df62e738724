//! VSTest's console, `dotnet test` by default, and xunit's own console.
//!
//! Formats: `ConsoleLogger` of microsoft/vstest 15.0 to 17.14 and its resources, `BlameLogger`,
//! `DefaultRunnerReporterWithTypesMessageHandler` of xunit 2.

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings, Totals};
use crate::kind::Kind;
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::DOTNET;
use super::message::Said;

#[derive(Debug, Default)]
pub(super) struct VsTest {
    open: Option<Item>,
    /// Failures since the last totals.
    found: u64,
    crash: Option<Crash>,
}

#[derive(Debug)]
struct Item {
    name: String,
    place: Place,
    said: Said,
    block: Block,
    /// Printed lines have a blank before them, so that only an empty line ends them.
    is_behind_blank: bool,
    /// xunit's own console indents what it says, and has no heading over the message.
    is_xunit: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Message,
    Stack,
    Output,
}

/// The process that ran the tests has died.
#[derive(Debug)]
struct Crash {
    message: String,
    /// The test that ran, as the blame collector names it.
    test: Option<String>,
    /// The next line is the test.
    is_naming: bool,
    block: Block,
    lines: usize,
}

impl Recognizer for VsTest {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "^  Failed ",
            "^Failed  ",
            "! - Failed:",
            "!  - Failed:",
            "^     Failed: ",
            "^Test Run Successful",
            " [FAIL]",
            " host process",
        ]
    }

    fn follows(&self) -> bool {
        self.open.is_some() || self.crash.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(open) = &mut self.open {
            if open.takes(text, line) {
                return;
            }
            self.close(findings);
        }
        if let Some(crash) = &mut self.crash
            && !crash.takes(text, line)
        {
            self.end_crash(findings);
        }
        if let Some(item) = failed(text, line) {
            self.open = Some(item);
        } else if let Some(totals) = totals(text) {
            self.totals(totals, findings);
        } else if let Some(failed) = text.strip_prefix("     Failed: ") {
            self.long_totals(failed, line, findings);
        } else if text.starts_with("Test Run Successful") {
            findings.saw(DOTNET);
            findings.passed(DOTNET, "VSTest says Test Run Successful");
        } else if self.crash.is_none() {
            self.crash = Crash::begin(text, line);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close(findings);
        self.end_crash(findings);
    }
}

impl VsTest {
    fn close(&mut self, findings: &mut Findings) {
        let Some(item) = self.open.take() else { return };
        if item.said.is_empty() && item.is_xunit {
            return;
        }
        self.found += 1;
        if self.found <= FINDING_LIMIT as u64 {
            findings.report(item.said.finding(&item.name, None, item.block));
        }
    }

    fn end_crash(&mut self, findings: &mut Findings) {
        if let Some(crash) = self.crash.take() {
            let finding = Finding::new(DOTNET, crash.test, Kind::Crash, crash.block);
            findings.report(finding.saying(crash.message));
        }
    }

    fn totals(&mut self, totals: TestTotals, findings: &mut Findings) {
        findings.saw(DOTNET);
        findings.count(DOTNET, totals);
        let found = std::mem::take(&mut self.found);
        if totals.failed > 0 {
            findings.check(Totals {
                framework: DOTNET,
                declared: totals.failed,
                found,
                ran: Some(totals.run),
            });
        } else if totals.run > 0 {
            findings.passed(DOTNET, format!("{} tests passed, none failed", totals.run));
        }
    }

    /// `     Failed: 1` below `Total tests: 3`, of the normal verbosity.
    fn long_totals(&mut self, failed: &str, line: &Line<'_>, findings: &mut Findings) {
        let above: Vec<String> = line
            .before()
            .take(2)
            .map(std::borrow::Cow::into_owned)
            .collect();
        let total = above
            .iter()
            .find_map(|text| text.trim().strip_prefix("Total tests: ")?.parse().ok());
        if let (Some(run), Ok(failed)) = (total, failed.trim().parse()) {
            self.totals(
                TestTotals {
                    run,
                    failed,
                    skipped: 0,
                },
                findings,
            );
        }
    }
}

impl Item {
    fn takes(&mut self, text: &str, line: &Line<'_>) -> bool {
        let body = text.trim();
        let is_printed = self.place == Place::Output && !self.is_behind_blank;
        self.is_behind_blank = text.is_empty();
        if !is_printed && self.is_end(text) {
            return false;
        }
        match body {
            "Error Message:" => self.place = Place::Message,
            "Stack Trace:" => self.place = Place::Stack,
            _ if body.ends_with(" Messages:") && !self.is_xunit => self.place = Place::Output,
            _ => match self.place {
                Place::Start | Place::Message => self.said.line(text),
                Place::Stack => self.said.frame(text),
                Place::Output => return true,
            },
        }
        if !body.is_empty() {
            self.block.push(line);
        }
        true
    }

    fn is_end(&self, text: &str) -> bool {
        if self.is_xunit {
            return !text.starts_with("      ") && !text.trim().is_empty();
        }
        let is_next = [
            "  Failed ",
            "  Passed ",
            "  Skipped ",
            "Failed  ",
            "Passed  ",
            "Skipped  ",
            "Failed!",
            "Passed!",
        ]
        .iter()
        .any(|start| text.starts_with(start));
        let is_run = text.starts_with("Test Run ")
            || text.starts_with("[xUnit.net ")
            || text.starts_with("Total tests: ")
            || text.starts_with("The active ")
            || text.starts_with("Results File: ")
            || text.starts_with("##[");
        let is_blank = text.trim().is_empty();
        is_next || is_run || is_blank && matches!(self.place, Place::Stack)
    }
}

impl Crash {
    fn begin(text: &str, line: &Line<'_>) -> Option<Self> {
        let reason = text
            .strip_prefix("The active test run was aborted. Reason: ")
            .or_else(|| text.strip_prefix("The active Test Run was aborted because the "))?;
        let is_blame = reason.starts_with("host process exited unexpectedly");
        let (head, rest) = reason.split_once(" : ").unwrap_or((reason, ""));
        let mut message = if is_blame {
            "Test host process crashed"
        } else {
            head.trim()
        }
        .to_owned();
        if !rest.trim().is_empty() {
            message.push_str(": ");
            message.push_str(rest.trim());
        }
        Some(Self {
            message,
            test: None,
            is_naming: false,
            block: Block::of(line),
            lines: 0,
        })
    }

    /// Looks for the test that ran.
    fn takes(&mut self, text: &str, line: &Line<'_>) -> bool {
        self.lines += 1;
        if self.is_naming && !text.trim().is_empty() {
            self.test = Some(text.trim().to_owned());
            self.block.push(line);
            return false;
        }
        self.is_naming |= text.contains("running when the crash occurred:");
        self.lines < 40 && !text.starts_with("##[")
    }
}

fn failed(text: &str, line: &Line<'_>) -> Option<Item> {
    let item = |name: &str, is_xunit| Item {
        name: name.to_owned(),
        place: Place::Start,
        is_behind_blank: false,
        said: Said::default(),
        block: Block::of(line),
        is_xunit,
    };
    if let Some(name) = text.trim_end().strip_suffix(" [FAIL]") {
        // Behind xunit's stamp stands what VSTest says in full later on.
        let is_own =
            name.starts_with("    ") && !name.starts_with("     ") && !name.contains("[xUnit.net");
        return is_own.then(|| item(name.trim(), true));
    }
    let name = text
        .strip_prefix("  Failed ")
        .or_else(|| text.strip_prefix("Failed   "))?
        .trim();
    let name = without_duration(name);
    // prove lists `  Failed tests:  2-7`.
    let is_name = !name.is_empty() && name != "!" && !name.contains("  ");
    (is_name && !name.contains(": error ")).then(|| item(name, false))
}

/// `Adds(x: 1) [12 ms]`
fn without_duration(name: &str) -> &str {
    name.strip_suffix(']')
        .and_then(|body| body.rsplit_once(" ["))
        .filter(|(_, time)| time.ends_with(['s', 'm', 'h']))
        .map_or(name, |(name, _)| name)
}

/// `Failed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3, Duration: 12 ms - Tests.dll (net8.0)`
fn totals(text: &str) -> Option<TestTotals> {
    let (verdict, rest) = text.split_once("- Failed:")?;
    matches!(verdict.trim(), "Failed!" | "Passed!" | "Skipped!").then_some(())?;
    let mut totals = TestTotals::default();
    let mut parts = rest.split(", ");
    totals.failed = parts.next()?.trim().parse().ok()?;
    totals.run = totals.failed;
    for part in parts {
        match part.split_once(':') {
            Some(("Passed", count)) => totals.run += count.trim().parse::<u64>().ok()?,
            Some(("Skipped", count)) => totals.skipped = count.trim().parse().ok()?,
            _ => {}
        }
    }
    Some(totals)
}
