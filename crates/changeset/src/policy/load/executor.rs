//! The `executor` section.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_saphyr::Spanned;

use super::Loader;
use crate::policy::words::{OnLimit, Severity, Size, Span};
use crate::policy::{
    ApprovalRules, Category, ExecutionSettings, Limit, Limits, PolicyError, RiskRule, Scope, When,
    raw,
};
use crate::{Durability, GateVerdict, LockScope};

const MIB: u64 = 1 << 20;

impl Loader<'_> {
    pub(super) fn settings(&self, raw: &raw::Executor) -> Result<ExecutionSettings, PolicyError> {
        let always_on = [
            (&raw.concurrency.enabled, "executions are always locked"),
            (
                &raw.idempotency.enabled,
                "a plan is never carried out twice",
            ),
            (
                &raw.approval.single_use,
                "an approval is only ever used once",
            ),
        ];
        for (written, words) in always_on {
            if let Some(switch) = written.as_ref().filter(|switch| !switch.value) {
                return Err(self.error(switch, format!("this cannot be switched off: {words}")));
            }
        }
        if let Some(reuse) = &raw.idempotency.plan_reuse
            && reuse.value != Severity::Deny
        {
            let message = "`plan_reuse` can only be `deny`: a plan has one ChangeSet";
            return Err(self.error(reuse, message));
        }
        Ok(ExecutionSettings {
            max_execution_time: span(raw.constraints.max_execution_time, 300),
            max_step_time: span(raw.constraints.max_step_time, 60),
            lock_scope: raw.concurrency.lock_scope.unwrap_or(LockScope::Repository),
            lock_timeout: span(raw.concurrency.lock_timeout, 600),
            cached_result_ttl: span(raw.idempotency.cached_result_ttl, 3_600),
            durability: raw.durability.mode.unwrap_or(Durability::Auto),
        })
    }

    pub(super) fn limits(&self, raw: &raw::Executor) -> Result<Limits, PolicyError> {
        let (other_verdict, verdicts) = match &raw.on_limit {
            None => (GateVerdict::Deny, BTreeMap::new()),
            Some(written) => self.on_limit(written)?,
        };
        let constraints = &raw.constraints;
        Ok(Limits {
            files_touched: constraints.max_files_touched.unwrap_or(50),
            patch_lines: constraints.max_patch_lines.unwrap_or(5_000),
            file_bytes: constraints.max_file_bytes.map_or(MIB, |Size(size)| size),
            total_bytes: constraints
                .max_total_bytes
                .map_or(16 * MIB, |Size(size)| size),
            deletes: constraints.max_deletes.unwrap_or(10),
            verdicts,
            other_verdict,
        })
    }

    fn on_limit(
        &self,
        written: &Spanned<OnLimit>,
    ) -> Result<(GateVerdict, BTreeMap<Limit, GateVerdict>), PolicyError> {
        let (all, each) = match &written.value {
            OnLimit::All(severity) => (*severity, BTreeMap::new()),
            OnLimit::Each(each) => (Severity::Deny, each.clone()),
        };
        if all == Severity::Allow || each.values().any(|severity| *severity == Severity::Allow) {
            let message = "a limit that is passed can be `deny` or `need_approval`, not `allow`";
            return Err(self
                .error(written, message)
                .with_hint("raise the limit instead"));
        }
        let each = each.into_iter();
        Ok((
            all.into(),
            each.map(|(limit, severity)| (limit, severity.into()))
                .collect(),
        ))
    }

    pub(super) fn risk_rules(&self, raw: &[raw::RiskRule]) -> Result<Vec<RiskRule>, PolicyError> {
        raw.iter().map(|rule| self.risk_rule(rule)).collect()
    }

    fn risk_rule(&self, raw: &raw::RiskRule) -> Result<RiskRule, PolicyError> {
        let when = &raw.when.value;
        let is_empty = when.paths.is_empty()
            && when.operations.is_empty()
            && when.patch_lines_over.is_none()
            && when.files_over.is_none()
            && when.bytes_over.is_none();
        if is_empty {
            let message = format!("rule `{}` has no condition", raw.id.value);
            return Err(self.error(&raw.when, message));
        }
        let paths = self.patterns(&when.paths, Scope::Covering)?;
        Ok(RiskRule {
            id: raw.id.value.clone(),
            when: When {
                paths: Some(paths).filter(|paths| !paths.is_empty()),
                operations: when.operations.iter().copied().collect(),
                patch_lines_over: when.patch_lines_over,
                files_over: when.files_over,
                bytes_over: when.bytes_over.map(|Size(size)| size),
            },
            at_least: raw.at_least,
        })
    }

    pub(super) fn categories(&self, raw: &[raw::Category]) -> Result<Vec<Category>, PolicyError> {
        raw.iter()
            .map(|category| {
                if category.paths.is_empty() {
                    let message = format!("category `{}` has no paths", category.id.value);
                    return Err(self.error(&category.id, message));
                }
                Ok(Category {
                    id: category.id.value.clone(),
                    paths: self.patterns(&category.paths, Scope::Covering)?,
                    at_least: category.at_least,
                })
            })
            .collect()
    }

    pub(super) fn health_commands(
        &self,
        raw: Option<&[Spanned<Vec<String>>]>,
    ) -> Result<Option<BTreeSet<Vec<String>>>, PolicyError> {
        let commands = raw.unwrap_or_default();
        let no_program = |argv: &Vec<String>| argv.first().is_none_or(String::is_empty);
        if let Some(command) = commands.iter().find(|command| no_program(&command.value)) {
            return Err(self.error(command, "the command has no program"));
        }
        let commands = commands.iter().map(|command| command.value.clone());
        Ok(raw.is_some().then(|| commands.collect()))
    }

    pub(super) fn approval(&self, raw: &raw::Approval) -> Result<ApprovalRules, PolicyError> {
        let mut roles = BTreeMap::new();
        for (risk, written) in &raw.roles {
            roles.insert(*risk, self.roles(written)?);
        }
        Ok(ApprovalRules {
            ttl: span(raw.ttl, 24 * 3_600),
            self_approval: raw.by_author.unwrap_or(false),
            roles,
        })
    }

    pub(super) fn roles(&self, raw: &[Spanned<String>]) -> Result<Vec<String>, PolicyError> {
        raw.iter()
            .map(|role| {
                if role.value.trim().is_empty() {
                    return Err(self.error(role, "a role has no name"));
                }
                Ok(role.value.clone())
            })
            .collect()
    }
}

fn span(written: Option<Span>, default_seconds: u64) -> Duration {
    written.map_or(Duration::from_secs(default_seconds), |Span(duration)| {
        duration
    })
}
