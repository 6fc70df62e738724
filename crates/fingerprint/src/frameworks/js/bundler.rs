//! webpack, esbuild and Vite: what could not be resolved or parsed. Each error is one failure.
//!
//! Formats: `ERROR in ./src/a.js 1:0` with the message below (webpack 5, `lib/stats/DefaultStatsPrinterPlugin.js`),
//! `✘ [ERROR] text` with the place below (esbuild 0.14 and later, `internal/logger/logger.go`), `error during build:` with the
//! message below (Vite 2 to 7, `packages/vite/src/node/cli.ts`).

use crate::findings::{Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::entry::Entry;
use super::{error, names};

const WEBPACK: Framework = Framework::new("webpack", "webpack");
const ESBUILD: Framework = Framework::new("esbuild", "esbuild");
const VITE: Framework = Framework::new("vite", "vite");

/// Lines below an error that are shown with it.
const LINES: usize = 12;

#[derive(Debug, Default)]
pub(super) struct Bundler {
    entry: Option<Entry>,
    /// Errors of webpack since its last summary.
    errors: u64,
}

impl Recognizer for Bundler {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "^ERROR in ",
            "[ERROR] ",
            "^error during build:",
            " errors in ",
            " error in ",
        ]
    }

    fn follows(&self) -> bool {
        self.entry.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(entry) = start(line) {
            self.close(findings);
            self.entry = Some(entry);
        } else if let Some(declared) = webpack_summary(text) {
            self.close(findings);
            findings.check(Totals {
                framework: WEBPACK,
                declared,
                found: std::mem::take(&mut self.errors),
                ran: None,
            });
        } else if let Some(entry) = &mut self.entry {
            if entry.block.lines.len() >= LINES || text.starts_with("##[") {
                self.close(findings);
                return;
            }
            // The first line below says it; esbuild's stands in the heading, and its file below.
            let place = text.trim_start().split(':').next().unwrap_or_default();
            if entry.suite.is_none() && entry.has_text() && names::is_source(place) {
                entry.suite = Some(place.to_owned());
            }
            entry.is_done |= entry.has_text();
            entry.take(line, text);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close(findings);
    }
}

impl Bundler {
    fn close(&mut self, findings: &mut Findings) {
        let Some(entry) = self.entry.take().filter(Entry::has_text) else {
            return;
        };
        let message = error::judge(&entry.text).1;
        let finding = entry.finding_saying(Kind::Build, message);
        self.errors += u64::from(finding.framework == WEBPACK);
        findings.report(finding);
    }
}

/// The heading of an error.
fn start(line: &Line<'_>) -> Option<Entry> {
    let text = line.text.as_ref().trim_end();
    if let Some(place) = text.strip_prefix("ERROR in ") {
        let file = place.split([' ', ':']).next().unwrap_or_default();
        let is_path = names::is_source(file) || place.starts_with("./");
        let entry = Entry::new(WEBPACK, None, line).of_suite(Some(names::file(file).to_owned()));
        return is_path.then_some(entry);
    }
    if let Some(message) = text.strip_prefix("✘ [ERROR] ") {
        let mut entry = Entry::new(ESBUILD, None, line);
        entry.say(message);
        return Some(entry);
    }
    (text == "error during build:").then(|| Entry::new(VITE, None, line))
}

/// `webpack 5.1.0 compiled with 2 errors in 547 ms`.
fn webpack_summary(text: &str) -> Option<u64> {
    let (tool, rest) = text.split_once(" compiled with ")?;
    let is_webpack = tool.starts_with("webpack ") || tool.contains(" (webpack ");
    let (number, word) = rest.split_once(' ')?;
    let number = number.parse().ok()?;
    (is_webpack && word.starts_with("error")).then_some(number)
}
