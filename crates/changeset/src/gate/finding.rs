//! What the gate finds.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the gate says, from good to bad. The strictest finding decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum GateVerdict {
    /// It may be written.
    Allow,
    /// It may be written once people have approved it.
    NeedApproval,
    /// It may not be written, whoever approves.
    Deny,
}

impl GateVerdict {
    /// The word used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "ALLOW",
            Self::NeedApproval => "NEED_APPROVAL",
            Self::Deny => "DENY",
        }
    }
}

impl fmt::Display for GateVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that the gate found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub verdict: GateVerdict,
    /// The rule: a section of the policy (`forbidden_paths`), a built-in rule with a dot (`op.outside_plan`), or the id that
    /// the policy gives it.
    pub rule_id: String,
    /// The path that it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
    /// What the limit is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// Where the rule stands in the policy, as a JSON pointer; `None` for a built-in rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_pointer: Option<String>,
    /// One sentence for a person.
    pub message: String,
    /// What can be done about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Finding {
    /// Whether the rule is built in, so that no policy can change it.
    pub fn is_built_in(&self) -> bool {
        self.policy_pointer.is_none()
    }

    /// A finding of a built-in rule: always a DENY unless it is changed.
    pub(super) fn built_in(rule_id: &str, message: impl Into<String>) -> Self {
        Self {
            verdict: GateVerdict::Deny,
            rule_id: rule_id.to_owned(),
            path: None,
            observed: None,
            limit: None,
            policy_pointer: None,
            message: message.into(),
            remedy: None,
        }
    }

    /// A finding of a rule of the policy.
    pub(super) fn of_policy(
        verdict: GateVerdict,
        rule_id: &str,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            verdict,
            policy_pointer: Some(pointer.into()),
            ..Self::built_in(rule_id, message)
        }
    }

    pub(super) fn at(self, path: impl Into<String>) -> Self {
        Self {
            path: Some(path.into()),
            ..self
        }
    }

    pub(super) fn observed(self, observed: impl fmt::Display, limit: impl fmt::Display) -> Self {
        Self {
            observed: Some(observed.to_string()),
            limit: Some(limit.to_string()),
            ..self
        }
    }

    pub(super) fn remedy(self, remedy: impl Into<String>) -> Self {
        Self {
            remedy: Some(remedy.into()),
            ..self
        }
    }
}
