//! tsc and vue-tsc: `file(1,2): error TS2322: text`, or `file:1:2 - error TS2322: text` with the source below.
//!
//! Formats: `formatDiagnostic` and `formatDiagnosticsWithColorAndContext` in `src/compiler/program.ts` of
//! <https://github.com/microsoft/TypeScript>, versions 3 to 5. Each diagnostic is one failure.

use crate::findings::{Block, Finding, Findings};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

pub(super) const TSC: Framework = Framework::new("tsc", "tsc");

/// Lines below a diagnostic that are shown with it.
const LINES: usize = 12;

#[derive(Debug, Default)]
pub(super) struct Tsc {
    open: Option<Finding>,
}

impl Recognizer for Tsc {
    fn anchors(&self) -> &'static [&'static str] {
        &["error TS", "rror TS"]
    }

    fn follows(&self) -> bool {
        self.open.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some((file, message)) = diagnostic(text) {
            self.finish(findings);
            let mut finding = Finding::new(TSC, None, Kind::Build, Block::of(line));
            finding.suite = file.map(str::to_owned);
            message.clone_into(&mut finding.message);
            self.open = Some(finding);
        } else if let Some(finding) = &mut self.open {
            // Explanations and the source are indented or numbered; anything else is not the diagnostic's.
            let continues = text.is_empty()
                || text.starts_with(' ')
                || text.starts_with(|c: char| c.is_ascii_digit());
            if continues && finding.block.lines.len() < LINES {
                finding.block.push(line);
            } else {
                self.finish(findings);
            }
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        if let Some(finding) = self.open.take() {
            findings.report(finding);
        }
    }
}

/// The file, and the code with its text.
fn diagnostic(text: &str) -> Option<(Option<&str>, &str)> {
    let at = text.find("error TS")?;
    let message = &text[at + "error ".len()..];
    let digits = message[2..].split(':').next()?;
    let is_code = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !is_code || message.len() == digits.len() + 2 {
        return None;
    }
    let before = &text[..at];
    if before.is_empty() {
        return Some((None, message));
    }
    let place = before
        .strip_suffix(" - ")
        .or_else(|| before.strip_suffix(": "))?;
    let file = file_of(place)?;
    Some((Some(file), message))
}

/// `file(1,2)` or `file:1:2`.
fn file_of(place: &str) -> Option<&str> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (file, line, column) = if let Some(open) = place.strip_suffix(')') {
        let (file, place) = open.rsplit_once('(')?;
        let (line, column) = place.split_once(',')?;
        (file, line, column)
    } else {
        let (rest, column) = place.rsplit_once(':')?;
        let (file, line) = rest.rsplit_once(':')?;
        (file, line, column)
    };
    if !is_number(line) || !is_number(column) {
        return None;
    }
    let is_path = !file.starts_with(char::is_whitespace) && file.contains('.');
    is_path.then_some(file)
}
