//! pytest itself fails: an internal error, or an invocation that it refuses.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::PYTEST;
use super::message;

const PREFIX: &str = "INTERNALERROR> ";

/// The traceback of an exception that pytest or a plugin raised outside of any test.
#[derive(Debug)]
pub(super) struct InternalError {
    message: String,
    block: Block,
}

impl InternalError {
    /// Takes in a line that begins with `INTERNALERROR> `; `false` where the line does not.
    pub(super) fn take(known: &mut Option<Self>, line: &Line<'_>) -> bool {
        let Some(said) = line.text.strip_prefix(PREFIX) else {
            // An empty line of the traceback has lost its blank.
            return line.text == PREFIX.trim_end();
        };
        let error = known.get_or_insert_with(|| Self {
            message: String::new(),
            block: Block::default(),
        });
        error.block.push(line);
        // The last exception of a chain is the one that ended the session.
        if message::is_exception(said) {
            said.trim().clone_into(&mut error.message);
        }
        true
    }

    pub(super) fn finding(self) -> Finding {
        let mut finding = Finding::new(PYTEST, None, Kind::Crash, self.block);
        finding.detail = Some("internal-error".to_owned());
        finding.saying(if self.message.is_empty() {
            "pytest failed internally".to_owned()
        } else {
            self.message
        })
    }
}

/// What `UsageError`s say that nothing but pytest says (`_pytest/main.py`, `_pytest/mark/__init__.py`, pytest 6 to 9).
const REFUSALS: &[&str] = &[
    "file or directory not found: ",
    "module or package not found: ",
    "found no collectors for ",
    "Wrong expression passed to '-",
];

/// Lines between the totals of a session without tests and the reason for it.
const REASON_DISTANCE: u64 = 2;

/// Watches for `ERROR: ...`, with which pytest refuses what it was asked for. Other programs print the same word, so the
/// line has to say what only pytest says, or to stand right behind a session in which nothing ran.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    /// `ERROR: usage: ...` was printed; the error itself stands in a next line.
    usage: Option<Block>,
    /// Number of the line with the totals of a session in which nothing ran.
    empty: Option<u64>,
}

impl Refusal {
    pub(super) fn follows(&self) -> bool {
        self.usage.is_some()
    }

    /// The totals of a session in which nothing ran stand in `line`.
    pub(super) fn nothing_ran(&mut self, line: &Line<'_>) {
        self.empty = Some(line.number);
    }

    pub(super) fn line(&mut self, line: &Line<'_>) -> Option<Finding> {
        let text = line.text.trim_end();
        if let Some(mut block) = self.usage.take() {
            block.push(line);
            if let Some((_, reason)) = text.split_once(": error: ") {
                return Some(refused(reason, block));
            }
            let is_usage = text.starts_with(' ') && block.lines.len() < 20;
            self.usage = is_usage.then_some(block);
            return None;
        }
        let reason = text.strip_prefix("ERROR: ")?;
        if reason.starts_with("usage: ") && reason.contains(" [options] ") {
            self.usage = Some(Block::of(line));
            return None;
        }
        let is_near = self
            .empty
            .is_some_and(|empty| line.number - empty <= REASON_DISTANCE);
        let is_known = REFUSALS.iter().any(|known| reason.starts_with(known))
            || reason.starts_with("not found: ") && reason.contains("::");
        (is_near || is_known).then(|| refused(reason, Block::of(line)))
    }
}

fn refused(reason: &str, block: Block) -> Finding {
    let mut finding = Finding::new(PYTEST, None, Kind::Build, block);
    finding.detail = Some("usage-error".to_owned());
    finding.saying(reason)
}
