//! Progress lines: which test is running, and how each ended.

use crate::findings::Block;
use crate::line::Line;

use super::names::{self, NodeId};

/// What a progress line says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress<'a> {
    /// `a.py::test_b FAILED   [ 11%]`, xdist's `[gw0] [ 33%] FAILED a.py::test_b`.
    Result { word: &'a str, node: NodeId },
    /// `FAILED   [ 11%]`: the result of the test that was begun above, whose output stands between (`-s`, live logs).
    Bare(&'a str),
}

/// Reads a verbose progress line that carries a result.
pub(super) fn result(text: &str) -> Option<Progress<'_>> {
    if let Some(rest) = text.strip_prefix("[gw") {
        let rest = rest.split_once("] ")?.1;
        let rest = rest.trim_start_matches(|c: char| "[]% ".contains(c) || c.is_ascii_digit());
        let (word, node) = rest.split_once(' ')?;
        return (names::is_outcome(word) && node.contains("::")).then(|| Progress::Result {
            word,
            node: NodeId::parse(node),
        });
    }
    let line = match text.trim_end().strip_suffix("%]") {
        Some(line) => line
            .trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ')
            .strip_suffix('[')?
            .trim_end(),
        None => text.trim_end(),
    };
    if names::is_outcome(line) {
        return Some(Progress::Bare(line));
    }
    if let Some((node, description)) = line.split_once(" SUBFAILED") {
        let mut node = node_id(node)?;
        node.describe(description);
        return Some(Progress::Result {
            word: "FAILED",
            node,
        });
    }
    let (node, word) = line.rsplit_once(' ')?;
    let word = if word == "SUBFAIL" { "FAILED" } else { word };
    names::is_outcome(word)
        .then(|| node_id(node))?
        .map(|node| Progress::Result { word, node })
}

/// `a.py::test_b`, with ` <- base.py` behind it where the test is inherited (`-vv`).
fn node_id(text: &str) -> Option<NodeId> {
    let text = text.split(" <- ").next().unwrap_or(text).trim();
    let (file, _) = text.split_once("::")?;
    let is_node = !file.is_empty() && !file.contains(' ') && file.contains('.');
    is_node.then(|| NodeId::parse(text))
}

/// The test that has begun and whose result has not been printed yet.
#[derive(Debug, Clone)]
pub(super) struct Running {
    pub(super) node: NodeId,
    pub(super) at: Block,
    /// Whether something stands behind the node id: the test's own output, so that what follows may be the test's too.
    is_glued: bool,
    /// Whether the line was written to its end: the blank behind the node id is there.
    is_whole: bool,
    /// Whether more lines came behind it.
    has_more: bool,
}

impl Running {
    /// The line of a test that has begun: `a.py::test_b ` and no more, or its output behind that.
    pub(super) fn begins(line: &Line<'_>) -> Option<Self> {
        let text = line.text.as_ref();
        let mut depth = 0_i32;
        let end = text.find(|c| {
            depth += i32::from(c == '[') - i32::from(c == ']');
            c == ' ' && depth <= 0
        });
        let (node, behind) = text.split_at(end.unwrap_or(text.len()));
        Some(Self {
            node: node_id(node).filter(NodeId::is_test)?,
            at: Block::of(line),
            is_glued: !behind.trim().is_empty(),
            is_whole: end.is_some(),
            has_more: false,
        })
    }

    /// Whether the process died in the test, when nothing more came of its session until the input ended. A log that was
    /// cut ends anywhere, seldom just behind the blank; where a test prints freely what follows may be its own.
    pub(super) fn died(&self) -> bool {
        !self.is_glued && (self.is_whole || self.has_more)
    }
}

/// Lines of a session's head that are looked at for the first progress line.
const HEAD_LINES: u32 = 80;

/// Follows the tests of a session through its verbose progress lines.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Lines of the head that may still come before the first progress line.
    head: u32,
    is_collected: bool,
    /// The last line ended a test, so the next one may begin one.
    expects: bool,
    /// Workers print the beginnings of their tests in any order.
    is_distributed: bool,
    pub(super) running: Option<Running>,
}

impl Watch {
    pub(super) fn from_start() -> Self {
        Self {
            head: HEAD_LINES,
            ..Self::default()
        }
    }

    /// Whether the next line may begin a test, which no literal gives away.
    pub(super) fn follows(&self) -> bool {
        self.head > 0 || self.expects
    }

    /// A test has ended, or something else shows that the next line may begin one.
    pub(super) fn ended(&mut self) {
        self.running = None;
        self.head = 0;
        self.expects = !self.is_distributed;
    }

    /// What follows is what the running test prints.
    pub(super) fn prints(&mut self) {
        if let Some(running) = &mut self.running {
            running.is_glued = true;
        }
    }

    /// Takes a line in that is no result.
    pub(super) fn other_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        let is_expected = self.follows();
        self.expects = false;
        self.head = self.head.saturating_sub(1);
        if text.starts_with("[gw") || text.starts_with("scheduling tests via ") {
            self.is_distributed = true;
            self.running = None;
            return;
        }
        if let Some(running) = &mut self.running {
            running.has_more |= !text.trim().is_empty();
            // Live logs begin on a line of their own.
            running.is_glued |= text.starts_with("---");
        }
        if !is_expected || self.is_distributed {
            return;
        }
        if let Some(running) = Running::begins(line) {
            self.running = Some(running);
            self.head = 0;
        } else if self.is_collected && !text.trim().is_empty() {
            self.head = 0;
        }
        self.is_collected |= text.contains("collected ");
    }
}
