//! What a target prints when its tests have ended: captured output by test, and the list of names.

use crate::findings::Block;
use crate::line::Line;

use super::super::lines::{ends_a_test, heading, test_line};
use super::{Phase, Target};

impl Target {
    pub(super) fn reporting(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        if self.is_noise_over(text) {
            self.back_to_running();
            self.running(line);
        } else if text == "failures:" {
            self.phase = Phase::Failures;
            self.list = Some(Vec::new());
        } else if text == "successes:" && self.phase == Phase::Successes {
            self.list = Some(Vec::new());
        } else if let Some(name) = heading(text).filter(|name| self.has_section(name)) {
            self.begin_section(name, line);
        } else if !self.list_line(line) {
            self.captured(line);
        }
    }

    /// More results follow, so what looked like the report was a test's words.
    fn is_noise_over(&self, text: &str) -> bool {
        self.is_noisy() && test_line(text).is_some_and(|(_, result)| ends_a_test(result))
    }

    /// Each failed test has one section; where results were printed, they tell which tests failed.
    fn has_section(&self, name: &str) -> bool {
        let is_known = self.red.contains(name) || (self.red.is_empty() && self.ended == 0);
        let is_new = self
            .failed
            .get(name)
            .is_none_or(|failed| !failed.has_section);
        self.phase == Phase::Failures && is_known && is_new
    }

    fn begin_section(&mut self, name: &str, line: &Line<'_>) {
        self.list = None;
        self.section = Some(name.to_owned());
        let failed = self.fail(name);
        failed.has_section = true;
        // The result line alone says less than this block; it only stays in the span.
        let earlier = std::mem::take(&mut failed.block);
        failed.block.push(line);
        if let Some(span) = earlier.span {
            failed.block.widen(span);
        }
    }

    /// Takes a line of the list of names. Anything else shows that it was no list.
    pub(super) fn list_line(&mut self, line: &Line<'_>) -> bool {
        let Some(list) = &mut self.list else {
            return false;
        };
        let text = line.text.as_ref();
        match text.strip_prefix("    ") {
            Some(name) if !name.is_empty() && !name.starts_with(' ') => {
                list.push((name.to_owned(), Block::of(line)));
                true
            }
            _ if text.is_empty() => true,
            _ => {
                self.list = None;
                false
            }
        }
    }

    fn captured(&mut self, line: &Line<'_>) {
        if self.is_noisy() {
            self.loose(line);
        }
        if self.phase == Phase::Failures
            && let Some(name) = self.section.clone()
        {
            self.fail(&name).line(line, &name);
        }
    }
}
