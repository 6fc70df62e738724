//! Pairing what was expected with what was found, for one log.

use std::cmp::Reverse;

use super::name;
use super::prediction::PredictedFailure;
use super::truth::{ExpectedFailure, Truth};

/// Each expected failure with what was found for it, and what was found beyond.
pub(super) struct Matched<'a> {
    pub pairs: Vec<(&'a ExpectedFailure, Option<&'a PredictedFailure>)>,
    /// Named failures that nothing was expected for.
    pub extra_named: Vec<&'a PredictedFailure>,
    /// The same without a name.
    pub extra_nameless: Vec<&'a PredictedFailure>,
}

/// Pairs greedily. Names with more tokens choose first, so that `tests::x` does not take what `deep::tests::x` means; every
/// other prediction of a test that was found is neither right nor wrong.
pub(super) fn match_failures<'a>(truth: &'a Truth, found: &'a [PredictedFailure]) -> Matched<'a> {
    let mut left: Vec<&PredictedFailure> = found.iter().collect();
    let mut pairs = Vec::new();
    let mut named: Vec<&ExpectedFailure> = truth.failures.iter().filter(|f| f.is_named()).collect();
    named.sort_by_key(|failure| Reverse(token_count(failure)));
    for failure in named {
        let hit = find_named(failure, &left);
        if hit.is_some() {
            left.retain(|candidate| !means(candidate, failure));
        }
        pairs.push((failure, hit));
    }
    for failure in truth.failures.iter().filter(|f| !f.is_named()) {
        let at = find_nameless(failure, &left);
        pairs.push((failure, at.map(|at| left.remove(at))));
    }
    let (mut extra_named, mut extra_nameless): (Vec<_>, Vec<_>) =
        left.into_iter().partition(|extra| extra.name().is_some());
    extra_named.retain(|extra| !is_ignored(extra, truth));
    if !truth.fp_scored {
        extra_named.clear();
        extra_nameless.clear();
    }
    Matched {
        pairs,
        extra_named,
        extra_nameless,
    }
}

fn token_count(failure: &ExpectedFailure) -> usize {
    failure.test.as_deref().map_or(0, |t| name::tokens(t).len())
}

/// The prediction with exactly the expected name, else the first that means it.
fn find_named<'a>(
    failure: &ExpectedFailure,
    left: &[&'a PredictedFailure],
) -> Option<&'a PredictedFailure> {
    let expected = failure.test.as_deref().map(name::tokens);
    left.iter()
        .find(|candidate| candidate.name().map(name::tokens) == expected)
        .or_else(|| left.iter().find(|candidate| means(candidate, failure)))
        .copied()
}

fn means(candidate: &PredictedFailure, failure: &ExpectedFailure) -> bool {
    candidate
        .name()
        .is_some_and(|found| failure.names().any(|truth| name::matches(found, truth)))
}

/// The place of the first nameless prediction of an accepted kind, else of the first nameless one.
fn find_nameless(failure: &ExpectedFailure, left: &[&PredictedFailure]) -> Option<usize> {
    let accepted = |candidate: &PredictedFailure| {
        let kind = candidate.kind.as_deref();
        if failure.kind_accept.is_empty() {
            kind == Some(&failure.kind)
        } else {
            failure.kind_accept.iter().any(|k| kind == Some(k))
        }
    };
    left.iter()
        .position(|candidate| candidate.name().is_none() && accepted(candidate))
        .or_else(|| left.iter().position(|candidate| candidate.name().is_none()))
}

fn is_ignored(extra: &PredictedFailure, truth: &Truth) -> bool {
    let found = extra.name().map(name::tokens);
    truth
        .ignore_tests
        .iter()
        .any(|ignored| found.as_ref() == Some(&name::tokens(ignored)))
}
