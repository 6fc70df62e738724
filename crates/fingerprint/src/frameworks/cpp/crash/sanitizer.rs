//! Reports of the sanitizers of clang and gcc.
//!
//! Formats: `sanitizer_common/sanitizer_symbolizer_report.cpp`, `asan/asan_errors.cpp`, `tsan/rtl/tsan_report.cpp`,
//! `lsan/lsan_common.cpp`, `msan/msan_report.cpp`, `ubsan/ubsan_diag.cpp` of compiler-rt 11 to 19
//! (<https://github.com/llvm/llvm-project/tree/main/compiler-rt>), which gcc's libsanitizer copies.

use crate::findings::Block;
use crate::frameworks::cpp::parts::is_place;
use crate::kind::{Framework, Kind};
use crate::line::Line;

use super::{Crash, frame};

const SANITIZER: Framework = Framework::new("sanitizer", "sanitizer");

/// Lines of a report that has no end.
const LINES: usize = 600;

/// A report that has begun.
#[derive(Debug)]
pub(super) struct Open {
    tool: String,
    what: String,
    block: Block,
    lines: usize,
    /// Frames of the stack that is being read.
    stack: Vec<String>,
    /// First own function of each stack that counts.
    tops: Vec<String>,
    test: Option<String>,
    is_undefined: bool,
}

impl Open {
    pub(super) fn start(line: &Line<'_>) -> Option<Self> {
        let text = line.text.as_ref();
        if let Some(what) = undefined(text) {
            return Some(Self::new("UndefinedBehaviorSanitizer", what, line, true));
        }
        let at = text.find("Sanitizer: ")?;
        let (head, what) = (&text[..at], &text[at + "Sanitizer: ".len()..]);
        let head = head.trim_start();
        let marker = ["ERROR: ", "WARNING: ", "FATAL: "]
            .iter()
            .find_map(|mark| head.split_once(mark));
        let (before, tool) = marker?;
        let is_head = before.is_empty()
            || (before.starts_with("==") && before.ends_with("==") && before.len() < 24);
        let is_tool = tool.bytes().all(|byte| byte.is_ascii_alphabetic());
        (is_head && is_tool && !tool.is_empty())
            .then(|| Self::new(&format!("{tool}Sanitizer"), what, line, false))
    }

    fn new(tool: &str, what: &str, line: &Line<'_>, is_undefined: bool) -> Self {
        Self {
            tool: tool.to_owned(),
            what: if is_undefined { what } else { essence(what) }.to_owned(),
            block: Block::of(line),
            lines: 0,
            stack: Vec::new(),
            tops: Vec::new(),
            test: None,
            is_undefined,
        }
    }

    /// Reports of undefined behaviour are one line, with a stack only on request.
    pub(super) fn is_whole(&self) -> bool {
        self.is_undefined
    }

    /// Takes the next line; `true` when the report is over with it.
    pub(super) fn push(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        self.lines += 1;
        self.block.push(line);
        if let Some(parsed) = frame::parse(text) {
            self.test = self
                .test
                .take()
                .or_else(|| frame::gtest_of(parsed.function));
            if self.stack.len() < 64 {
                self.stack.push(text.to_owned());
            }
        } else {
            self.end_stack();
        }
        text.starts_with("SUMMARY: ")
            || text.ends_with("==ABORTING")
            || text.starts_with("##[")
            || self.lines >= LINES
    }

    fn end_stack(&mut self) {
        let stack = std::mem::take(&mut self.stack);
        if stack.is_empty() {
            return;
        }
        let wanted = if self.is_race() { 2 } else { 1 };
        if self.tops.len() < wanted {
            let top = frame::first_own(stack.iter().map(String::as_str));
            self.tops.push(top.unwrap_or_default());
        }
    }

    fn is_race(&self) -> bool {
        self.tool == "ThreadSanitizer" && self.what == "data race"
    }

    pub(super) fn finish(mut self) -> Crash {
        self.end_stack();
        let is_thread = self.tool == "ThreadSanitizer";
        let kind = match self.what.as_str() {
            "data race" | "race on vptr" | "data race on vptr" | "use of an invalid vptr" => {
                Kind::Race
            }
            what if is_thread && what.contains("race") => Kind::Race,
            _ => Kind::Crash,
        };
        let mut tops = self.tops;
        tops.retain(|top| !top.is_empty());
        tops.sort_unstable();
        tops.dedup();
        let function = tops.first().cloned();
        let place = if tops.is_empty() {
            String::new()
        } else {
            format!(" in {}", tops.join(" and "))
        };
        Crash {
            framework: SANITIZER,
            kind,
            message: format!("{}: {}{place}", self.tool, self.what),
            function,
            block: self.block,
            test: self.test,
            is_sure: !self.is_undefined,
        }
    }
}

/// `a.cc:10:66: runtime error: signed integer overflow: ...`
fn undefined(text: &str) -> Option<&str> {
    let (place, what) = text.split_once(": runtime error: ")?;
    is_place(place).then_some(what)
}

/// The kind of error without its address and process.
fn essence(what: &str) -> &str {
    let cuts = [
        " on address",
        " on unknown",
        " on 0x",
        " (pid=",
        " (0x",
        " at 0x",
        ": 0x",
        " 0x",
    ];
    let end = cuts.iter().filter_map(|cut| what.find(cut)).min();
    what[..end.unwrap_or(what.len())].trim_end_matches([':', ' '])
}
