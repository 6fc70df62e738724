//! The interpreter dies in a test: `Fatal Python error`, as `faulthandler` writes it.

use crate::findings::{Block, Finding, Findings};
use crate::kind::Kind;
use crate::line::Line;

use super::super::traceback::is_of_project;
use super::UNITTEST;
use super::names::TestId;

#[derive(Debug)]
pub(super) struct Crash {
    message: String,
    start: u64,
    end: u64,
    block: Block,
    /// The test by the line of its progress.
    id: Option<TestId>,
    /// File and function of the outermost frame of the project that unittest has called.
    frame: Option<(String, String)>,
    newest: Option<(String, String)>,
    is_unittest: bool,
}

const FATAL: &[u8] = b"Fatal Python error: ";

impl Crash {
    pub(super) fn start(line: &Line<'_>) -> Option<Self> {
        let text = line.text.as_ref();
        let at = memchr::memmem::find(text.as_bytes(), FATAL)?;
        let before = text[..at].trim_end();
        let id = before
            .strip_suffix("...")
            .and_then(|name| TestId::parse(name.trim_end()));
        // Dots are the progress of tests that have ended.
        let is_progress = before.bytes().all(|byte| b".sxuFE".contains(&byte));
        (id.is_some() || is_progress).then(|| Self {
            message: text[at..].trim_end().to_owned(),
            start: line.start,
            end: line.end,
            block: Block::of(line),
            is_unittest: id.is_some(),
            id,
            frame: None,
            newest: None,
        })
    }

    /// Takes the next line in; `false` when the stacks have ended before it.
    pub(super) fn extend(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        let is_stack = text.is_empty()
            || text.starts_with("  ")
            || ["Current thread ", "Thread 0x", "Extension modules:"]
                .iter()
                .any(|start| text.starts_with(start));
        if !is_stack {
            return false;
        }
        self.block.push(line);
        self.end = line.end;
        if let Some((file, rest)) = text
            .strip_prefix("  File \"")
            .and_then(|rest| rest.split_once('"'))
        {
            let function = rest
                .rsplit_once(" in ")
                .map_or("", |(_, function)| function);
            if file.contains("unittest/case.py") {
                self.is_unittest = true;
                if self.frame.is_none() {
                    self.frame = self.newest.take();
                }
            } else if is_of_project(file) {
                self.newest = Some((file.to_owned(), function.to_owned()));
            }
        }
        true
    }

    pub(super) fn report(self, findings: &mut Findings) {
        if !self.is_unittest {
            return;
        }
        let by_frame = || {
            let (file, function) = self.frame.as_ref()?;
            let module = file.rsplit(['/', '\\']).next()?.strip_suffix(".py")?;
            Some(format!("{module}.{function}"))
        };
        let Some(test) = self.id.as_ref().map(|id| id.name.clone()).or_else(by_frame) else {
            return;
        };
        findings.enclose(UNITTEST.family, self.start, self.end);
        let mut finding =
            Finding::new(UNITTEST, Some(test), Kind::Crash, self.block).saying(self.message);
        finding.suite = self.id.map(|id| id.suite);
        finding.function = self.frame.map(|(_, function)| function);
        findings.report(finding);
    }
}
