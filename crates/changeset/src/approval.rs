//! A person's consent.

use ftc_durable::{CanonicalError, Digest, DomainHash, canonical_json};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::{Actor, Base, Checksum, Decision};

/// A person's consent to one ChangeSet as it was judged.
///
/// It is bound to the checksum, the policy, the base and what the gate said; when one of them changes, it is void. That it is
/// used only once is the executor's business.
///
/// It can be written as JSON for the record but not read back: a file that an agent could have written is never an approval.
/// A flow makes it anew, each time, of what the forge or the person says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Approval {
    /// Its name: `appr_` and a UUIDv7 in hex, unless the flow sets another. Each name is used for one execution; a flow that
    /// makes an approval anew of the same signal gives it the same name.
    pub id: String,
    /// What is approved.
    pub checksum: Checksum,
    /// The policy that judged it.
    pub policy_digest: Digest,
    /// What it starts from.
    pub base: Base,
    /// What the gate said, see [`Decision::digest`].
    pub decision_digest: Digest,
    /// Who approves.
    pub approver: Actor,
    /// The roles that the proof shows the approver to have.
    pub roles: Vec<String>,
    /// What shows that it was the approver.
    pub proof: ApprovalProof,
    /// When it was given.
    pub granted_at: Timestamp,
    /// When it ends; the policy may end it sooner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl Approval {
    /// The consent of `approver` to what `decision` was made on, with a new id, no role and no end of its own.
    pub fn new(
        decision: &Decision,
        approver: Actor,
        proof: ApprovalProof,
        granted_at: Timestamp,
    ) -> Self {
        Self {
            id: format!("appr_{}", Uuid::now_v7().simple()),
            checksum: decision.checksum,
            policy_digest: decision.policy_digest,
            base: decision.base.clone(),
            decision_digest: decision.digest(),
            approver,
            roles: Vec::new(),
            proof,
            granted_at,
            expires_at: None,
        }
    }

    /// The digest of all of it, by which a used approval is recorded.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        let json = canonical_json(self)?;
        Ok(DomainHash::new("ftc.approval.v1").field(&json).finish())
    }
}

/// What shows that an approval comes from the person it names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ApprovalProof {
    /// A person answered at a terminal, or gave their word on their own command line. Counts up to MEDIUM.
    Terminal,
    /// The forge's interface said so, and that the person has the permission. Counts always.
    Forge {
        /// Where it can be looked up: an address or a path.
        reference: String,
    },
    /// A verified signature. Counts always. Whoever makes this value has verified it.
    Signed {
        /// The key, by fingerprint.
        key: String,
    },
    /// Anything else, such as a file that an agent could have written. Recorded, but never counts.
    Unauthenticated,
}

impl ApprovalProof {
    /// Whether it is proof enough from HIGH risk up.
    pub fn is_proved(&self) -> bool {
        matches!(self, Self::Forge { .. } | Self::Signed { .. })
    }
}
