//! Several mentions of one failure become one: inline, in the list at the end, in the summary, by two reporters.

use std::collections::HashMap;

use crate::findings::{Finding, Standing};
use crate::kind::Kind;
use crate::normalize::{self, Masks};

/// Merges mentions, keeping the order of first appearance.
pub(crate) fn merge(findings: Vec<Finding>, masks: &Masks) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    let mut places: HashMap<(&'static str, String), Vec<usize>> = HashMap::new();
    for finding in findings {
        let key = (finding.framework.family, identity_of(&finding, masks));
        let candidates = places.entry(key).or_default();
        let same = candidates
            .iter()
            .copied()
            .find(|&at| is_same_suite(&merged[at], &finding));
        if let Some(at) = same {
            absorb(&mut merged[at], finding);
        } else {
            candidates.push(merged.len());
            merged.push(finding);
        }
    }
    merged
}

/// A test is one failure whatever is said of it; without a test the message tells failures apart.
fn identity_of(finding: &Finding, masks: &Masks) -> String {
    match &finding.test {
        Some(test) => test.clone(),
        None => format!(
            "\0{}\0{}",
            finding.kind,
            normalize::template(&finding.message, masks)
        ),
    }
}

/// Reporters name a package in full or by its last parts, or not at all.
fn is_same_suite(known: &Finding, new: &Finding) -> bool {
    match (&known.suite, &new.suite) {
        (Some(known), Some(new)) => {
            let (long, short) = if known.len() >= new.len() {
                (known, new)
            } else {
                (new, known)
            };
            long == short
                || long
                    .strip_suffix(short.as_str())
                    .is_some_and(|rest| rest.ends_with('/'))
        }
        _ => true,
    }
}

fn absorb(known: &mut Finding, new: Finding) {
    if severity(new.kind) > severity(known.kind) {
        known.kind = new.kind;
        if !new.message.trim().is_empty() {
            known.message.clone_from(&new.message);
        }
        known.detail = new.detail.clone().or(known.detail.take());
    } else if known.message.trim().is_empty() {
        known.message.clone_from(&new.message);
    }
    known.detail = known.detail.take().or(new.detail);
    known.suite = known.suite.take().or(new.suite);
    known.function = known.function.take().or(new.function);
    known.attempts = known.attempts.max(new.attempts);
    known.passed_on_retry &= new.passed_on_retry;
    if new.standing == Standing::Own {
        known.standing = Standing::Own;
    }
    if known.block.lines.len() < 2 && new.block.lines.len() > known.block.lines.len() {
        let old = std::mem::replace(&mut known.block, new.block);
        if let Some(span) = old.span {
            known.block.widen(span);
        }
    } else if let Some(span) = new.block.span {
        known.block.widen(span);
    }
}

/// Which of two kinds said of one failure tells more: a race explains the failed assertion, not the other way round.
fn severity(kind: Kind) -> u8 {
    match kind {
        Kind::Race => 6,
        Kind::Timeout => 5,
        Kind::Crash => 4,
        Kind::Build => 3,
        Kind::Panic => 2,
        Kind::Assertion => 1,
        Kind::Infra => 0,
    }
}
