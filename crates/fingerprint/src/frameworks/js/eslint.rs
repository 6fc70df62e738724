//! `ESLint`: `stylish`, `compact` and `unix` output; each error is one failure.
//!
//! Formats: `lib/cli-engine/formatters/stylish.js` of <https://github.com/eslint/eslint>, versions 6 to 9, and the packages
//! `eslint-formatter-compact` and `eslint-formatter-unix`. Crashes: `bin/eslint.js`, "Oops! Something went wrong!".

use crate::findings::{Block, Finding, Findings};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::names;

pub(super) const ESLINT: Framework = Framework::new("eslint", "eslint");

#[derive(Debug, Default)]
pub(super) struct Eslint {
    /// The file whose problems were read last.
    file: Option<String>,
    /// Offset of the last error of that file.
    found: Vec<Finding>,
    /// Errors since the last summary.
    errors: u64,
    /// Lines since a summary of warnings alone.
    after_warnings: Option<u8>,
}

impl Recognizer for Eslint {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "  error  ",
            " errors, ",
            " error, ",
            ", Error - ",
            "[Error/",
            "[Error]",
            "Error: ",
        ]
    }

    fn follows(&self) -> bool {
        self.after_warnings.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if self.too_many_warnings(line, findings) {
            return;
        }
        if let Some(problem) = stylish(text) {
            self.stylish(&problem, line);
        } else if let Some((errors, warnings)) = summary(text) {
            self.summary(errors, warnings, text, findings);
        } else if let Some((file, message)) = one_line(text) {
            let finding = finding(line, message, Some(file.to_owned()));
            findings.report(finding);
        } else if text.contains("Error: ") && is_crash(line) {
            findings.report(finding(line, text.to_owned(), None));
        }
    }

    fn finish(&mut self, _: &mut Findings) {
        // Errors without a summary are another tool's.
        self.found.clear();
    }
}

impl Eslint {
    fn stylish(&mut self, problem: &Problem<'_>, line: &Line<'_>) {
        // The file stands above its problems, whose indented lines may be many.
        let above = line
            .before()
            .find(|text| !text.starts_with("  ") && !text.trim().is_empty());
        if let Some(file) = above.filter(|file| is_path(file)) {
            self.file = Some(file.trim_end().to_owned());
        }
        if self.found.len() < crate::findings::FINDING_LIMIT {
            let finding = finding(line, problem.message(), self.file.clone());
            self.found.push(finding);
        }
        self.errors += 1;
    }

    fn summary(&mut self, errors: u64, warnings: u64, text: &str, findings: &mut Findings) {
        findings.saw(ESLINT);
        for finding in self.found.drain(..) {
            findings.report(finding);
        }
        let found = std::mem::take(&mut self.errors);
        self.file = None;
        if errors > 0 {
            findings.check(crate::findings::Totals {
                framework: ESLINT,
                declared: errors,
                found,
                ran: None,
            });
        } else if warnings > 0 && text.starts_with('✖') {
            self.after_warnings = Some(0);
        }
    }

    /// `ESLint found too many warnings (maximum: 0).` follows the summary.
    fn too_many_warnings(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let Some(lines) = self.after_warnings else {
            return false;
        };
        let text = line.text.as_ref();
        let is_it = text.starts_with("ESLint found too many warnings");
        if is_it {
            findings.report(finding(line, text.trim().to_owned(), None));
        }
        self.after_warnings = (lines < 4 && !is_it).then_some(lines + 1);
        is_it
    }
}

fn finding(line: &Line<'_>, message: String, file: Option<String>) -> Finding {
    let mut finding = Finding::new(ESLINT, None, Kind::Build, Block::of(line));
    finding.message = message;
    finding.suite = file;
    finding
}

/// One line of `stylish`: `  22:18  error  'x' is not defined  no-undef`.
struct Problem<'a> {
    text: &'a str,
    rule: Option<&'a str>,
}

impl Problem<'_> {
    fn message(&self) -> String {
        match self.rule {
            Some(rule) => format!("{rule}: {}", self.text),
            None => self.text.to_owned(),
        }
    }
}

fn stylish(text: &str) -> Option<Problem<'_>> {
    let rest = text.strip_prefix("  ")?.trim_start();
    let (place, rest) = rest.split_once(' ')?;
    let (line, column) = place.split_once(':')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(line) || !is_number(column) {
        return None;
    }
    let rest = rest.trim_start().strip_prefix("error  ")?.trim();
    Some(match rest.rsplit_once("  ") {
        Some((message, rule)) if is_rule(rule) => Problem {
            text: message.trim(),
            rule: Some(rule),
        },
        _ => Problem {
            text: rest,
            rule: None,
        },
    })
}

/// `no-undef`, `@typescript-eslint/no-explicit-any`.
fn is_rule(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_/@.".contains(&b))
}

fn is_path(text: &str) -> bool {
    let text = text.trim_end();
    text.starts_with('/')
        || text.get(1..3) == Some(":\\")
        || names::is_source(text)
        || text == "<input>"
        || text == "<text>"
}

/// `✖ 3 problems (2 errors, 1 warning)`.
fn summary(text: &str) -> Option<(u64, u64)> {
    let rest = text
        .strip_prefix("✖ ")
        .or_else(|| text.strip_prefix("× "))?;
    let (number, rest) = rest.split_once(" problem")?;
    number.parse::<u64>().ok()?;
    let inner = rest.trim_start_matches('s').trim().strip_prefix('(')?;
    let errors = names::count(inner, "errors") + names::count(inner, "error");
    let warnings = names::count(inner, "warnings") + names::count(inner, "warning");
    Some((errors, warnings))
}

/// `file: line 1, col 2, Error - text (rule)` or `file:1:2: text [Error/rule]`.
fn one_line(text: &str) -> Option<(&str, String)> {
    if let Some((before, said)) = text.split_once(", Error - ") {
        let (file, place) = before.rsplit_once(": line ")?;
        place.split_once(", col ")?;
        let (message, rule) = match said
            .strip_suffix(')')
            .and_then(|said| said.rsplit_once(" ("))
        {
            Some((message, rule)) => (message, Some(rule)),
            None => (said, None),
        };
        return Some((
            file,
            Problem {
                text: message,
                rule,
            }
            .message(),
        ));
    }
    let body = text.strip_suffix(']')?;
    let (before, rule) = body.rsplit_once(" [Error")?;
    let rule = rule.strip_prefix('/').filter(|rule| is_rule(rule));
    let (place, message) = before.split_once(": ")?;
    let mut parts = place.rsplitn(3, ':');
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let has_place = parts.next().is_some_and(is_number) && parts.next().is_some_and(is_number);
    let file = parts.next().filter(|_| has_place)?;
    Some((
        file,
        Problem {
            text: message,
            rule,
        }
        .message(),
    ))
}

/// Whether `ESLint` itself broke: its own words stand above.
fn is_crash(line: &Line<'_>) -> bool {
    let is_start = line
        .text
        .split_once("Error: ")
        .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_alphanumeric()));
    is_start
        && line
            .before()
            .filter(|text| !text.trim().is_empty())
            .take(3)
            .any(|text| text.starts_with("Oops! Something went wrong! :("))
}
