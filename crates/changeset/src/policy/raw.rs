//! The policy's file as it is written. What is missing has a default in `load`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::{MergeKeyPolicy, Spanned};

use super::PolicyError;
use super::words::{ClockTime, Day, Instant, OnLimit, Severity, Size, Span, UtcOffset};
use crate::{Actor, Durability, GateVerdict, LockScope, OpKind, RiskLevel};

/// Reads the shape. Unknown fields, duplicate keys, merge keys and further documents are errors.
pub(super) fn parse(text: &str, origin: &str) -> Result<Document, PolicyError> {
    let options = serde_saphyr::options! { merge_keys: MergeKeyPolicy::Error };
    serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| PolicyError::from_yaml(&error, origin))
}

pub(super) type Patterns = Vec<Spanned<String>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub version: Spanned<u32>,
    #[serde(default)]
    pub executor: Executor,
    #[serde(default)]
    pub read_only_paths: Patterns,
    #[serde(default)]
    pub forbidden_operations: Vec<OpKind>,
    #[serde(default)]
    pub frequency_limits: Vec<Frequency>,
    pub time_windows: Option<Spanned<Windows>>,
    pub emergency_overrides: Option<Spanned<Emergency>>,
    pub forge: Option<Forge>,
    #[serde(default)]
    pub exceptions: Vec<Spanned<Exception>>,
    #[serde(default)]
    pub tests: Vec<Spanned<Example>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Executor {
    #[serde(default)]
    pub allowed_paths: Patterns,
    #[serde(default)]
    pub forbidden_paths: Patterns,
    #[serde(default)]
    pub constraints: Constraints,
    pub on_limit: Option<Spanned<OnLimit>>,
    #[serde(default)]
    pub risk: Risk,
    #[serde(default)]
    pub always_review_categories: Vec<Category>,
    pub review_defaults: Option<bool>,
    pub health_commands: Option<Vec<Spanned<Vec<String>>>>,
    pub require_health_checks_for_risk: Option<Vec<RiskLevel>>,
    pub require_verification_for_risk: Option<Vec<RiskLevel>>,
    #[serde(default)]
    pub approval: Approval,
    #[serde(default)]
    pub concurrency: Concurrency,
    #[serde(default)]
    pub idempotency: Idempotency,
    #[serde(default)]
    pub durability: DurabilitySection,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Constraints {
    pub max_files_touched: Option<u64>,
    pub max_patch_lines: Option<u64>,
    pub max_file_bytes: Option<Size>,
    pub max_total_bytes: Option<Size>,
    pub max_deletes: Option<u64>,
    pub max_execution_time: Option<Span>,
    pub max_step_time: Option<Span>,
    pub binary: Option<Severity>,
    pub mode_change: Option<Severity>,
    pub windows_names: Option<Severity>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Risk {
    #[serde(default)]
    pub rules: Vec<RiskRule>,
    pub approvals: Option<BTreeMap<RiskLevel, u32>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RiskRule {
    pub id: Spanned<String>,
    pub when: Spanned<When>,
    pub at_least: RiskLevel,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct When {
    #[serde(default)]
    pub paths: Patterns,
    #[serde(default)]
    pub operations: Vec<OpKind>,
    pub patch_lines_over: Option<u64>,
    pub files_over: Option<u64>,
    pub bytes_over: Option<Size>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Category {
    pub id: Spanned<String>,
    pub paths: Patterns,
    pub at_least: Option<RiskLevel>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    pub ttl: Option<Span>,
    pub single_use: Option<Spanned<bool>>,
    #[serde(rename = "self_approval")]
    pub by_author: Option<bool>,
    #[serde(default)]
    pub roles: BTreeMap<RiskLevel, Vec<Spanned<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Concurrency {
    pub enabled: Option<Spanned<bool>>,
    pub lock_scope: Option<LockScope>,
    pub lock_timeout: Option<Span>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Idempotency {
    pub enabled: Option<Spanned<bool>>,
    pub cached_result_ttl: Option<Span>,
    pub plan_reuse: Option<Spanned<Severity>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DurabilitySection {
    pub mode: Option<Durability>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Frequency {
    pub id: Spanned<String>,
    pub max: u64,
    pub per: Span,
    pub otherwise: Option<Spanned<Severity>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Windows {
    pub utc_offset: Option<UtcOffset>,
    #[serde(default)]
    pub allowed: Vec<Spanned<Window>>,
    #[serde(default)]
    pub blocked: Vec<Spanned<Window>>,
    pub otherwise: Option<Spanned<Severity>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Window {
    pub days: Option<Vec<Day>>,
    pub from: Option<ClockTime>,
    pub to: Option<ClockTime>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Emergency {
    pub rules: Vec<Spanned<String>>,
    #[serde(default)]
    pub roles: Vec<Spanned<String>>,
    pub max_age: Option<Span>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Forge {
    #[serde(default)]
    pub repositories: Patterns,
    #[serde(default)]
    pub operations: Vec<Spanned<String>>,
    #[serde(default)]
    pub branches: Patterns,
    pub rate: Option<Rate>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rate {
    pub max: u64,
    pub per: Span,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exception {
    pub rule: Spanned<String>,
    pub paths: Patterns,
    pub reason: Spanned<String>,
    pub until: Instant,
    pub approved_by: Actor,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Example {
    pub name: String,
    pub touch: Vec<String>,
    pub operation: Option<OpKind>,
    pub patch_lines: Option<u32>,
    pub risk: Option<RiskLevel>,
    pub at: Option<Instant>,
    #[serde(default = "yes")]
    pub health_checks: bool,
    #[serde(default = "yes")]
    pub verification: bool,
    pub expect: GateVerdict,
    pub rule: Option<String>,
    pub expect_risk: Option<RiskLevel>,
}

fn yes() -> bool {
    true
}
