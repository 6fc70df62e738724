//! Computes the three keys of a failure.
//!
//! `exact` and `cause` are sha256 over a domain and length-prefixed fields, so that no two different lists of fields
//! give the same input. Runner, platform, package, job and line are columns of a store, never part of a key: the same
//! failure has the same key wherever it runs.

use sha2::{Digest, Sha256};

use crate::keys::{FINGERPRINT_VERSION, Fingerprint, Keys, Sketch};
use crate::kind::Kind;
use crate::normalize::{self, Masks};

/// What the keys of a failure are made from, as a [`Failure`](crate::Failure) or a store holds it: redacted, not normalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The framework's family.
    pub family: &'a str,
    /// Canonical name of the test.
    pub test: Option<&'a str>,
    /// How it failed.
    pub kind: Kind,
    /// The primary message.
    pub message: &'a str,
    /// First function of the project on the stack.
    pub function: Option<&'a str>,
    /// The lines that a person is shown, for the sketch.
    pub excerpt: &'a str,
}

impl Identity<'_> {
    /// Makes the keys by the present rules and a project's masks. A failure that was stored under older rules gets the keys
    /// here that a scan of the same input would give it now.
    pub fn keys(&self, masks: &Masks) -> Keys {
        self.keys_with(&normalize::template(self.message, masks), masks)
    }

    /// The same, where the message has been normalised already.
    pub(crate) fn keys_with(&self, template: &str, masks: &Masks) -> Keys {
        let kind = self.kind.as_str();
        let test = self.test.unwrap_or_default();
        let function = self.function.unwrap_or_default();
        Keys {
            exact: hash("exact", &[self.family, test, kind, template]),
            cause: hash("cause", &[kind, template, function]),
            sketch: sketch(&normalize::rough_template(self.excerpt, masks)),
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
pub(crate) fn sketch(text: &str) -> Sketch {
    // The votes for all 64 bits at once: place `n` of `counts` holds bit `n` of each of the 64 numbers.
    let mut counts = [0_u64; 32];
    for window in text.as_bytes().windows(4) {
        let mut carry = fnv1a(window);
        for count in &mut counts {
            (*count, carry) = (*count ^ carry, *count & carry);
            if carry == 0 {
                break;
            }
        }
    }
    let windows = text.len().saturating_sub(3) as u64;
    let votes = |bit: usize| {
        let places = counts.iter().enumerate();
        places.fold(0, |votes, (place, count)| {
            votes | (count >> bit & 1) << place
        })
    };
    Sketch((0..64).fold(0, |bits, bit| {
        bits | u64::from(2 * votes(bit) > windows) << bit
    }))
}

/// FNV-1a, 64 bit, with a final mix so that high bits vary for short input (draft-eastlake-fnv-21).
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
