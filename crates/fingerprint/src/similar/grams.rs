//! Compares texts by their 4-grams.

/// A power of two: 4-grams are counted by a hash of so many values, which can only make texts look more alike than they are.
const SLOTS: usize = 4096;

/// The 4-grams of one text, ready to be compared with those of many others.
pub(crate) struct Grams {
    total: usize,
    counts: Vec<u16>,
    /// All 0 between comparisons.
    seen: Vec<u16>,
}

impl Grams {
    pub(crate) fn of(text: &str) -> Self {
        let mut grams = Self {
            total: 0,
            counts: vec![0; SLOTS],
            seen: vec![0; SLOTS],
        };
        for slot in slots(text) {
            grams.counts[slot] += 1;
            grams.total += 1;
        }
        grams
    }

    /// How many 4-grams stand in only one of the two texts. An edit changes at most four in each, so half of an eighth of this is a
    /// lower bound of the edit distance.
    pub(crate) fn distance(&mut self, text: &str) -> usize {
        let (mut total, mut common) = (0, 0);
        for slot in slots(text) {
            total += 1;
            if self.seen[slot] < self.counts[slot] {
                self.seen[slot] += 1;
                common += 1;
            }
        }
        slots(text).for_each(|slot| self.seen[slot] = 0);
        self.total + total - 2 * common
    }
}

fn slots(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.as_bytes().windows(4).map(|window| {
        let gram = u32::from_le_bytes([window[0], window[1], window[2], window[3]]);
        (gram.wrapping_mul(0x9e37_79b1) >> 20) as usize
    })
}
