//! Finds sketches within a Hamming distance among very many.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Parts of 16 bits that a sketch is cut into.
const PARTS: usize = 4;

/// Sketches that one search compares at most. Only where most of an index is alike are there more; then what is found is near,
/// but perhaps not all that is as near.
pub(crate) const COMPARED: usize = 20_000;

/// The largest distance that can be searched for.
const MOST_BITS: u32 = 15;

/// All 16-bit numbers with 0 to 3 bits set, in rising order.
static MASKS: LazyLock<[Vec<u16>; 4]> = LazyLock::new(|| {
    [0, 1, 2, 3].map(|bits| {
        (0..=u16::MAX)
            .filter(|mask| mask.count_ones() == bits)
            .collect()
    })
});

/// Numbers of sketches, by each 16-bit part of them.
///
/// Two sketches that differ in at most `r` bits differ in at most `r / 4` bits in at least one of their four parts, so it is enough to
/// look at the parts that are so near to the wanted one's.
#[derive(Debug, Default)]
pub(crate) struct Sketches {
    sketches: Vec<u64>,
    parts: [HashMap<u16, Vec<Slot>>; PARTS],
}

/// A sketch with its number, so that a look at a bucket needs no other memory.
#[derive(Debug, Clone, Copy)]
struct Slot {
    sketch: u64,
    id: u32,
}

impl Sketches {
    /// Adds a sketch under `id`, which must be the first free number or one that was removed.
    pub(crate) fn insert(&mut self, id: u32, sketch: u64) {
        let place = id as usize;
        if place == self.sketches.len() {
            self.sketches.push(sketch);
        } else {
            self.sketches[place] = sketch;
        }
        for (part, key) in keys(sketch) {
            let bucket = self.parts[part].entry(key).or_default();
            let at = bucket.partition_point(|slot| slot.id < id);
            bucket.insert(at, Slot { sketch, id });
        }
    }

    pub(crate) fn remove(&mut self, id: u32) {
        for (part, key) in keys(self.sketches[id as usize]) {
            let Some(bucket) = self.parts[part].get_mut(&key) else {
                continue;
            };
            if let Ok(at) = bucket.binary_search_by_key(&id, |slot| slot.id) {
                bucket.remove(at);
            }
            if bucket.is_empty() {
                self.parts[part].remove(&key);
            }
        }
    }

    /// All numbers that were ever used, with the bits in which they differ from `sketch`.
    pub(crate) fn all(&self, sketch: u64) -> Vec<(u32, u32)> {
        let bits = self
            .sketches
            .iter()
            .map(|other| (sketch ^ other).count_ones());
        bits.zip(0..).collect()
    }

    /// In how many bits the sketch of a number differs.
    pub(crate) fn bits(&self, id: u32, sketch: u64) -> u32 {
        (self.sketches[id as usize] ^ sketch).count_ones()
    }

    /// The numbers of all sketches within `radius` bits with the bits in which they differ, in no order that matters.
    pub(crate) fn within(&self, sketch: u64, radius: u32) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        let mut compared = 0;
        let near = radius.min(MOST_BITS) / 4;
        // Rings of growing distance, so that the cap cuts what is farthest.
        for ring in 0..=near {
            for mask in &MASKS[ring as usize] {
                for (part, key) in keys(sketch) {
                    let Some(bucket) = self.parts[part].get(&(key ^ mask)) else {
                        continue;
                    };
                    for slot in bucket {
                        if compared == COMPARED {
                            return found;
                        }
                        compared += 1;
                        let difference = sketch ^ slot.sketch;
                        let bits = difference.count_ones();
                        if bits <= radius && is_first_place(difference, part, ring) {
                            found.push((bits, slot.id));
                        }
                    }
                }
            }
        }
        found
    }
}

/// Whether a sketch that is found in several parts is now met for the first time: no part is nearer, and no earlier one as near.
fn is_first_place(difference: u64, part: usize, ring: u32) -> bool {
    keys(difference).all(|(other, bits)| {
        let bits = bits.count_ones();
        bits > ring || (bits == ring && other >= part)
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the part is cut out on purpose"
)]
fn keys(sketch: u64) -> impl Iterator<Item = (usize, u16)> {
    (0..PARTS).map(move |part| (part, (sketch >> (16 * part)) as u16))
}
