//! One literal search over raw bytes that finds the lines worth looking at.
//!
//! On a clean log this is the only work done, so it uses few, short, rare literals that fit a packed (SIMD) search:
//! every anchor of every recogniser holds at least one of them.

use std::sync::LazyLock;

use aho_corasick::packed::{Config, MatchKind, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};

use crate::anchors;
use crate::frameworks;

/// What the runner prints above each step, which ends whatever stood open.
const RUNNER_LINE: &[u8] = b"##[group]Run ";

/// The literals that are searched at once. None is shorter than four bytes: the packed search compares as many bytes as the
/// shortest has, and with three it stops for every other word. With more than 32 it takes half as many bytes at once, and with
/// more than 64 there is none.
///
/// The order counts: the search puts the literals into sixteen buckets in turn (eight up to 32 literals) and stops where each
/// byte fits any literal of a bucket. This one was found by trying many on logs; one at random stops several times as often.
/// `benches/markers.txt` lists them for comparisons with other programs.
pub(crate) const MARKERS: &[&str] = &[
    "fail",
    "panic",
    "terminate called",
    "✖ ",
    "RACE",
    "hosted runner",
    "\"Action\"",
    "anitizer",
    " host process",
    "rror",
    "-CRASH",
    "UNEXPECTED",
    "Killed",
    "ERROR",
    "pass",
    " OK ] ",
    "Fail",
    "ignal",
    "retry x",
    "ok  \t",
    "[ RUN",
    "imed out",
    "FAIL",
    "--- ",
    " detected",
    "PASS",
    "reformat",
    ".py:",
    ".exs:",
    "SUCCESS",
    "OK (",
    "DONE ",
    "Success",
    "##[g",
    "ion fault",
    "not ok",
    "core dumped",
    "Ran ",
    "=== ",
    "rootdir: ",
    " across ",
    "xcept",
    "unning ",
    "RERUN",
    ".go:",
    "ok 1 ",
    " ... ",
    "imeout",
    "*** ",
];

/// Whether a line that holds `text` is found by a marker in it.
pub(crate) fn holds_marker(text: &str) -> bool {
    let text = text.as_bytes();
    (0..text.len()).any(|at| marker_at_start(&text[at..]).is_some())
}

/// Bytes around a marker within which an escape code makes its anchor unreadable before it is peeled.
const SEAM: usize = 48;

/// Finds lines that hold an anchor: markers first, and at each of them the anchors that hold it.
#[derive(Debug)]
pub(crate) struct Prefilter {
    search: Search,
    /// The anchors that hold each marker.
    anchors: Vec<Vec<Anchor>>,
}

#[derive(Debug)]
enum Search {
    Packed(Box<Searcher>),
    /// Where the processor has no vector instructions that serve.
    Automaton(AhoCorasick),
}

#[derive(Debug)]
struct Anchor {
    text: &'static [u8],
    /// Where the marker stands in it.
    marker_at: usize,
    around: Around,
}

/// The bytes before and behind a marker. There are many anchors of some markers, and most differ in these.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around {
    before: Option<u8>,
    behind: Option<u8>,
}

impl Around {
    pub(crate) fn of(marker: usize, at: usize, text: &[u8]) -> Self {
        let before = at.checked_sub(1).map(|before| text[before]);
        let behind = text.get(at + MARKERS[marker].len()).copied();
        Self { before, behind }
    }

    /// Whether an anchor with these bytes can stand where there are those.
    pub(crate) fn fits(self, there: Self) -> bool {
        (self.behind.is_none() || self.behind == there.behind)
            && (self.before.is_none() || self.before == there.before)
    }
}

impl Prefilter {
    pub(crate) fn of_all() -> &'static Self {
        static ALL: LazyLock<Prefilter> = LazyLock::new(Prefilter::new);
        &ALL
    }

    fn new() -> Self {
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
            anchors: anchors_by_marker(),
        }
    }

    /// Offset of a marker in the first line of `bytes` that holds an anchor or cannot be judged without peeling it.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            let (marker, start) = self.next(&bytes[at..])?;
            let start = at + start;
            if self.holds_anchor(marker, start, bytes) {
                return Some(start);
            }
            at = start + 1;
        }
    }

    /// The first marker and its offset.
    pub(crate) fn next(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        match &self.search {
            Search::Packed(searcher) => searcher
                .find(bytes)
                .map(|hit| (hit.pattern().as_usize(), hit.start())),
            Search::Automaton(automaton) => automaton
                .find(bytes)
                .map(|hit| (hit.pattern().as_usize(), hit.start())),
        }
    }

    fn holds_anchor(&self, marker: usize, at: usize, bytes: &[u8]) -> bool {
        let around = Around::of(marker, at, bytes);
        let stands = |anchor: &Anchor| {
            anchor.around.fits(around)
                && at
                    .checked_sub(anchor.marker_at)
                    .is_some_and(|start| bytes[start..].starts_with(anchor.text))
        };
        if self.anchors[marker].iter().any(stands) {
            return true;
        }
        let around = &bytes[at.saturating_sub(SEAM)..bytes.len().min(at + SEAM)];
        memchr::memchr2(0x1b, 0x8, around).is_some()
    }

    pub(crate) fn is_interesting(&self, line: &[u8]) -> bool {
        self.find(line).is_some()
    }
}

/// For each marker the anchors of all recognisers that hold it, each as often as it does, without those that begin with another
/// one of them.
fn anchors_by_marker() -> Vec<Vec<Anchor>> {
    let mut found: Vec<Vec<Anchor>> = MARKERS.iter().map(|_| Vec::new()).collect();
    let recognizers = frameworks::all();
    let all = recognizers.iter().flat_map(|it| it.anchors());
    let all = all.map(|anchor| anchors::literal(anchor));
    for text in all.chain([RUNNER_LINE]) {
        for marker_at in 0..text.len() {
            if let Some(marker) = marker_at_start(&text[marker_at..]) {
                found[marker].push(Anchor {
                    text,
                    marker_at,
                    around: Around::of(marker, marker_at, text),
                });
            }
        }
    }
    for anchors in &mut found {
        anchors.sort_by_key(|anchor| (anchor.marker_at, anchor.text));
        anchors.dedup_by(|next, kept| {
            next.marker_at == kept.marker_at && next.text.starts_with(kept.text)
        });
    }
    found
}

/// The marker that the text begins with. No two markers begin alike.
fn marker_at_start(text: &[u8]) -> Option<usize> {
    static BY_FIRST_BYTE: LazyLock<Vec<Vec<usize>>> = LazyLock::new(|| {
        let mut markers = vec![Vec::new(); 256];
        for (at, marker) in MARKERS.iter().enumerate() {
            markers[usize::from(marker.as_bytes()[0])].push(at);
        }
        markers
    });
    let mut markers = BY_FIRST_BYTE[usize::from(*text.first()?)].iter().copied();
    markers.find(|&marker| text.starts_with(MARKERS[marker].as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{MARKERS, Prefilter};
    use crate::anchors;
    use crate::frameworks;

    #[test]
    fn every_anchor_holds_a_marker() {
        let prefilter = Prefilter::new();
        for recognizer in frameworks::all() {
            for anchor in recognizer.anchors() {
                assert!(
                    prefilter.is_interesting(anchors::literal(anchor)),
                    "{anchor:?} of {recognizer:?}"
                );
            }
        }
    }

    /// Markers for the anchors of recognisers that are being written.
    const RESERVED: &[&str] = &[
        ".py:", "Fail", "xcept", "imed out", "not ok", "Ran ", "anitizer", "Killed", "[ RUN",
        "OK (", "SUCCESS",
    ];

    #[test]
    fn every_marker_serves_an_anchor() {
        let prefilter = Prefilter::new();
        for (marker, anchors) in MARKERS.iter().zip(&prefilter.anchors) {
            assert!(
                RESERVED.contains(marker) || !anchors.is_empty(),
                "{marker:?}"
            );
        }
    }

    #[test]
    fn no_marker_hides_another() {
        for (at, marker) in MARKERS.iter().enumerate() {
            for other in &MARKERS[at + 1..] {
                let is_hidden = other.starts_with(marker) || marker.starts_with(other);
                assert!(!is_hidden, "{marker:?} and {other:?}");
            }
        }
    }

    #[test]
    fn a_marker_without_its_anchor_is_passed_over() {
        let prefilter = Prefilter::new();
        assert_eq!(prefilter.find(b"compassion and 3 mirrors\n"), None);
        assert_eq!(
            prefilter.find(b"3 mirrors\n--- FAIL: TestA (0.00s)\n"),
            Some(10)
        );
    }

    #[test]
    fn an_anchor_with_colours_in_it_is_found() {
        let prefilter = Prefilter::new();
        assert!(prefilter.is_interesting(b"\x1b[1merror\x1b[0m: bad"));
    }

    #[test]
    fn the_list_for_comparisons_is_what_is_searched() {
        let listed = include_str!("../benches/markers.txt");
        assert_eq!(listed, format!("{}\n", MARKERS.join("\n")));
    }
}
