//! Fingerprints, compared in pairs.

use std::collections::{BTreeMap, BTreeSet};

use super::counts::{PairCounts, Table};
use super::detail::Detail;
use super::truth::{ExpectedFailure, Truth};

/// A failure whose fingerprint is compared: it has a group.
pub(super) struct Fingerprinted<'a> {
    pub truth: &'a Truth,
    pub failure: &'a ExpectedFailure,
    pub group: &'a str,
    /// `None` when the failure was not found: it then equals no other.
    pub fingerprint: Option<&'a str>,
}

impl Fingerprinted<'_> {
    /// Whether two failures that must differ are easily confused.
    fn resembles(&self, other: &Self) -> bool {
        let family = self.failure.family.as_deref().filter(|f| !f.is_empty());
        self.failure.test == other.failure.test
            || (family.is_some() && family == other.failure.family.as_deref())
    }
}

/// Compares all pairs within one family of frameworks.
pub(super) fn count_pairs(failures: &[Fingerprinted<'_>]) -> Table<PairCounts> {
    let mut table = Table::<PairCounts>::default();
    for (at, one) in failures.iter().enumerate() {
        for other in &failures[at + 1..] {
            if one.truth.family() == other.truth.family() {
                table.update(one.truth.family(), |counts| count(counts, one, other));
            }
        }
    }
    table
}

fn count(counts: &mut PairCounts, one: &Fingerprinted<'_>, other: &Fingerprinted<'_>) {
    let same = one.group == other.group;
    let joined = one.fingerprint.is_some() && one.fingerprint == other.fingerprint;
    let hard = !same && one.resembles(other);
    let cross = same && one.truth.is_wrapped() != other.truth.is_wrapped();
    counts.counts.tp += u64::from(same && joined);
    counts.counts.fp += u64::from(!same && joined);
    counts.counts.r#fn += u64::from(same && !joined);
    counts.hard += u64::from(hard);
    counts.hard_joined += u64::from(hard && joined);
    counts.cross += u64::from(cross);
    counts.cross_joined += u64::from(cross && joined);
}

/// Names the groups that were torn apart, and those that were thrown together.
pub(super) fn describe(failures: &[Fingerprinted<'_>]) -> Vec<Detail> {
    let mut by_group: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let mut by_fingerprint: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for failure in failures {
        let family = failure.truth.family();
        by_group
            .entry((family, failure.group))
            .or_default()
            .insert(failure.fingerprint);
        if let Some(fingerprint) = failure.fingerprint {
            by_fingerprint
                .entry((family, fingerprint))
                .or_default()
                .insert(failure.group);
        }
    }
    let owned = |text: &str| text.to_owned();
    let split = by_group
        .into_iter()
        .filter(|(_, fingerprints)| fingerprints.len() > 1)
        .map(|((_, group), fingerprints)| Detail::Split {
            group: group.to_owned(),
            fingerprints: fingerprints.into_iter().map(|f| f.map(owned)).collect(),
        });
    let joined = by_fingerprint
        .into_iter()
        .filter(|(_, groups)| groups.len() > 1)
        .map(|((_, fingerprint), groups)| Detail::Joined {
            fingerprint: fingerprint.to_owned(),
            groups: groups.into_iter().map(owned).collect(),
        });
    split.chain(joined).collect()
}
