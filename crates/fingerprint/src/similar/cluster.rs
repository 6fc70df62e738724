//! Groups failures for a person to read.

use std::collections::HashMap;

use super::entry::{Entry, Reason};
use super::index::Index;
use crate::keys::Fingerprint;

/// Failures that may have one cause.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Cluster {
    /// Its members in the order given; the first one is what the others are compared with.
    pub members: Vec<Member>,
}

/// One failure of a cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Member {
    /// Its place in what was given.
    pub index: usize,
    /// Why it is in the cluster of the first member; `None` for that one itself.
    pub reason: Option<Reason>,
}

/// Puts failures that may have one cause together, the largest group first, groups of one size in the order given. Every failure is in
/// exactly one group, most of them alone in theirs.
///
/// Each member is compared with the first one of its group only, so that a chain of small differences does not join what has
/// nothing in common at its ends.
pub fn cluster(entries: &[Entry]) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut leaders = Index::new();
    let mut by_exact: HashMap<Fingerprint, usize> = HashMap::new();
    let mut by_cause: HashMap<Fingerprint, usize> = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let known = by_exact
            .get(&entry.exact)
            .or_else(|| by_cause.get(&entry.cause));
        let place = known.copied().or_else(|| {
            let best = leaders.query(entry, 1).pop()?;
            by_exact.get(&best.exact).copied()
        });
        let place = place.unwrap_or_else(|| {
            leaders.insert(entry.clone());
            clusters.push(Cluster {
                members: Vec::new(),
            });
            clusters.len() - 1
        });
        by_exact.insert(entry.exact, place);
        if !entry.text.is_empty() {
            by_cause.entry(entry.cause).or_insert(place);
        }
        let members = &mut clusters[place].members;
        let reason = members.first().map(|leader| {
            // One that is too far from the first member is here for the cause of another one.
            Reason::between(&entries[leader.index], entry).unwrap_or(Reason::SameCause {
                same_test: entries[leader.index].is_of_same_test(entry),
            })
        });
        members.push(Member { index, reason });
    }
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.members.len()));
    clusters
}
