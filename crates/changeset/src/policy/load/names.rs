//! The ids that a policy gives to its rules.

use std::collections::BTreeSet;

use serde_saphyr::Spanned;

use super::Loader;
use crate::policy::{PolicyError, raw};

/// Rules that find something about single paths, so that an exception can name paths.
const PATH_RULES: [&str; 11] = [
    "allowed_paths",
    "forbidden_paths",
    "read_only_paths",
    "forbidden_operations",
    "max_file_bytes",
    "binary",
    "mode_change",
    "windows_names",
    "judges",
    "runs_by_itself",
    "steers_agents",
];

/// Rules that a declared emergency can soften.
const EMERGENCY_RULES: [&str; 8] = [
    "read_only_paths",
    "forbidden_operations",
    "time_windows",
    "max_files_touched",
    "max_patch_lines",
    "max_file_bytes",
    "max_total_bytes",
    "max_deletes",
];

/// Ids that would be taken for something else in a finding.
const RESERVED: [&str; 7] = [
    "health_commands",
    "max_execution_time",
    "max_step_time",
    "require_health_checks_for_risk",
    "require_verification_for_risk",
    "risk_approvals",
    "emergency_overrides",
];

/// The ids that a policy gives to its rules.
pub(super) struct Names {
    categories: BTreeSet<String>,
    frequency: BTreeSet<String>,
}

impl Names {
    pub fn collect(loader: &Loader<'_>, raw: &raw::Document) -> Result<Self, PolicyError> {
        let categories = raw.executor.always_review_categories.iter();
        let categories: Vec<_> = categories.map(|category| &category.id).collect();
        let frequency: Vec<_> = raw.frequency_limits.iter().map(|limit| &limit.id).collect();
        let risk = raw.executor.risk.rules.iter().map(|rule| &rule.id);
        let mut seen = BTreeSet::new();
        for id in categories.iter().chain(&frequency).copied().chain(risk) {
            require_id(loader, id)?;
            if !seen.insert(&id.value) {
                return Err(loader.error(id, format!("id `{}` is used twice", id.value)));
            }
        }
        Ok(Self {
            categories: owned(&categories),
            frequency: owned(&frequency),
        })
    }

    pub fn can_be_excepted(&self, rule: &str) -> bool {
        PATH_RULES.contains(&rule) || self.categories.contains(rule)
    }

    pub fn can_be_softened(&self, rule: &str) -> bool {
        EMERGENCY_RULES.contains(&rule) || self.frequency.contains(rule)
    }
}

fn owned(ids: &[&Spanned<String>]) -> BTreeSet<String> {
    ids.iter().map(|id| id.value.clone()).collect()
}

fn require_id(loader: &Loader<'_>, id: &Spanned<String>) -> Result<(), PolicyError> {
    let text = id.value.as_str();
    let well_formed = text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte)
        });
    if !well_formed {
        let message = format!(
            "id `{}` is not made of lower-case letters, digits, `-` and `_`, first a letter",
            text.escape_debug()
        );
        return Err(loader.error(id, message));
    }
    let taken = [&PATH_RULES[..], &EMERGENCY_RULES, &RESERVED].concat();
    if taken.contains(&text) {
        return Err(loader.error(id, format!("id `{text}` is the name of a built-in section")));
    }
    Ok(())
}
