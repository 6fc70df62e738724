//! One literal search over raw bytes that finds the lines worth looking at.

use aho_corasick::{AhoCorasick, MatchKind};

/// The union of all recognisers' anchors. On a passing log without anchors it is the only work done.
#[derive(Debug)]
pub(crate) struct Prefilter {
    anchors: AhoCorasick,
}

impl Prefilter {
    pub(crate) fn new(anchors: impl Iterator<Item = &'static str>) -> Self {
        let mut literals: Vec<&str> = anchors.collect();
        literals.sort_unstable();
        literals.dedup();
        let anchors = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(literals)
            .expect("a few dozen short literals are far below the automaton's limits");
        Self { anchors }
    }

    /// Offset of the first anchor in `bytes`.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<usize> {
        self.anchors.find(bytes).map(|hit| hit.start())
    }

    pub(crate) fn is_interesting(&self, line: &[u8]) -> bool {
        self.anchors.is_match(line)
    }
}
