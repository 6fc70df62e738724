//! `CMake Error at CMakeLists.txt:3 (find_package):`, an empty line, the text indented by two blanks.

use crate::findings::{Block, Finding, Findings};
use crate::frameworks::cpp::parts::is_place;
use crate::kind::{Framework, Kind};
use crate::line::Line;

const CMAKE: Framework = Framework::new("cmake", "cmake");

/// Lines of one error.
const LINES: usize = 40;

#[derive(Debug, Default)]
pub(super) struct Cmake {
    open: Option<Open>,
    /// The first error is told; the rest of the run follows from it.
    is_told: bool,
}

#[derive(Debug)]
struct Open {
    message: String,
    is_over: bool,
    block: Block,
}

impl Cmake {
    pub(super) fn follows(&self) -> bool {
        self.open.is_some()
    }

    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        if let Some(open) = &mut self.open {
            if (text.is_empty() || text.starts_with("  ")) && open.block.lines.len() < LINES {
                open.push(line);
                return true;
            }
            self.close(findings);
        }
        if text.starts_with("-- Configuring incomplete, errors occurred!") {
            self.is_told = false;
            return true;
        }
        if let Some(message) = head(text) {
            if !self.is_told {
                self.open = Some(Open {
                    message: message.to_owned(),
                    is_over: !message.is_empty(),
                    block: Block::of(line),
                });
            }
            self.is_told = true;
            return true;
        }
        false
    }

    pub(super) fn close(&mut self, findings: &mut Findings) {
        if let Some(open) = self.open.take() {
            let finding = Finding::new(CMAKE, None, Kind::Build, open.block);
            findings.report(finding.saying(open.message));
        }
    }
}

impl Open {
    fn push(&mut self, line: &Line<'_>) {
        let text = line.text.trim();
        self.block.push(line);
        if self.is_over {
            return;
        }
        if text.is_empty() {
            self.is_over = !self.message.is_empty();
            return;
        }
        if !self.message.is_empty() {
            self.message.push('\n');
        }
        self.message.push_str(text);
    }
}

/// The message that stands in the same line, if any does.
fn head(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("CMake Error")?;
    if let Some(message) = rest.strip_prefix(": ") {
        return Some(message);
    }
    let place = rest
        .strip_prefix(" at ")
        .or_else(|| rest.strip_prefix(" in "))?;
    let place = place.strip_suffix(':')?;
    let place = place.split_once(" (").map_or(place, |(place, _)| place);
    is_place(place).then_some("")
}
