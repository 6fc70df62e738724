//! Computes the three keys of a failure.
//!
//! `exact` and `cause` are sha256 over a domain and length-prefixed fields, so that no two different lists of fields
//! give the same input. Runner, platform, package, job and line are columns of a store, never part of a key: the same
//! failure has the same key wherever it runs.

use sha2::{Digest, Sha256};

use crate::keys::{FINGERPRINT_VERSION, Fingerprint, Keys, Sketch};
use crate::kind::Kind;

/// What identity is made from; all text is redacted and normalised already, except the test's name.
pub(crate) struct Identity<'a> {
    pub(crate) family: &'a str,
    pub(crate) test: Option<&'a str>,
    pub(crate) kind: Kind,
    pub(crate) template: &'a str,
    pub(crate) function: Option<&'a str>,
}

impl Identity<'_> {
    pub(crate) fn keys(&self, block: &str) -> Keys {
        let kind = self.kind.as_str();
        let test = self.test.unwrap_or_default();
        let function = self.function.unwrap_or_default();
        Keys {
            exact: hash("exact", &[self.family, test, kind, self.template]),
            cause: hash("cause", &[kind, self.template, function]),
            sketch: sketch(block),
        }
    }
}

fn hash(key: &str, fields: &[&str]) -> Fingerprint {
    let mut hasher = Sha256::new();
    let domain = ["ftc.fingerprint", FINGERPRINT_VERSION, key];
    for field in domain.iter().chain(fields) {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    Fingerprint(hasher.finalize().into())
}

/// `SimHash` over the four-character windows of `text`: each window votes on each of 64 bits (Charikar, "Similarity
/// estimation techniques from rounding algorithms", STOC 2002).
fn sketch(text: &str) -> Sketch {
    let mut votes = [0_i32; 64];
    for window in text.as_bytes().windows(4) {
        let hash = fnv1a(window);
        for (bit, vote) in votes.iter_mut().enumerate() {
            *vote += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    Sketch(
        votes
            .iter()
            .enumerate()
            .fold(0, |bits, (bit, &vote)| bits | u64::from(vote > 0) << bit),
    )
}

/// FNV-1a, 64 bit, with a final mix so that high bits vary for short input (draft-eastlake-fnv-21).
fn fnv1a(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
