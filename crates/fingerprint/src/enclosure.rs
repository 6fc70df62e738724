//! Text that tests printed: what other tools seem to say in it is not theirs.
//!
//! A test may run any tool and print its report. The recogniser of the outer tool knows where such text begins and ends,
//! though often only after the other recognisers have read it.

use crate::class::Evidence;

/// Text between two places that tests of one family printed.
#[derive(Debug)]
pub(crate) struct Enclosure {
    family: &'static str,
    start: u64,
    end: u64,
}

impl Enclosure {
    pub(crate) fn new(family: &'static str, start: u64, end: u64) -> Self {
        Self { family, start, end }
    }

    /// Whether what `family` says at the place `at` is only printed by a test of another one.
    pub(crate) fn holds(&self, family: &str, at: u64) -> bool {
        self.family != family && (self.start..self.end).contains(&at)
    }
}

/// Enclosures that are kept; what an input holds beyond them is read as if it were not enclosed.
const LIMIT: usize = 2_000;

/// Where the reading stands, and what is known to be enclosed.
#[derive(Debug, Default)]
pub(crate) struct Enclosures {
    /// Place of the line that is being read.
    pub(crate) at: u64,
    /// The stream that it belongs to. Streams mix: what one of them encloses is no business of the others.
    stream: u64,
    /// Offset up to which a recogniser has held lines as the output of its tests.
    pub(crate) held_until: u64,
    list: Vec<Enclosure>,
    /// Whose each success summary is, and where it stood.
    pub(crate) passes: Vec<(&'static str, u64)>,
    /// Where each of the totals stood.
    pub(crate) totals: Vec<u64>,
    /// The newest evidence that the job failed for an unknown reason, and where it stood.
    unexplained: Option<(Evidence, u64)>,
}

/// A place is an offset with the stream in its highest bits, which no input is long enough to need.
const STREAM_BITS: u32 = 56;

/// The place of what begins at an offset of a stream.
pub(crate) fn place(stream: u8, offset: u64) -> u64 {
    offset | u64::from(stream) << STREAM_BITS
}

impl Enclosures {
    /// A line of the stream is read, which begins at the offset.
    pub(crate) fn read_at(&mut self, stream: u8, offset: u64) {
        self.stream = place(stream, 0);
        self.at = place(stream, offset);
    }

    /// The place of an offset in the stream that is being read.
    pub(crate) fn here(&self, offset: u64) -> u64 {
        offset | self.stream
    }

    /// The stream that is being read.
    pub(crate) fn stream(&self) -> u8 {
        (self.stream >> STREAM_BITS) as u8
    }

    pub(crate) fn add(&mut self, enclosure: Enclosure) {
        if self.list.len() < LIMIT {
            self.list.push(enclosure);
        }
    }

    /// The line was read, and `unexplained` is what is known since.
    pub(crate) fn read(&mut self, unexplained: Option<&Evidence>) {
        let known = self.unexplained.as_ref().map(|(evidence, _)| evidence);
        if known != unexplained {
            self.unexplained = unexplained.cloned().map(|evidence| (evidence, self.at));
        }
    }

    /// Whether what is known of an unknown reason stands in the newest enclosure.
    pub(crate) fn explain(&self) -> bool {
        let newest = self.list.last().zip(self.unexplained.as_ref());
        newest.is_some_and(|(enclosure, &(_, at))| enclosure.holds("", at))
    }

    pub(crate) fn hold(&self, family: &str, at: u64) -> bool {
        self.list
            .iter()
            .any(|enclosure| enclosure.holds(family, at))
    }
}

/// Keeps the items of two parallel lists of which `keep` holds.
pub(crate) fn retain_with<A, B>(
    items: &mut Vec<A>,
    places: &mut Vec<B>,
    keep: impl Fn(&A, &B) -> bool,
) {
    let kept: Vec<bool> = items
        .iter()
        .zip(places.iter())
        .map(|(item, place)| keep(item, place))
        .collect();
    let mut of_items = kept.iter();
    items.retain(|_| of_items.next().copied().unwrap_or(true));
    let mut of_places = kept.iter();
    places.retain(|_| of_places.next().copied().unwrap_or(true));
}
