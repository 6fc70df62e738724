//! Compilers of the JVM's languages without Maven: javac, kotlinc, scalac, as Gradle, Ant and sbt show them.
//!
//! Formats: javac 8 to 25 (`Quota.java:7: error: text`, the source, a caret, details, `1 error`), Ant's `[javac]`, kotlinc
//! 1.3 to 2.2 (`e: Quota.kt: (7, 41): text`, `e: file:///Quota.kt:7:41 text`), scalac 2.11 to 3.7, sbt 1, Checkstyle's
//! Ant task.

use crate::findings::{Block, Finding, Findings};
use crate::kind::Kind;
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::maven::{JAVAC, add_detail, without_packages};

/// Errors that are kept until it is known that the compiler failed.
const ERRORS: usize = 2_000;

/// Lines below an error that can belong to it.
const BELOW: u8 = 12;

#[derive(Debug, Default)]
pub(super) struct Javac {
    errors: Vec<Finding>,
    below: u8,
}

impl Recognizer for Javac {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            " error",
            "^[error] ",
            " Error: ",
            " FAILED",
            "^FAILURE: Build",
            "^BUILD FAILED",
            "] [ERROR] ",
        ]
    }

    fn follows(&self) -> bool {
        self.below > 0
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = without_prefix(line.text.as_ref());
        if let Some(finding) = error(text, line) {
            self.below = BELOW;
            if self.errors.len() < ERRORS {
                self.errors.push(finding);
            }
        } else if is_failed(text) {
            self.kotlin_above(line);
            self.flush(findings);
        } else if self.below > 0 {
            self.below -= 1;
            if let Some(last) = self.errors.last_mut() {
                add_detail(&mut last.message, text);
                if self.below > BELOW - 4 {
                    last.block.push(line);
                }
            }
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        if findings.passes.is_empty() {
            self.flush(findings);
        }
    }
}

impl Javac {
    /// kotlinc's errors hold nothing that would have shown them.
    fn kotlin_above(&mut self, line: &Line<'_>) {
        let mut above: Vec<Finding> = line
            .before()
            .filter_map(|text| kotlin(&text))
            .map(|(file, message)| finding(&file, &message, Block::of(line)))
            .collect();
        above.reverse();
        self.errors.extend(above);
        self.errors.truncate(ERRORS);
    }

    fn flush(&mut self, findings: &mut Findings) {
        self.below = 0;
        for finding in self.errors.drain(..) {
            findings.report(finding);
        }
    }
}

/// What Ant and sbt put before a compiler's line.
fn without_prefix(text: &str) -> &str {
    let text = text.trim_start_matches(' ');
    [
        "[javac] ",
        "[error] ",
        "[ant:checkstyle] [ERROR] ",
        "[checkstyle] [ERROR] ",
    ]
    .iter()
    .find_map(|prefix| text.strip_prefix(prefix))
    .unwrap_or(text)
}

fn error(text: &str, line: &Line<'_>) -> Option<Finding> {
    let (file, message) = kotlin(text)
        .or_else(|| placed(text, line))
        .or_else(|| scala3(text))?;
    Some(finding(&file, &message, Block::of(line)))
}

fn finding(file: &str, message: &str, block: Block) -> Finding {
    let mut finding =
        Finding::new(JAVAC, None, Kind::Build, block).saying(without_packages(message));
    finding.suite = Some(base(file).to_owned());
    finding
}

fn base(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}

/// `e: /src/Quota.kt: (7, 41): text` or `e: file:///src/Quota.kt:7:41 text`
fn kotlin(text: &str) -> Option<(String, String)> {
    let rest = text.strip_prefix("e: ")?;
    let end = rest
        .find(".kt:")
        .map(|at| at + 3)
        .or_else(|| rest.find(".kts:").map(|at| at + 4))?;
    let file = &rest[..end];
    let place = rest[end + 1..].trim_start();
    let message = match place.strip_prefix('(') {
        Some(place) => place.split_once(')')?.1.trim_start_matches(':'),
        None => place.split_once(' ')?.1,
    };
    Some((file.to_owned(), message.trim().to_owned()))
}

/// `Quota.java:7: error: text`, `Quota.kt:7:41: error: text`; sbt and Checkstyle leave the word out.
fn placed(text: &str, line: &Line<'_>) -> Option<(String, String)> {
    let (end, extension) = [".java:", ".scala:", ".kt:", ".groovy:", ".sc:"]
        .iter()
        .filter_map(|extension| Some((text.find(extension)? + extension.len() - 1, *extension)))
        .min()?;
    let file = &text[..end];
    if file.contains(['(', '\t', '"']) || file.starts_with("at ") {
        return None;
    }
    let mut rest = &text[end + 1..];
    let mut numbers = 0;
    while let Some((number, behind)) = rest.split_once(':') {
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        numbers += 1;
        rest = behind;
    }
    let message = rest.strip_prefix(" error: ");
    let raw = line.text.trim_start();
    let is_marked = raw.starts_with("[error] ") && extension == ".scala:" && numbers == 2
        || raw.starts_with("[ant:checkstyle] [ERROR]")
        || raw.starts_with("[checkstyle] [ERROR]");
    let message = message.or_else(|| rest.strip_prefix(' ').filter(|_| is_marked))?;
    (numbers > 0).then(|| (file.to_owned(), message.trim().to_owned()))
}

/// `-- [E007] Type Mismatch Error: src/Quota.scala:7:41 -----`
fn scala3(text: &str) -> Option<(String, String)> {
    let rest = text.strip_prefix("-- ")?;
    let (title, place) = rest.split_once("Error: ")?;
    let (file, _) = place.split_once(".scala:")?;
    Some((format!("{file}.scala"), format!("{title}Error")))
}

/// The compiler, or what ran it, says that it failed.
fn is_failed(text: &str) -> bool {
    let is_count = || {
        let (count, rest) = text.split_once(' ').unwrap_or((text, ""));
        let is_number = count.bytes().all(|byte| byte.is_ascii_digit())
            || matches!(count, "one" | "two" | "three" | "four" | "five");
        is_number
            && matches!(
                rest.trim_end(),
                "error" | "errors" | "error found" | "errors found"
            )
    };
    text.starts_with("FAILURE: Build failed")
        || text.starts_with("BUILD FAILED")
        || text.starts_with("> Task :") && text.ends_with(" FAILED")
        || text.starts_with(':') && text.ends_with(" FAILED")
        || text.ends_with("Compilation failed") && text.starts_with('(')
        || is_count()
}
