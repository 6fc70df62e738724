//! JUnit 5's console launcher.
//!
//! Format: `MutableTestExecutionSummary` of JUnit Platform 1.0 to 1.13 and 6.0: `Failures (3):`, then for each its path, its
//! source and its stack, then totals in brackets.

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings, Totals};
use crate::kind::Framework;
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::names;
use super::throwable::Thrown;

const CONSOLE: Framework = Framework::new("junit-console", "junit");

#[derive(Debug, Default)]
pub(super) struct Console {
    is_listing: bool,
    open: Option<Item>,
    found: Vec<Finding>,
}

#[derive(Debug)]
struct Item {
    path: String,
    source: Option<(String, Option<String>)>,
    thrown: Option<Thrown>,
    block: Block,
}

impl Recognizer for Console {
    fn anchors(&self) -> &'static [&'static str] {
        &["^Failures (", " tests failed "]
    }

    fn follows(&self) -> bool {
        self.is_listing
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if is_heading(text) {
            self.is_listing = true;
        } else if let Some(failed) = bracket(text, "tests failed") {
            self.end(failed, line, findings);
        } else if self.is_listing {
            self.item_line(line);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.flush(findings);
    }
}

impl Console {
    fn item_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        if text.starts_with("Test run finished after ") {
            self.close();
            self.is_listing = false;
        } else if text.starts_with("  ") && !text.starts_with("   ") && text.contains(':') {
            self.close();
            self.open = Some(Item {
                path: text.trim().to_owned(),
                source: None,
                thrown: None,
                block: Block::of(line),
            });
        } else if let Some(open) = &mut self.open {
            open.push(line);
        } else if !text.trim().is_empty() {
            self.is_listing = false;
        }
    }

    fn close(&mut self) {
        let Some(item) = self.open.take() else { return };
        if let Some(finding) = item.finding()
            && self.found.len() < FINDING_LIMIT
        {
            self.found.push(finding);
        }
    }

    /// The totals: the line of the failed tests is the last but one, and the only one that is surely shown.
    fn end(&mut self, failed: u64, line: &Line<'_>, findings: &mut Findings) {
        let above: Vec<String> = line
            .before()
            .take(12)
            .map(std::borrow::Cow::into_owned)
            .collect();
        let count = |what: &str| above.iter().find_map(|text| bracket(text, what));
        let Some(started) = count("tests started") else {
            return;
        };
        self.close();
        let containers = count("containers failed").unwrap_or_default();
        let declared = failed + containers;
        let found = self.found.len() as u64;
        findings.count(
            CONSOLE,
            TestTotals {
                run: started,
                failed,
                skipped: count("tests skipped").unwrap_or_default(),
            },
        );
        self.flush(findings);
        if declared > 0 {
            findings.check(Totals {
                framework: CONSOLE,
                declared,
                found,
                ran: Some(started),
            });
        } else if started > 0 {
            findings.passed(CONSOLE, format!("{started} tests started, none failed"));
        }
    }

    fn flush(&mut self, findings: &mut Findings) {
        self.close();
        self.is_listing = false;
        for finding in self.found.drain(..) {
            findings.report(finding);
        }
    }
}

impl Item {
    fn push(&mut self, line: &Line<'_>) {
        let text = line.text.trim();
        if text.is_empty() {
            return;
        }
        match &mut self.thrown {
            Some(thrown) => thrown.push(text),
            None => match text.strip_prefix("=> ") {
                Some(header) => self.thrown = Some(Thrown::begin(header)),
                None => self.source = source(text).or(self.source.take()),
            },
        }
        self.block.push(line);
    }

    fn finding(self) -> Option<Finding> {
        let thrown = self.thrown?;
        let (class, method) = match self.source {
            Some((class, method)) => (class, method),
            None => (self.path.clone(), None),
        };
        let test = match method {
            Some(method) => {
                let invocation = invocation(&self.path);
                names::canonical(&format!("{method}{invocation}"), Some(&class))
            }
            None => class.clone(),
        };
        Some(thrown.finding(CONSOLE, test, Some(&class), self.block))
    }
}

/// `Failures (3):`
fn is_heading(text: &str) -> bool {
    text.strip_prefix("Failures (")
        .and_then(|rest| rest.trim_end().strip_suffix("):"))
        .is_some_and(|count| count.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The number in `[         3 tests failed          ]`.
fn bracket(text: &str, what: &str) -> Option<u64> {
    let inner = text.trim_end().strip_prefix('[')?.strip_suffix(']')?;
    inner.trim().strip_suffix(what)?.trim().parse().ok()
}

/// Class and method of `MethodSource [className = 'a.B', methodName = 'c', methodParameterTypes = 'int']`. The types stand
/// behind the method without their packages, as Surefire prints them.
fn source(text: &str) -> Option<(String, Option<String>)> {
    let class = field(text, "className = '")?;
    if !text.starts_with("MethodSource [") {
        return Some((class.to_owned(), None));
    }
    let types: Vec<&str> = field(text, "methodParameterTypes = '")
        .unwrap_or_default()
        .split(", ")
        .map(names::simple)
        .collect();
    let method = field(text, "methodName = '")?;
    let method = match types.join(", ") {
        types if types.is_empty() => method.to_owned(),
        types => format!("{method}({types})"),
    };
    Some((class.to_owned(), Some(method)))
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split_once(name)?.1.split('\'').next()
}

/// `[2]` of a path that ends with `:[2] cup, saucer`.
fn invocation(path: &str) -> &str {
    let Some(at) = path.find(":[") else {
        return "";
    };
    let rest = &path[at + 1..];
    let end = rest.find(']').map_or(0, |end| end + 1);
    let is_number = end > 2 && rest[1..end - 1].bytes().all(|byte| byte.is_ascii_digit());
    if is_number { &rest[..end] } else { "" }
}
