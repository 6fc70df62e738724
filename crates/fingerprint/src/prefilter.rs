//! One literal search over raw bytes that finds the lines worth looking at.
//!
//! On a clean log this is the only work done, so it uses few, short, rare literals that fit a packed (SIMD) search:
//! every anchor of every recogniser holds at least one of them.

use aho_corasick::packed::{Config, MatchKind, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use memchr::memmem::Finder;

/// The literals that are searched at once. None is shorter than four bytes: the packed search compares as many bytes as the
/// shortest has, and with three it stops for every other word.
const MARKERS: &[&str] = &[
    "--- ",
    "=== ",
    ".go:",
    "FAIL",
    "PASS",
    "panic",
    "RACE",
    "error",
    "ok  \t",
    "exit status",
    "signal: ",
    "\"Action\"",
    "unning ",
    " ... ",
    "failures:",
    "Doc-tests",
    "overflowed its",
    "TRY ",
    "FLAKY",
    "  SIG",
    "TIMEOUT",
    "Summary",
    "START",
    " across ",
    "Nextest run",
    "rootdir:",
    " passed",
    " failed",
    "RERUN",
    "ERROR",
    "loading conftest",
    "Timeout",
    "IOException",
    "hosted runner",
    "The runner has",
    "was cancel",
    "DONE ",
];

/// Headings of Go's build output begin a line with `# `: behind a line end, or behind an envelope's time stamp.
const HEADINGS: [&[u8]; 2] = [b"\n# ", b"Z # "];

/// Finds lines that hold a marker.
#[derive(Debug)]
pub(crate) struct Prefilter {
    search: Search,
    headings: [Finder<'static>; 2],
}

#[derive(Debug)]
enum Search {
    Packed(Box<Searcher>),
    /// Where the processor has no vector instructions that serve.
    Automaton(AhoCorasick),
}

impl Prefilter {
    pub(crate) fn new() -> Self {
        let packed = Config::new()
            .match_kind(MatchKind::LeftmostFirst)
            .builder()
            .extend(MARKERS)
            .build();
        let search = match packed {
            Some(searcher) => Search::Packed(Box::new(searcher)),
            None => Search::Automaton(
                AhoCorasickBuilder::new()
                    .kind(Some(AhoCorasickKind::DFA))
                    .build(MARKERS)
                    .expect("a few dozen short literals are far below the automaton's limits"),
            ),
        };
        Self {
            search,
            headings: HEADINGS.map(Finder::new),
        }
    }

    /// Offset of a byte in the first line of `bytes` that holds a marker. `bytes` begins with a line.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<usize> {
        if bytes.starts_with(b"# ") {
            return Some(0);
        }
        let marker = match &self.search {
            Search::Packed(searcher) => searcher.find(bytes).map(|hit| hit.start()),
            Search::Automaton(automaton) => automaton.find(bytes).map(|hit| hit.start()),
        };
        let before = &bytes[..marker.unwrap_or(bytes.len())];
        // The last byte of a heading's literal stands in the heading's line.
        let heading = self
            .headings
            .iter()
            .filter_map(|heading| heading.find(before))
            .min()
            .map(|at| at + 2);
        heading.or(marker)
    }

    pub(crate) fn is_interesting(&self, line: &[u8]) -> bool {
        self.find(line).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::{MARKERS, Prefilter};
    use crate::frameworks;

    #[test]
    fn every_anchor_holds_a_marker() {
        let prefilter = Prefilter::new();
        for recognizer in frameworks::all() {
            for anchor in recognizer.anchors() {
                assert!(
                    prefilter.is_interesting(anchor.as_bytes()),
                    "{anchor:?} of {recognizer:?}"
                );
            }
        }
    }

    #[test]
    fn every_marker_is_some_anchors() {
        let anchors: Vec<_> = frameworks::all()
            .iter()
            .flat_map(|r| r.anchors())
            .copied()
            .collect();
        for marker in MARKERS {
            let bare = marker
                .trim_start_matches(['\n', 'Z'])
                .trim_start_matches(' ');
            assert!(
                anchors.iter().any(|anchor| anchor.contains(bare)),
                "{marker:?} is searched for nobody"
            );
        }
    }

    #[test]
    fn a_heading_is_found_at_any_line() {
        let prefilter = Prefilter::new();
        assert_eq!(prefilter.find(b"# a/b\nx\n"), Some(0));
        assert!(
            prefilter
                .find(b"x\n# a/b\n")
                .is_some_and(|at| (2..8).contains(&at))
        );
        assert_eq!(prefilter.find(b"x # y\n"), None);
    }
}
