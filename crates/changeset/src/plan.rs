//! What is wanted, and by whom.

mod health;
mod names;
mod risk;

use ftc_durable::{CanonicalError, Digest, DomainHash, canonical_json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::JsonError;

pub use health::{HealthCheck, HealthCheckKind};
pub use names::{Actor, ActorError, PlanId, PlanIdError};
pub use risk::RiskLevel;

/// What a change is for, what it may touch, and how to tell that it worked.
///
/// Everything in it is a claim of its author: the WriteGate may only raise the risk, and judges paths and sizes by the
/// ChangeSet itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ChangePlan {
    /// The version of this format, [`ChangePlan::SCHEMA`].
    pub schema: u32,
    /// Its name, never used for two plans.
    pub id: PlanId,
    /// What is wanted, in words.
    pub intent: String,
    /// Who wants it. Cannot approve it.
    pub author: Actor,
    /// What it starts from.
    pub base: Base,
    /// The paths it may touch, as globs anchored at the root of the repository. Nothing else may be touched.
    #[serde(default)]
    pub scope: Vec<String>,
    /// The author's view of the risk.
    pub risk: RiskLevel,
    /// Checked before and after the change.
    #[serde(default)]
    pub health_checks: Vec<HealthCheck>,
    /// The ids of the gates that must pass on the changed tree.
    #[serde(default)]
    pub verification: Vec<String>,
    /// Why it is done this way, for people. Takes no part in any digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// When it was made. Takes no part in any digest.
    pub created_at: Timestamp,
}

impl ChangePlan {
    /// The version of the format that is written and read.
    pub const SCHEMA: u32 = 1;

    /// A plan of LOW risk with a new id, which may touch nothing yet and names no checks.
    pub fn new(
        intent: impl Into<String>,
        author: Actor,
        base: Base,
        created_at: Timestamp,
    ) -> Self {
        Self {
            schema: Self::SCHEMA,
            id: PlanId::generate(),
            intent: intent.into(),
            author,
            base,
            scope: Vec::new(),
            risk: RiskLevel::Low,
            health_checks: Vec::new(),
            verification: Vec::new(),
            rationale: None,
            created_at,
        }
    }

    /// The digest that a decision binds the plan by: of everything but the rationale and the time.
    ///
    /// Fails if a number in it (the time limit of a health check) is beyond 2^53.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        let bound = Bound {
            schema: self.schema,
            id: &self.id,
            intent: &self.intent,
            author: &self.author,
            base: &self.base,
            scope: &self.scope,
            risk: self.risk,
            health_checks: &self.health_checks,
            verification: &self.verification,
        };
        let json = canonical_json(&bound)?;
        Ok(DomainHash::new("ftc.plan.v1").field(&json).finish())
    }

    /// The plan as JSON for people, with a final newline.
    pub fn to_json(&self) -> String {
        crate::json::to_string(self)
    }

    /// Reads a plan. Unknown fields and duplicate keys are refused.
    pub fn from_json(text: &str) -> Result<Self, JsonError> {
        let plan: Self = crate::json::from_str(text, "ChangePlan")?;
        crate::json::require_schema("ChangePlan", plan.schema, Self::SCHEMA)?;
        Ok(plan)
    }
}

/// What is hashed of a plan.
#[derive(Serialize)]
struct Bound<'a> {
    schema: u32,
    id: &'a PlanId,
    intent: &'a str,
    author: &'a Actor,
    base: &'a Base,
    scope: &'a [String],
    risk: RiskLevel,
    health_checks: &'a [HealthCheck],
    verification: &'a [String],
}

/// What a change starts from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Base {
    /// The repository, by whatever name the flow knows it.
    pub repository: String,
    /// The base commit in hex, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The worktree that the change is made for, where it is made for one alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worktree: Option<String>,
}

impl Base {
    /// A repository without a commit.
    pub fn new(repository: impl Into<String>) -> Self {
        Self {
            repository: repository.into(),
            commit: None,
            worktree: None,
        }
    }

    /// The same at a commit.
    #[must_use]
    pub fn at_commit(self, commit: impl Into<String>) -> Self {
        Self {
            commit: Some(commit.into()),
            ..self
        }
    }

    /// The same for one worktree.
    #[must_use]
    pub fn in_worktree(self, worktree: impl Into<String>) -> Self {
        Self {
            worktree: Some(worktree.into()),
            ..self
        }
    }
}
