//! Test runners that print through sbt's logger: MUnit, junit-interface, and sbt's own totals.
//!
//! Formats: MUnit 0.7 to 1.1 (`JUnitReporter`), junit-interface 0.11 to 0.13 (`EventDispatcher`), `TestsListener` of sbt 1.

use crate::class::Evidence;
use crate::findings::{Block, FINDING_LIMIT, Finding, Findings};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::level;
use super::names;
use super::throwable::{self, Thrown};

const MUNIT: Framework = Framework::new("munit", "munit");
const JUNIT_INTERFACE: Framework = Framework::new("sbt-junit", "junit");
const SBT: Framework = Framework::new("sbt", "sbt");

#[derive(Debug, Default)]
pub(super) struct Sbt {
    open: Option<Item>,
    found: usize,
}

#[derive(Debug)]
struct Item {
    framework: Framework,
    test: String,
    class: Option<String>,
    thrown: Thrown,
    /// MUnit shows three lines of the source before it says what is wrong.
    said: Vec<String>,
    block: Block,
}

/// Lines of a message that are kept.
const SAID: usize = 12;

impl Recognizer for Sbt {
    fn anchors(&self) -> &'static [&'static str] {
        &["^[error] ", "xception: /", " failed: ", ", Failed "]
    }

    fn follows(&self) -> bool {
        self.open.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let raw = line.text.as_ref();
        let text = level::without_sbt(raw);
        if let Some(open) = &mut self.open {
            let is_error = raw.starts_with("[error]") || !raw.starts_with('[');
            if is_error && !is_start(text) && !text.trim().is_empty() && totals(text).is_none() {
                open.push(text, line);
                return;
            }
            self.close(findings);
        }
        if let Some(item) = munit(text, line).or_else(|| junit_interface(raw, line)) {
            self.open = Some(item);
        } else if let Some(failed) = totals(text) {
            report_totals(failed, text, findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close(findings);
    }
}

impl Sbt {
    fn close(&mut self, findings: &mut Findings) {
        let Some(item) = self.open.take() else { return };
        self.found += 1;
        if self.found <= FINDING_LIMIT {
            findings.report(item.finding());
        }
    }
}

impl Item {
    fn push(&mut self, text: &str, line: &Line<'_>) {
        let body = text.trim();
        self.block.push(line);
        let is_source = body.split_once(':').is_some_and(|(number, _)| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        if body.starts_with("at ") || body.starts_with("Caused by:") {
            self.thrown.push(body);
        } else if self.framework == MUNIT && !is_source && self.said.len() < SAID {
            self.said.push(body.to_owned());
        }
    }

    fn finding(self) -> Finding {
        let class = self.class.as_deref();
        let mut finding = self
            .thrown
            .finding(self.framework, self.test, class, self.block);
        if !self.said.is_empty() {
            finding.message = self.said.join("\n");
            if finding.kind == Kind::Panic && finding.message.starts_with("values are not") {
                finding.kind = Kind::Assertion;
            }
        }
        finding
    }
}

/// sbt's own word on all of a project's tests.
fn report_totals(has_failed: bool, text: &str, findings: &mut Findings) {
    findings.saw(SBT);
    if has_failed {
        let evidence = || Evidence::new("build-failed", format!("sbt says {}", text.trim()));
        findings.unexplained.get_or_insert_with(evidence);
    } else if !text.contains("Total 0,") {
        findings.passed(SBT, format!("sbt says {}", text.trim()));
    }
}

fn is_start(text: &str) -> bool {
    text.starts_with("==> ") || text.starts_with("Test ")
}

/// `==> X com.shop.CartSuite.adds three  0.02s munit.ComparisonFailException: /src/CartSuite.scala:10`
fn munit(text: &str, line: &Line<'_>) -> Option<Item> {
    let rest = text.strip_prefix("==> X ")?;
    let (name, thrown) = rest.match_indices("s ").find_map(|(at, _)| {
        let (head, tail) = (&rest[..at], rest[at + 2..].trim_start());
        let (name, time) = head.rsplit_once(' ')?;
        let is_time = time
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        (is_time && throwable::is_header(tail)).then_some((name.trim_end(), tail))
    })?;
    // Test names hold blanks and dots; the class is what stands before the last dot of the first word that names a class.
    let first = name.split(' ').next()?;
    let class = first
        .match_indices('.')
        .map(|(at, _)| &first[..at])
        .find(|class| names::simple(class).starts_with(|c: char| c.is_ascii_uppercase()));
    let header = if thrown.starts_with("munit.") {
        thrown.split(':').next()?
    } else {
        thrown
    };
    Some(Item {
        framework: MUNIT,
        test: name.to_owned(),
        class: class.map(str::to_owned),
        thrown: Thrown::begin(header),
        said: Vec::new(),
        block: Block::of(line),
    })
}

/// `[error] Test com.shop.CartTest.adds failed: java.lang.AssertionError: text, took 0.01 sec`
fn junit_interface(raw: &str, line: &Line<'_>) -> Option<Item> {
    let rest = raw.strip_prefix("[error] Test ")?;
    let (name, rest) = rest.split_once(" failed: ")?;
    let thrown = rest
        .rsplit_once(", took ")
        .map_or(rest, |(thrown, _)| thrown);
    let bare = &name[..name.find(['(', '[']).unwrap_or(name.len())];
    let class = bare.rsplit_once('.').map(|(class, _)| class.to_owned());
    Some(Item {
        framework: JUNIT_INTERFACE,
        test: names::canonical(name, class.as_deref()),
        class,
        thrown: Thrown::begin(thrown),
        said: Vec::new(),
        block: Block::of(line),
    })
}

/// `Failed: Total 2, Failed 1, Errors 0, Passed 1`: whether it has failed.
fn totals(text: &str) -> Option<bool> {
    let (word, rest) = text.split_once(": Total ")?;
    rest.contains(", Failed ").then_some(())?;
    match word {
        "Failed" | "Error" => Some(true),
        "Passed" => Some(false),
        _ => None,
    }
}
