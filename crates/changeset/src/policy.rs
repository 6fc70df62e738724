//! The rules of the WriteGate: a YAML file, read strictly.

mod error;
mod examples;
pub(crate) mod hygiene;
mod load;
mod patterns;
mod raw;
mod rules;
mod settings;
mod words;

use ftc_durable::{Digest, DomainHash};

pub use error::PolicyError;
pub(crate) use patterns::{Patterns, Scope, quote};
pub(crate) use rules::{
    ApprovalRules, Category, EmergencyRules, Exception, ForgeRules, FrequencyLimit, Limit, Limits,
    Rate, RiskRule, Rules, TimeWindows, When, Window,
};
pub use settings::{Durability, ExecutionSettings, LockScope};

/// The name of the policy's file, at the root of a repository. It is read from the base commit.
pub const POLICY_FILE: &str = "ftc-policy.yaml";

/// The rules of the WriteGate, checked and ready for use.
///
/// Two policies are the same when their texts are: the digest is of the text, so that an approval given under one wording is
/// void under another.
#[derive(Debug, Clone)]
pub struct Policy {
    digest: Digest,
    rules: Rules,
}

impl Policy {
    /// Reads a policy and runs its own tests. `origin` is where the text comes from, for messages.
    pub fn parse(text: &str, origin: &str) -> Result<Self, PolicyError> {
        let raw = raw::parse(text, origin)?;
        let examples = raw.tests.clone();
        let policy = Self {
            digest: DomainHash::new("ftc.policy.v1")
                .field(text.as_bytes())
                .finish(),
            rules: load::rules(raw, origin)?,
        };
        examples::run(&policy, &examples, origin)?;
        Ok(policy)
    }

    /// The digest of its text.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// How it wants changes carried out.
    pub fn settings(&self) -> &ExecutionSettings {
        &self.rules.settings
    }

    /// Whether it has a `forge` section. Without one every write to a forge is denied.
    pub fn has_forge_rules(&self) -> bool {
        self.rules.forge.is_some()
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }
}
