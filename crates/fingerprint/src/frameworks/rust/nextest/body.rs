//! The lines of a run that are no statuses: what tests printed, and the titles above it.

use crate::line::Line;

use super::super::panic;
use super::section::{self, Frame, Section, Stream, Style};
use super::unnamed::Unnamed;
use super::{Nextest, OTHERS, Phase};

/// What nextest says below a test that passed when run again, where that is not enough.
const FLAKY_FAILS: &str = "           - test configured to fail if flaky";

/// Captured output ends where nextest cancels the run, or draws the rule above its totals.
fn ends_output(text: &str) -> bool {
    ["────────", "  Cancelling due to ", "   Canceling due to "]
        .iter()
        .any(|end| text.starts_with(end))
}

impl Nextest {
    /// A line that is no status; `false` when it is not the run's.
    pub(super) fn body(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        if text.starts_with("##[") || ends_output(text) {
            self.section = Section::Nothing;
            return true;
        }
        if text == FLAKY_FAILS {
            self.flaky_fails();
            return true;
        }
        if let Some((key, frame)) = section::old_title(text) {
            self.section = if self.tests.contains_key(&key) {
                Section::Of(key, frame)
            } else {
                Section::Passed(frame)
            };
            return true;
        }
        match &self.section {
            Section::FailedScript if text.is_empty() || text.starts_with("  ") => {
                if let Some(script) = self.scripts.last_mut() {
                    script.line(line);
                }
            }
            Section::Script => {}
            Section::Of(..) | Section::Passed(_) | Section::Unnamed(_) | Section::Nothing => {
                return self.framed(line);
            }
            Section::FailedScript | Section::Running(_) | Section::Loose(_) => {
                return self.loose(line);
            }
        }
        true
    }

    /// A line of captured output, or the title above it.
    fn framed(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        let frame = self.section.frame();
        let is_inside_flush = frame.is_some_and(|frame| frame.style == Style::Flush);
        if let Some(new) = section::title(text)
            && (!is_inside_flush || new.style == Style::Flush)
        {
            match frame {
                Some(frame) if new.stream > frame.stream => self.section.set_frame(new),
                _ => self.begin_unnamed(new, line),
            }
            return true;
        }
        let Some(frame) = frame else {
            return self.loose(line);
        };
        let inner = text.strip_prefix("    ");
        if frame.style != Style::Flush && inner.is_none() && !text.trim().is_empty() {
            self.section = Section::Nothing;
            return self.loose(line);
        }
        let text = match frame.style {
            Style::Flush => text,
            Style::Indented | Style::Unknown => inner.unwrap_or_default(),
        };
        self.output(line, text, frame.stream);
        true
    }

    fn output(&mut self, line: &Line<'_>, text: &str, stream: Stream) {
        match &self.section {
            Section::Of(key, _) => {
                if let Some(test) = self.tests.get_mut(key) {
                    test.output_line(line, text, &key.1);
                }
            }
            Section::Unnamed(_) => {
                if let Some(unnamed) = self.unnamed.last_mut() {
                    unnamed.line(line, text, stream);
                }
            }
            _ => {}
        }
    }

    fn begin_unnamed(&mut self, frame: Frame, line: &Line<'_>) {
        self.unnamed
            .retain(|unnamed| unnamed.failed_name().is_some());
        if self.unnamed.len() < OTHERS {
            self.unnamed.push(Unnamed::new(line));
            self.section = Section::Unnamed(frame);
        } else {
            self.section = Section::Passed(frame);
        }
    }

    /// Some thread's words: old versions do not say which test's output follows when it is not captured.
    fn loose(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        if let Some((name, _)) = panic::thread(text) {
            self.section = Section::Loose(name.to_owned());
        }
        let Section::Loose(name) = &self.section else {
            return self.phase == Phase::Running;
        };
        if text.is_empty() || text.starts_with("note: ") {
            self.section = Section::Nothing;
        } else if self.loose.len() < OTHERS {
            let (output, block) = self.loose.entry(name.clone()).or_default();
            output.line(text, name);
            block.push(line);
        }
        true
    }
}
