//! What the flow remembers of one failure beside its state: the lifecycle's memo, JSON in the store.
//!
//! Version 1. Unknown fields are refused: a memo that a newer program wrote is not for this one to go on with.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::rate::Rate;

const VERSION: u32 = 1;

/// What is kept of the reason of the last failed attempt; comments and prompts show no more either.
pub(crate) const REASON_BYTES: usize = 8 * 1024;
/// What is kept of those before it.
const EARLIER_REASON_BYTES: usize = 256;
/// What is kept of one wish.
const WISH_BYTES: usize = 8 * 1024;
/// Wishes of one round. What is left over is asked for again by whoever misses it.
const MOST_WISHES: usize = 12;

/// What is remembered of one failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Memo {
    version: u32,
    /// The failures measured so far, at the commit with the most runs.
    pub rate: Option<Rate>,
    /// What of it the issue says.
    pub published: Option<Rate>,
    /// Who allowed a fix, and how.
    pub approval: Option<GivenApproval>,
    /// The attempts at a fix that did not succeed, oldest first.
    #[serde(default)]
    pub failed_attempts: Vec<FailedAttempt>,
    /// The change that is proposed.
    pub fix: Option<Fix>,
    /// How many rounds of review were answered.
    #[serde(default)]
    pub review_rounds: u32,
    /// The reviews and failed checks up to here were answered.
    pub reviewed_until: Option<Timestamp>,
    /// What reviewers asked for and was not answered yet.
    pub feedback: Option<Feedback>,
}

/// A person allowed a fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct GivenApproval {
    /// Whose word it is.
    pub by: String,
    /// How it was given: by a label, a comment or an approval.
    pub how: String,
    /// When.
    pub at: Timestamp,
}

/// An attempt that did not lead to a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// When it ended.
    pub at: Timestamp,
    /// In which step.
    pub stage: String,
    /// Why, for a person.
    pub reason: String,
}

/// A change that passed everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Fix {
    /// The branch that proposes it.
    pub branch: String,
    /// Its commit.
    pub commit: String,
    /// The commit that it was made on.
    pub parent: String,
    /// The tree that the gates judged and the proof ran on.
    pub tree: String,
    /// The checksum of its ChangeSet.
    pub checksum: String,
    /// How many times the test passed in a row.
    pub proof_runs: u64,
}

/// What reviewers and checks asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Feedback {
    /// The newest of it.
    pub until: Timestamp,
    /// Each wish: who, and what.
    pub wishes: Vec<Wish>,
}

/// One wish of a reviewer, or one failed check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Wish {
    /// Who wishes it.
    pub by: String,
    /// What they wrote.
    pub text: String,
}

impl Feedback {
    /// What was asked for, as much of it as an agent is told.
    pub(crate) fn new(until: Timestamp, wishes: Vec<Wish>) -> Self {
        let wishes = wishes.into_iter().take(MOST_WISHES).map(|wish| Wish {
            by: shorten(&wish.by, EARLIER_REASON_BYTES),
            text: shorten(&wish.text, WISH_BYTES),
        });
        Self {
            until,
            wishes: wishes.collect(),
        }
    }
}

fn shorten(text: &str, max_bytes: usize) -> String {
    ftc_redact::clean(text, max_bytes).into_owned()
}

/// The memo of a lifecycle cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("failed to read what was remembered of the failure `{fingerprint}`")]
pub struct MemoError {
    /// Whose memo it is.
    pub fingerprint: String,
    /// What is wrong with it.
    pub source: serde_json::Error,
}

impl MemoError {
    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        vec![
            "was the store written by a newer version of this program? Then update this one"
                .to_owned(),
        ]
    }
}

impl Default for Memo {
    fn default() -> Self {
        Self::new()
    }
}

impl Memo {
    pub(crate) fn new() -> Self {
        Self {
            version: VERSION,
            rate: None,
            published: None,
            approval: None,
            failed_attempts: Vec::new(),
            fix: None,
            review_rounds: 0,
            reviewed_until: None,
            feedback: None,
        }
    }

    /// Reads the memo of the failure `fingerprint`. An empty object is a memo with nothing in it, as a lifecycle begins.
    pub fn parse(text: &str, fingerprint: &str) -> Result<Self, MemoError> {
        if matches!(text, "" | "{}") {
            return Ok(Self::new());
        }
        let wrong = |source| MemoError {
            fingerprint: fingerprint.to_owned(),
            source,
        };
        let memo: Self = serde_json::from_str(text).map_err(wrong)?;
        if memo.version == VERSION {
            return Ok(memo);
        }
        let words = format!("version {} is not version {VERSION}", memo.version);
        Err(wrong(serde::de::Error::custom(words)))
    }

    /// Remembers an attempt that failed, so that the memo stays small: an agent may write any number of files and so be
    /// refused with any number of findings, and people may let it try any number of times.
    pub(crate) fn add_failed_attempt(&mut self, at: Timestamp, stage: String, reason: &str) {
        for earlier in &mut self.failed_attempts {
            earlier.reason = shorten(&earlier.reason, EARLIER_REASON_BYTES);
        }
        self.failed_attempts.push(FailedAttempt {
            at,
            stage,
            reason: shorten(reason, REASON_BYTES),
        });
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a memo has only text, numbers and lists")
    }
}
