//! From what is written to rules.

mod executor;
mod names;
mod sections;

use std::collections::{BTreeMap, BTreeSet};

use serde_saphyr::Spanned;

use super::{Category, Patterns, PolicyError, Rules, Scope, hygiene, raw};
use crate::{GateVerdict, RiskLevel};

/// The version of the format that is read.
const VERSION: u32 = 1;

/// Makes rules of what is written, filling in what is not.
pub(super) fn rules(raw: raw::Document, origin: &str) -> Result<Rules, PolicyError> {
    let loader = Loader { origin };
    if raw.version.value != VERSION {
        let message = format!(
            "version {} is not read by this program, which reads version {VERSION}",
            raw.version.value
        );
        return Err(loader.error(&raw.version, message));
    }
    let names = names::Names::collect(&loader, &raw)?;
    let executor = raw.executor;
    Ok(Rules {
        settings: loader.settings(&executor)?,
        limits: loader.limits(&executor)?,
        allowed: loader.patterns(&executor.allowed_paths, Scope::Exact)?,
        forbidden: loader.patterns(&executor.forbidden_paths, Scope::Covering)?,
        read_only: loader.patterns(&raw.read_only_paths, Scope::Covering)?,
        forbidden_operations: raw.forbidden_operations.into_iter().collect(),
        binary: verdict(executor.constraints.binary, GateVerdict::NeedApproval),
        mode_change: verdict(executor.constraints.mode_change, GateVerdict::NeedApproval),
        windows_names: verdict(executor.constraints.windows_names, GateVerdict::Deny),
        raises: loader.risk_rules(&executor.risk.rules)?,
        categories: loader.categories(&executor.always_review_categories)?,
        review_defaults: review_defaults(executor.review_defaults.unwrap_or(true)),
        approvals: executor.risk.approvals.unwrap_or_else(default_approvals),
        health_commands: loader.health_commands(executor.health_commands.as_deref())?,
        health_checks_for: levels(
            executor.require_health_checks_for_risk,
            &RiskLevel::ALL[1..],
        ),
        verification_for: levels(executor.require_verification_for_risk, &RiskLevel::ALL),
        approval: loader.approval(&executor.approval)?,
        frequency: loader.frequency(&raw.frequency_limits)?,
        windows: loader.windows(raw.time_windows.as_ref())?,
        emergency: loader.emergency(raw.emergency_overrides.as_ref(), &names)?,
        forge: loader.forge(raw.forge.as_ref())?,
        exceptions: loader.exceptions(&raw.exceptions, &names)?,
    })
}

fn verdict(written: Option<super::words::Severity>, default: GateVerdict) -> GateVerdict {
    written.map_or(default, GateVerdict::from)
}

fn levels(written: Option<Vec<RiskLevel>>, default: &[RiskLevel]) -> BTreeSet<RiskLevel> {
    written
        .unwrap_or_else(|| default.to_vec())
        .into_iter()
        .collect()
}

fn default_approvals() -> BTreeMap<RiskLevel, u32> {
    BTreeMap::from([(RiskLevel::High, 1), (RiskLevel::Critical, 2)])
}

/// What a person looks at unless the policy says `review_defaults: false`: files that run code by themselves, that steer
/// agents, or that judge changes.
fn review_defaults(wanted: bool) -> Vec<Category> {
    if !wanted {
        return Vec::new();
    }
    let category = |id: &str, at_least, patterns: &[&str]| Category {
        id: id.to_owned(),
        paths: Patterns::new(patterns.iter().copied(), Scope::Covering)
            .expect("our own patterns are well formed"),
        at_least: Some(at_least),
    };
    vec![
        category(
            "judges",
            RiskLevel::High,
            &[super::POLICY_FILE, "gates.yaml", "ftc.toml"],
        ),
        category(
            "runs_by_itself",
            RiskLevel::Medium,
            &[
                ".gitattributes",
                ".gitmodules",
                ".github/**",
                ".githooks/**",
                ".husky/**",
                ".cargo/**",
                "build.rs",
                ".envrc",
            ],
        ),
        category(
            "steers_agents",
            RiskLevel::Medium,
            &[
                ".mcp.json",
                "AGENTS.md",
                "CLAUDE.md",
                ".claude/**",
                ".codex/**",
            ],
        ),
    ]
}

/// Knows where the text comes from.
struct Loader<'a> {
    origin: &'a str,
}

impl Loader<'_> {
    fn error<T>(&self, place: &Spanned<T>, message: impl Into<String>) -> PolicyError {
        PolicyError::at(place, self.origin, message)
    }

    fn patterns(&self, written: &raw::Patterns, scope: Scope) -> Result<Patterns, PolicyError> {
        for pattern in written {
            self.require_good(pattern, scope)?;
        }
        let texts = written.iter().map(|pattern| pattern.value.as_str());
        Patterns::new(texts, scope).map_err(|error| {
            // Each pattern compiles alone, so this is about all of them: too many.
            PolicyError {
                origin: self.origin.to_owned(),
                line: 1,
                column: 1,
                message: format!("the patterns do not compile together: {error}"),
                hint: None,
            }
        })
    }

    fn require_good(&self, pattern: &Spanned<String>, scope: Scope) -> Result<(), PolicyError> {
        if let Some((message, hint)) = hygiene::problem_of(&pattern.value, scope) {
            return Err(PolicyError {
                hint,
                ..self.error(pattern, message)
            });
        }
        match Patterns::new([pattern.value.as_str()], scope) {
            Ok(_) => Ok(()),
            Err(error) => {
                let message = format!("pattern `{}`: {}", pattern.value, error.kind());
                Err(self.error(pattern, message))
            }
        }
    }
}
