//! The index of known fingerprints.

use std::collections::HashMap;

use super::edit::distance_within;
use super::entry::{Entry, Reason, Suggestion};
use super::grams::Grams;
use super::sketches::{COMPARED, Sketches};
use crate::identity::sketch;
use crate::keys::Fingerprint;

/// Blocks whose sketches differ in at most so many bits are candidates.
pub const BLOCK_BITS: u32 = 7;

/// Templates whose own sketches differ in at most so many bits are candidates: short texts differ in more bits than long ones.
pub const TEMPLATE_BITS: u32 = 15;

/// Candidates whose edit distance is computed, in the order of their 4-gram distance.
pub const CANDIDATES: usize = 56;

/// The largest edit distance of a suggestion, in parts of the mean length of both templates.
pub const EDIT_DISTANCE: f64 = 0.1;

/// Candidates whose 4-grams are counted, in the order of their sketches' distance.
const COUNTED: usize = 1024;

/// Known fingerprints in memory, less than 1 KiB each, and answers to what is like them.
///
/// The same fingerprints give the same answers, whatever the order in which they came; only where more of them are alike than are
/// compared (20,000 sketches, then 1,024 templates) may the order decide which.
#[derive(Debug, Default)]
pub struct Index {
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    by_exact: HashMap<Fingerprint, u32>,
    /// Each in the order of `exact`.
    by_cause: HashMap<Fingerprint, Vec<u32>>,
    blocks: Sketches,
    templates: Sketches,
}

impl Index {
    /// An empty index.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many fingerprints it holds.
    pub fn len(&self) -> usize {
        self.by_exact.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.by_exact.is_empty()
    }

    /// Whether it holds this fingerprint.
    pub fn contains(&self, exact: &Fingerprint) -> bool {
        self.by_exact.contains_key(exact)
    }

    /// Adds a fingerprint, in place of an entry with the same `exact` key if there is one, which is returned.
    ///
    /// # Panics
    ///
    /// At 2^32 fingerprints.
    pub fn insert(&mut self, entry: Entry) -> Option<Entry> {
        let old = self.remove(&entry.exact);
        let id = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            u32::try_from(self.entries.len() - 1).expect("fewer than 2^32 fingerprints")
        });
        self.by_exact.insert(entry.exact, id);
        self.blocks.insert(id, entry.sketch.0);
        self.templates.insert(id, sketch(&entry.text).0);
        let entries = &self.entries;
        let causes = self.by_cause.entry(entry.cause).or_default();
        let at = causes.partition_point(|&other| exact(entries, other) < Some(entry.exact));
        causes.insert(at, id);
        self.entries[id as usize] = Some(entry);
        old
    }

    /// Takes a fingerprint out and returns its entry.
    pub fn remove(&mut self, key: &Fingerprint) -> Option<Entry> {
        let id = self.by_exact.remove(key)?;
        let entry = self.entries[id as usize].take()?;
        if let Some(causes) = self.by_cause.get_mut(&entry.cause) {
            causes.retain(|&other| other != id);
            if causes.is_empty() {
                self.by_cause.remove(&entry.cause);
            }
        }
        self.blocks.remove(id);
        self.templates.remove(id);
        self.free.push(id);
        Some(entry)
    }

    /// At most `limit` known fingerprints that may have the cause of `entry`, best first; `entry` itself, if it is known, is not
    /// among them. One without a template is like nothing.
    pub fn query(&self, entry: &Entry, limit: usize) -> Vec<Suggestion> {
        if entry.text.is_empty() {
            return Vec::new();
        }
        let mut suggestions = self.of_same_cause(entry, limit);
        if suggestions.len() < limit {
            suggestions.extend(self.alike(entry, limit - suggestions.len()));
        }
        suggestions
    }

    fn of_same_cause(&self, entry: &Entry, limit: usize) -> Vec<Suggestion> {
        let ids = self.by_cause.get(&entry.cause).map(Vec::as_slice);
        ids.unwrap_or_default()
            .iter()
            .filter_map(|&id| self.entries[id as usize].as_ref())
            .filter(|other| other.exact != entry.exact)
            .take(limit)
            .map(|other| Suggestion {
                exact: other.exact,
                reason: Reason::between(entry, other).unwrap_or(Reason::SameCause {
                    same_test: other.is_of_same_test(entry),
                }),
            })
            .collect()
    }

    fn alike(&self, entry: &Entry, limit: usize) -> Vec<Suggestion> {
        let near = self
            .near(entry)
            .into_iter()
            .filter_map(|(_, id)| self.entries[id as usize].as_ref())
            .filter(|other| other.cause != entry.cause && other.exact != entry.exact);
        let mut grams = Grams::of(&entry.text);
        let mut candidates: Vec<(usize, &Entry)> = near
            .map(|other| (grams.distance(&other.text), other))
            .collect();
        candidates.sort_by_key(|(distance, other)| (*distance, other.exact));
        let mut suggestions: Vec<(f64, Suggestion)> = candidates
            .into_iter()
            .take(CANDIDATES)
            .filter_map(|(_, other)| {
                let reason = Reason::alike(entry, other)?;
                let exact = other.exact;
                Some((reason.distance(), Suggestion { exact, reason }))
            })
            .take(limit)
            .collect();
        suggestions.sort_by(|(a, left), (b, right)| {
            a.total_cmp(b).then_with(|| left.exact.cmp(&right.exact))
        });
        suggestions.into_iter().map(|(_, found)| found).collect()
    }

    /// The numbers of what may be alike, with the bits in which the sketches of the templates differ, the nearest ones of them. A
    /// small index is looked through as a whole.
    fn near(&self, entry: &Entry) -> Vec<(u32, u32)> {
        let template = sketch(&entry.text).0;
        let mut near = if self.len() <= COMPARED {
            let mut all = self.templates.all(template);
            all.retain(|(_, id)| self.entries[*id as usize].is_some());
            all
        } else {
            let mut near = self.templates.within(template, TEMPLATE_BITS);
            for (_, id) in self.blocks.within(entry.sketch.0, BLOCK_BITS) {
                near.push((self.templates.bits(id, template), id));
            }
            near
        };
        if near.len() > COUNTED {
            near.select_nth_unstable(COUNTED);
            near.truncate(COUNTED);
        }
        near.sort_unstable();
        near.dedup();
        near
    }
}

fn exact(entries: &[Option<Entry>], id: u32) -> Option<Fingerprint> {
    entries[id as usize].as_ref().map(|entry| entry.exact)
}

impl Reason {
    /// Why two entries belong together, if they do.
    pub(crate) fn between(a: &Entry, b: &Entry) -> Option<Self> {
        if a.exact == b.exact {
            return Some(Self::SameFingerprint);
        }
        if a.text.is_empty() || b.text.is_empty() {
            return None;
        }
        if a.cause == b.cause {
            return Some(Self::SameCause {
                same_test: a.is_of_same_test(b),
            });
        }
        Self::alike(a, b)
    }

    fn alike(a: &Entry, b: &Entry) -> Option<Self> {
        let bits = a.bits(b);
        let both = a.text.len() + b.text.len();
        if b.text.is_empty() {
            return None;
        }
        // Whole numbers: `distance / (both / 2) <= 0.1`.
        let edits = distance_within(a.text.as_bytes(), b.text.as_bytes(), both / 20)?;
        Some(Self::Alike {
            same_test: a.is_of_same_test(b),
            bits,
            distance: share(2 * edits, both),
        })
    }

    fn distance(self) -> f64 {
        match self {
            Self::SameFingerprint | Self::SameCause { .. } => 0.0,
            Self::Alike { distance, .. } => distance,
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "lengths of short texts are far below 2^52"
)]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
