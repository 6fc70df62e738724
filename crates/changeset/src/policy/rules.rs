//! A policy's rules, checked.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Weekday;
use serde::Deserialize;

use super::{ExecutionSettings, Patterns};
use crate::{Actor, GateVerdict, OpKind, RiskLevel};

/// Everything that a policy says.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub settings: ExecutionSettings,
    pub allowed: Patterns,
    pub forbidden: Patterns,
    pub read_only: Patterns,
    pub forbidden_operations: BTreeSet<OpKind>,
    pub limits: Limits,
    pub binary: GateVerdict,
    pub mode_change: GateVerdict,
    pub windows_names: GateVerdict,
    pub raises: Vec<RiskRule>,
    pub categories: Vec<Category>,
    pub review_defaults: Vec<Category>,
    pub approvals: BTreeMap<RiskLevel, u32>,
    /// The only commands that health checks may run; `None` leaves it to whoever applies the change.
    pub health_commands: Option<BTreeSet<Vec<String>>>,
    pub health_checks_for: BTreeSet<RiskLevel>,
    pub verification_for: BTreeSet<RiskLevel>,
    pub approval: ApprovalRules,
    pub frequency: Vec<FrequencyLimit>,
    pub windows: Option<TimeWindows>,
    pub emergency: Option<EmergencyRules>,
    pub forge: Option<ForgeRules>,
    pub exceptions: Vec<Exception>,
}

impl Rules {
    /// How many people must approve at `risk`: never fewer than at a lower one.
    pub fn approvals_at(&self, risk: RiskLevel) -> u32 {
        let up_to_risk = self.approvals.range(..=risk);
        up_to_risk.map(|(_, count)| *count).max().unwrap_or(0)
    }

    /// The roles of which an approver at `risk` must have one: those of the nearest risk at or below that names any.
    pub fn roles_at(&self, risk: RiskLevel) -> &[String] {
        let up_to_risk = self.approval.roles.range(..=risk);
        up_to_risk.last().map_or(&[], |(_, roles)| roles)
    }
}

/// A limit of the `constraints` section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) enum Limit {
    #[serde(rename = "max_files_touched")]
    FilesTouched,
    #[serde(rename = "max_patch_lines")]
    PatchLines,
    #[serde(rename = "max_file_bytes")]
    FileBytes,
    #[serde(rename = "max_total_bytes")]
    TotalBytes,
    #[serde(rename = "max_deletes")]
    Deletes,
}

impl Limit {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FilesTouched => "max_files_touched",
            Self::PatchLines => "max_patch_lines",
            Self::FileBytes => "max_file_bytes",
            Self::TotalBytes => "max_total_bytes",
            Self::Deletes => "max_deletes",
        }
    }
}

/// The limits on a change, and how bad it is to pass each.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub files_touched: u64,
    pub patch_lines: u64,
    pub file_bytes: u64,
    pub total_bytes: u64,
    pub deletes: u64,
    pub verdicts: BTreeMap<Limit, GateVerdict>,
    pub other_verdict: GateVerdict,
}

impl Limits {
    pub fn verdict(&self, limit: Limit) -> GateVerdict {
        self.verdicts
            .get(&limit)
            .copied()
            .unwrap_or(self.other_verdict)
    }
}

/// A rule that raises the risk when all of its conditions hold.
#[derive(Debug, Clone)]
pub(crate) struct RiskRule {
    pub id: String,
    pub when: When,
    pub at_least: RiskLevel,
}

/// The conditions of a risk rule. Those that are absent hold.
#[derive(Debug, Clone)]
pub(crate) struct When {
    pub paths: Option<Patterns>,
    pub operations: BTreeSet<OpKind>,
    pub patch_lines_over: Option<u64>,
    pub files_over: Option<u64>,
    pub bytes_over: Option<u64>,
}

/// Paths that a person always has to look at.
#[derive(Debug, Clone)]
pub(crate) struct Category {
    pub id: String,
    pub paths: Patterns,
    pub at_least: Option<RiskLevel>,
}

/// Which approvals count.
#[derive(Debug, Clone)]
pub(crate) struct ApprovalRules {
    pub ttl: Duration,
    pub self_approval: bool,
    pub roles: BTreeMap<RiskLevel, Vec<String>>,
}

/// So many changes in so much time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub max: u64,
    pub per: Duration,
}

/// A rate of changes.
#[derive(Debug, Clone)]
pub(crate) struct FrequencyLimit {
    pub id: String,
    pub rate: Rate,
    pub otherwise: GateVerdict,
}

/// When changes may be made.
#[derive(Debug, Clone)]
pub(crate) struct TimeWindows {
    pub utc_offset_seconds: i32,
    pub allowed: Vec<Window>,
    pub blocked: Vec<Window>,
    pub otherwise: GateVerdict,
}

/// Some hours of some days. When it ends before it begins it runs into the next day.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    pub days: Vec<Weekday>,
    pub from_minute: u16,
    pub to_minute: u16,
}

/// What a declared emergency softens from DENY to `NEED_APPROVAL`.
#[derive(Debug, Clone)]
pub(crate) struct EmergencyRules {
    pub rules: BTreeSet<String>,
    pub roles: Vec<String>,
    pub max_age: Duration,
}

/// Which writes to a forge may be made.
#[derive(Debug, Clone)]
pub(crate) struct ForgeRules {
    pub repositories: Patterns,
    pub operations: BTreeSet<String>,
    pub branches: Patterns,
    pub rate: Option<Rate>,
}

/// A rule that does not hold for some paths for a while.
#[derive(Debug, Clone)]
pub(crate) struct Exception {
    pub rule: String,
    pub paths: Patterns,
    pub until: Timestamp,
    pub reason: String,
    pub approved_by: Actor,
}
