//! Linters, type checkers and formatters of Python: mypy, pyright, ruff, flake8, pylint, black, isort.
//!
//! Formats: `mypy/errors.py` and `mypy/util.py` of mypy 0.9 to 1.18 (`--pretty` too), pyright 1.1 (`- error:` with a rule behind
//! it), ruff 0.1 to 0.14 (`full`, `concise`, `grouped`, `github`, `pylint`), flake8 3 to 7 and pylint 2 to 4 with their default
//! formats, black 22 to 25, isort 5 and 6.

mod complaint;
mod place;

use crate::findings::{Block, Finding, Findings, Totals};
use crate::frameworks::listed::count_of;
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use complaint::Complaint;
use place::Place;

const FAMILY: &str = "python-lint";
const MYPY: Framework = Framework::new("mypy", FAMILY);
const PYRIGHT: Framework = Framework::new("pyright", FAMILY);
const RUFF: Framework = Framework::new("ruff", FAMILY);
const FLAKE8: Framework = Framework::new("flake8", FAMILY);
const PYLINT: Framework = Framework::new("pylint", FAMILY);
const BLACK: Framework = Framework::new("black", FAMILY);
const ISORT: Framework = Framework::new("isort", FAMILY);

/// Lines over which mypy may wrap a message.
const WRAPPED: u8 = 6;

#[derive(Debug, Default)]
pub(super) struct Lint {
    /// The file whose complaints are listed below it, by ruff's `grouped`.
    group: Option<String>,
    /// A message of mypy that goes on on the next line, and how many lines it may still take.
    wrapped: Option<(Complaint, Block, u8)>,
    /// A complaint about the order of imports gives way to any other about the same line.
    imports: Option<(Complaint, Block)>,
    /// How many of the newest tool were found.
    mypy: u64,
    ruff: u64,
}

impl Recognizer for Lint {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            ".py:",
            ": error: ",
            " - error: ",
            "reformat",
            "^ERROR: ",
            "^Success: no issues found",
            "^All checks passed!",
            " errors in ",
            " error in ",
            " errors.",
            " error.",
            "^0 errors, ",
        ]
    }

    fn follows(&self) -> bool {
        self.group.is_some() || self.wrapped.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = place::without_command(&line.text);
        if let Some((complaint, block, left)) = self.wrapped.take() {
            self.unwrap(complaint, block, left, line, findings);
            return;
        }
        if let Some(file) = self.group.take()
            && let Some(complaint) = complaint::grouped(text, &file)
        {
            self.group = Some(file);
            self.take(complaint, Block::of(line), findings);
            return;
        }
        if let Some(complaint) =
            Place::parse(text).and_then(|(place, rest)| complaint::of(&place, rest))
        {
            if complaint.framework == MYPY && !complaint.is_whole() {
                self.wrapped = Some((complaint, Block::of(line), WRAPPED));
            } else {
                self.take(complaint, Block::of(line), findings);
            }
        } else if let Some(complaint) = below_heading(text, line) {
            let mut block = Block::from_text(&complaint.message);
            block.push(line);
            self.take(complaint, block, findings);
        } else if text.ends_with(".py:") && !text.contains(' ') {
            self.group = Some(text.trim_end_matches(':').to_owned());
        } else {
            self.summary_line(text, line, findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        if let Some((complaint, block, _)) = self.wrapped.take() {
            self.take(complaint, block, findings);
        }
        self.release(findings);
    }
}

/// Ruff's default: the rule and its text, then ` --> shop.py:2:13`.
fn below_heading(text: &str, line: &Line<'_>) -> Option<Complaint> {
    let (place, rest) = Place::parse(text.trim_start().strip_prefix("--> ")?)?;
    if !rest.is_empty() {
        return None;
    }
    let above = line.before().next()?;
    complaint::ruff(&place, above.trim_end()).or_else(|| complaint::unformatted(&place, &above))
}

impl Lint {
    /// A line behind a message of mypy that has not come to its code.
    fn unwrap(
        &mut self,
        mut complaint: Complaint,
        mut block: Block,
        left: u8,
        line: &Line<'_>,
        findings: &mut Findings,
    ) {
        let text = line.text.trim_end();
        let is_other =
            Place::parse(text).is_some() || text.starts_with("    ") || text.starts_with("Found ");
        if is_other || left == 0 {
            self.take(complaint, block, findings);
            if is_other {
                self.line(line, findings);
            }
            return;
        }
        complaint.message.push(' ');
        complaint.message.push_str(text.trim());
        block.push(line);
        if complaint.is_whole() {
            self.take(complaint, block, findings);
        } else {
            self.wrapped = Some((complaint, block, left - 1));
        }
    }

    fn take(&mut self, complaint: Complaint, block: Block, findings: &mut Findings) {
        match complaint.framework {
            MYPY => self.mypy += 1,
            RUFF | FLAKE8 => self.ruff += 1,
            _ => {}
        }
        if let Some((imports, _)) = &self.imports {
            let is_same_line = imports.file == complaint.file && imports.line == complaint.line;
            if is_same_line {
                self.imports = None;
            } else {
                self.release(findings);
            }
        }
        if complaint.is_about_imports() {
            self.imports = Some((complaint, block));
        } else {
            findings.report(finding(complaint, block));
        }
    }

    fn release(&mut self, findings: &mut Findings) {
        if let Some((complaint, block)) = self.imports.take() {
            findings.report(finding(complaint, block));
        }
    }

    fn summary_line(&mut self, text: &str, line: &Line<'_>, findings: &mut Findings) {
        let text = text.trim_end();
        if let Some(rest) = text.strip_prefix("Found ") {
            self.found(rest, findings);
        } else if text == "All checks passed!" {
            findings.passed(RUFF, text);
        } else if text.starts_with("Success: no issues found in ") {
            findings.passed(MYPY, text);
        } else if text.starts_with("0 errors, ") && text.contains(" informations") {
            findings.passed(PYRIGHT, text);
        } else if let Some((framework, message)) = format_check(text) {
            let finding = Finding::new(framework, None, Kind::Build, Block::of(line));
            findings.report(finding.saying(message));
        }
    }

    /// `Found 4 errors in 1 file (checked 1 source file)` of mypy, `Found 3 errors.` of ruff.
    fn found(&mut self, rest: &str, findings: &mut Findings) {
        let words = &["error", "errors"];
        let (framework, declared, found) = if let Some((count, _)) = rest.split_once(" in ") {
            (MYPY, count_of(count, words), std::mem::take(&mut self.mypy))
        } else {
            let count = rest.split([' ', '.']).next().unwrap_or_default();
            let is_ruff = rest.contains(" error");
            let count = count.parse().ok().filter(|_| is_ruff);
            (RUFF, count, std::mem::take(&mut self.ruff))
        };
        self.release(findings);
        if let Some(declared) = declared.filter(|_| found > 0) {
            findings.check(Totals {
                framework,
                declared,
                found,
                ran: None,
            });
        }
    }
}

/// `would reformat shop.py` of black, `Would reformat: shop.py` of ruff, isort's complaint.
fn format_check(text: &str) -> Option<(Framework, String)> {
    if let Some(file) = text.strip_prefix("would reformat ") {
        return Some((BLACK, format!("would reformat {file}")));
    }
    if let Some(file) = text.strip_prefix("Would reformat: ") {
        return Some((RUFF, format!("would reformat {file}")));
    }
    let file = text
        .strip_prefix("ERROR: ")?
        .strip_suffix(" Imports are incorrectly sorted and/or formatted.")?;
    Some((
        ISORT,
        format!("imports of {file} are incorrectly sorted and/or formatted"),
    ))
}

fn finding(complaint: Complaint, block: Block) -> Finding {
    let mut finding = Finding::new(complaint.framework, None, Kind::Build, block);
    finding.detail = complaint.code;
    finding.message = complaint.message;
    finding.suite = Some(complaint.file);
    finding
}
