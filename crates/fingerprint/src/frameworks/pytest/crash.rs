//! The interpreter dies under pytest: `Fatal Python error`, or pytest-timeout's thread method, which ends the process.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::PYTEST;
use super::entry;
use super::message;
use super::names::NodeId;

#[derive(Debug)]
pub(super) struct Crash {
    kind: Kind,
    message: String,
    block: Block,
    /// The test by the verbose progress line in which the message stands.
    pub(super) node: Option<NodeId>,
    /// File and function of the innermost frame of a test.
    frame: Option<(String, String)>,
    in_current_thread: bool,
    /// The banner that ends the stacks has come.
    pub(super) is_closed: bool,
}

/// What is said of a test in which the process died without a word. xdist says that a worker crashed.
pub(super) const DEATH: &str = "the process died while the test was running";

/// The failure of a test in which the process died.
pub(super) fn death(node: &NodeId, block: Block) -> Finding {
    let mut finding = Finding::new(PYTEST, Some(node.to_string()), Kind::Crash, block);
    finding.suite = Some(node.file.clone());
    finding.saying(DEATH)
}

const TIMEOUT_RULE: &str = "++++++++++";

impl Crash {
    pub(super) fn start(line: &Line<'_>) -> Option<Self> {
        let text = line.text.as_ref();
        if let Some(at) = memchr::memmem::find(text.as_bytes(), b"Fatal Python error: ") {
            let before = text[..at].trim();
            // Workers of xdist write over each other: only a lone node id in front names the test that was running.
            let is_node = before
                .split_once("::")
                .is_some_and(|(file, _)| !file.contains([' ', '[']));
            return (is_node || before.is_empty() || before.contains(".py")).then(|| Self {
                kind: Kind::Crash,
                message: text[at..].trim().to_owned(),
                block: Block::of(line),
                node: is_node.then(|| NodeId::parse(before)),
                frame: None,
                in_current_thread: false,
                is_closed: false,
            });
        }
        // The banner stands behind the progress that was printed of the line.
        let before = text
            .trim_end()
            .strip_suffix(TIMEOUT_RULE)?
            .trim_end_matches('+')
            .strip_suffix(" Timeout ")?
            .trim_end_matches('+')
            .trim();
        let is_node = before
            .split_once("::")
            .is_some_and(|(file, _)| !file.contains([' ', '[']));
        Some(Self {
            kind: Kind::Timeout,
            message: message::TIMEOUT.to_owned(),
            block: Block::of(line),
            node: is_node.then(|| NodeId::parse(before)),
            frame: None,
            in_current_thread: false,
            is_closed: false,
        })
    }

    /// Takes the next line in; `false` when the stacks have ended before it.
    pub(super) fn extend(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        let is_heading = text.starts_with("Current thread ")
            || text.starts_with("~~~")
            || text.starts_with("Thread 0x");
        if is_heading {
            self.in_current_thread =
                text.starts_with("Current thread ") || text.contains("Stack of MainThread");
            self.block.push(line);
            return true;
        }
        self.is_closed = text.starts_with("+++++");
        let continues =
            text.is_empty() || text.starts_with("  ") || text.starts_with("Extension modules:");
        if continues || self.is_closed {
            self.block.push(line);
            self.frame_line(text);
        }
        continues || self.is_closed
    }

    /// `  File "/x/test_a.py", line 14 in test_b` of faulthandler (innermost first), `..., line 14, in test_b` of
    /// tracebacks (innermost last).
    fn frame_line(&mut self, text: &str) {
        let Some((file, rest)) = text
            .trim_start()
            .strip_prefix("File \"")
            .and_then(|rest| rest.split_once('"'))
        else {
            return;
        };
        let Some((_, function)) = rest
            .rsplit_once(" in ")
            .or_else(|| rest.rsplit_once(", in "))
        else {
            return;
        };
        let is_test = function.starts_with("test") && !file.contains("site-packages/");
        if is_test && self.in_current_thread && self.frame.is_none() {
            self.frame = Some((file.to_owned(), function.to_owned()));
        }
    }

    /// pytest-timeout's signal method shows the stacks too, and fails the test in the ordinary way.
    pub(super) fn is_timeout(&self) -> bool {
        self.kind == Kind::Timeout
    }

    pub(super) fn finding(self, rootdir: Option<&str>) -> Finding {
        let test = match (&self.node, &self.frame) {
            (Some(node), _) => Some(node.to_string()),
            (None, Some((file, function))) => {
                Some(format!("{}::{function}", entry::relative(file, rootdir)))
            }
            (None, None) => None,
        };
        let mut finding = Finding::new(PYTEST, test, self.kind, self.block);
        finding.message = self.message;
        finding.suite = self.node.map(|node| node.file);
        finding.function = self.frame.map(|(_, function)| function);
        finding
    }
}
