//! Which recognisers have an anchor in a line.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::frameworks;
use crate::prefilter::{Around, MARKERS, Prefilter};

/// A set of recognisers: a bit for each, in the order of [`frameworks::all`].
pub(crate) type Mask = u128;

/// What an anchor begins with that only counts at the start of a line.
const AT_START: char = '^';

/// What is searched for an anchor.
pub(crate) fn literal(anchor: &'static str) -> &'static [u8] {
    anchor.strip_prefix(AT_START).unwrap_or(anchor).as_bytes()
}

/// All anchors of all recognisers, found by the markers in them.
#[derive(Debug)]
pub(crate) struct Anchors {
    markers: &'static Prefilter,
    /// The anchors that hold each marker.
    by_marker: Vec<Vec<Anchor>>,
}

#[derive(Debug)]
struct Anchor {
    text: &'static [u8],
    /// Where its first marker stands in it.
    marker_at: usize,
    around: Around,
    /// Whether it only counts where a line begins.
    at_start: bool,
    mask: Mask,
}

impl Anchors {
    /// The anchors of all recognisers there are.
    pub(crate) fn of_all() -> &'static Self {
        static ALL: LazyLock<Anchors> = LazyLock::new(|| {
            let recognizers = frameworks::all();
            Anchors::new(recognizers.iter().map(|recognizer| recognizer.anchors()))
        });
        &ALL
    }

    fn new(of_each: impl Iterator<Item = &'static [&'static str]>) -> Self {
        let markers = Prefilter::of_all();
        let mut masks: BTreeMap<(&'static [u8], bool), Mask> = BTreeMap::new();
        for (at, anchors) in of_each.enumerate() {
            for anchor in anchors {
                let key = (literal(anchor), anchor.starts_with(AT_START));
                *masks.entry(key).or_default() |= 1 << at;
            }
        }
        let mut by_marker: Vec<Vec<Anchor>> = MARKERS.iter().map(|_| Vec::new()).collect();
        for ((text, at_start), mask) in masks {
            let Some((marker, marker_at)) = markers.next(text) else {
                continue;
            };
            by_marker[marker].push(Anchor {
                text,
                marker_at,
                around: Around::of(marker, marker_at, text),
                at_start,
                mask,
            });
        }
        Self { markers, by_marker }
    }

    /// Those that have an anchor in the text.
    pub(crate) fn of(&self, text: &[u8]) -> Mask {
        let (mut mask, mut from) = (0, 0);
        while let Some((marker, at)) = self.markers.next(&text[from..]) {
            let at = from + at;
            let around = Around::of(marker, at, text);
            let stands = |anchor: &&Anchor| {
                anchor.around.fits(around)
                    && anchor.mask & !mask != 0
                    && at
                        .checked_sub(anchor.marker_at)
                        .filter(|&start| start == 0 || !anchor.at_start)
                        .is_some_and(|start| text[start..].starts_with(anchor.text))
            };
            let found = self.by_marker[marker].iter().filter(stands);
            mask |= found.fold(0, |found, anchor| found | anchor.mask);
            from = at + 1;
        }
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::Anchors;

    #[test]
    fn each_has_its_own_anchors_only() {
        let anchors = Anchors::new(
            [
                &["--- FAIL", "FAIL\t"] as &[&str],
                &["FAIL", "=== "],
                &["panic:"],
                &["^error: "],
            ]
            .into_iter(),
        );
        for (text, mask) in [
            ("", 0),
            ("p", 0),
            ("--- FAIL: TestA", 0b11),
            ("FAIL\ta", 0b11),
            ("FAI", 0),
            ("FAIL", 0b10),
            ("=====", 0),
            ("===== ", 0b10),
            ("panic: a", 0b100),
            ("-- FAIL panic: ", 0b110),
            ("error: ", 0b1000),
            ("an error: ", 0),
        ] {
            assert_eq!(anchors.of(text.as_bytes()), mask, "{text:?}");
        }
    }
}
