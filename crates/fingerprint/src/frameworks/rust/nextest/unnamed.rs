//! Output that nextest shows without saying whose it is (`--status-level none`): libtest's own words inside name the test.

use crate::findings::Block;
use crate::line::Line;

use super::super::output::Output;
use super::super::panic;
use super::section::Stream;

/// The output of one attempt of some test.
#[derive(Debug)]
pub(super) struct Unnamed {
    name: Option<String>,
    thread: Option<String>,
    has_passed: bool,
    pub(super) output: Output,
    pub(super) block: Block,
}

impl Unnamed {
    pub(super) fn new(line: &Line<'_>) -> Self {
        Self {
            name: None,
            thread: None,
            has_passed: false,
            output: Output::default(),
            block: Block::of(line),
        }
    }

    /// Takes a line without nextest's indentation.
    pub(super) fn line(&mut self, line: &Line<'_>, text: &str, stream: Stream) {
        // The last result is libtest's: what a test printed stands above it.
        if stream == Stream::Stdout
            && let Some((name, result)) = text
                .strip_prefix("test ")
                .and_then(|rest| rest.rsplit_once(" ... "))
        {
            self.name = Some(name.trim_end_matches(" - should panic").to_owned());
            self.has_passed = result == "ok";
        }
        if let Some((thread, _)) = panic::thread(text)
            && !matches!(thread, "main" | "<unnamed>")
        {
            self.thread = Some(thread.to_owned());
        }
        let name = self.name.clone().or_else(|| self.thread.clone());
        self.output.line(text, name.as_deref().unwrap_or_default());
        self.block.push(line);
    }

    /// The test's name, unless it passed.
    pub(super) fn failed_name(&self) -> Option<&str> {
        let name = self.name.as_deref().or(self.thread.as_deref())?;
        (!self.has_passed).then_some(name)
    }
}
