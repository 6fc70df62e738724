//! gcc, clang and Visual C++, their linkers, clang-tidy and cppcheck in gcc's form, and `CMake`'s own errors.
//!
//! Formats: `gcc/diagnostic.cc` (`file:line:column: error: text`), clang's `TextDiagnostic.cpp`, Visual C++'s `file(line): error
//! C2065: text`, GNU ld's and lld's messages as the driver sums them up, `CMake Error at file:line (command):`.

mod cmake;
mod diagnostic;
mod linker;

use crate::findings::{Block, Finding, Findings, Standing};
use crate::kind::{Framework, Kind};
use crate::line::Line;

use cmake::Cmake;

const COMPILER: Framework = Framework::new("cc", "cc");

pub(super) const ANCHORS: &[&str] = &[
    "error: ",
    "error C",
    "error LNK",
    "linker command failed",
    "CMake Error",
];

/// Files whose first error has been told, one command after another.
const FILES: usize = 2_000;

/// Lines below an error that show its place.
const CONTEXT: usize = 12;

#[derive(Debug, Default)]
pub(super) struct Compiler {
    /// An error and the lines that show its place.
    open: Option<Finding>,
    /// Later errors of a file often only follow from its first.
    files: Vec<String>,
    cmake: Cmake,
}

impl Compiler {
    pub(super) fn follows(&self) -> bool {
        self.open.is_some() || self.cmake.follows()
    }

    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(open) = &mut self.open {
            if is_context(text) && open.block.lines.len() < CONTEXT {
                open.block.push(line);
                return;
            }
            self.tell(findings);
        }
        if self.cmake.line(line, findings) {
            return;
        }
        if let Some(error) = diagnostic::error(text) {
            if self.files.iter().any(|known| known == error.file) {
                return;
            }
            if self.files.len() < FILES {
                self.files.push(error.file.to_owned());
            }
            let mut finding = build(error.message, Block::of(line));
            finding.detail = error.code.map(str::to_owned);
            finding.suite = Some(error.file.to_owned());
            self.open = Some(finding);
        } else if let Some(message) = linker::error(line) {
            let mut finding = build(message, Block::of(line));
            finding.standing = Standing::UnlessInfra;
            findings.report(finding);
        }
    }

    fn tell(&mut self, findings: &mut Findings) {
        if let Some(finding) = self.open.take() {
            findings.report(finding);
        }
    }

    pub(super) fn close(&mut self, findings: &mut Findings) {
        self.tell(findings);
        self.cmake.close(findings);
        self.files.clear();
    }
}

fn build(message: String, block: Block) -> Finding {
    Finding::new(COMPILER, None, Kind::Build, block).saying(message)
}

/// Source text behind a line number, marks below it, or a continued message.
fn is_context(text: &str) -> bool {
    text.starts_with(' ') && !text.trim().is_empty()
}
