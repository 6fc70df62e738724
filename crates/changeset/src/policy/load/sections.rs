//! The sections beside `executor`.

use serde_saphyr::Spanned;

use super::Loader;
use super::names::Names;
use crate::GateVerdict;
use crate::policy::words::{ClockTime, Severity, Span, UtcOffset};
use crate::policy::{
    EmergencyRules, Exception, ForgeRules, FrequencyLimit, PolicyError, Rate, Scope, TimeWindows,
    Window, raw,
};

const END_OF_DAY: u16 = 24 * 60;

impl Loader<'_> {
    pub(super) fn frequency(
        &self,
        raw: &[raw::Frequency],
    ) -> Result<Vec<FrequencyLimit>, PolicyError> {
        raw.iter()
            .map(|limit| {
                Ok(FrequencyLimit {
                    id: limit.id.value.clone(),
                    rate: Rate {
                        max: limit.max,
                        per: limit.per.0,
                    },
                    otherwise: self.otherwise(limit.otherwise.as_ref())?,
                })
            })
            .collect()
    }

    fn otherwise(&self, raw: Option<&Spanned<Severity>>) -> Result<GateVerdict, PolicyError> {
        match raw {
            None => Ok(GateVerdict::Deny),
            Some(written) if written.value == Severity::Allow => Err(self.error(
                written,
                "`otherwise: allow` would make the rule mean nothing",
            )),
            Some(written) => Ok(written.value.into()),
        }
    }

    pub(super) fn windows(
        &self,
        raw: Option<&Spanned<raw::Windows>>,
    ) -> Result<Option<TimeWindows>, PolicyError> {
        let Some(section) = raw else {
            return Ok(None);
        };
        let raw = &section.value;
        if raw.allowed.is_empty() && raw.blocked.is_empty() {
            return Err(self.error(section, "`time_windows` names no window"));
        }
        Ok(Some(TimeWindows {
            utc_offset_seconds: raw.utc_offset.map_or(0, |UtcOffset(seconds)| seconds),
            allowed: self.window_list(&raw.allowed)?,
            blocked: self.window_list(&raw.blocked)?,
            otherwise: self.otherwise(raw.otherwise.as_ref())?,
        }))
    }

    fn window_list(&self, raw: &[Spanned<raw::Window>]) -> Result<Vec<Window>, PolicyError> {
        raw.iter().map(|window| self.window(window)).collect()
    }

    fn window(&self, raw: &Spanned<raw::Window>) -> Result<Window, PolicyError> {
        let days = match &raw.value.days {
            Some(days) if days.is_empty() => {
                return Err(self.error(raw, "the window has no days"));
            }
            Some(days) => days.iter().copied().map(Into::into).collect(),
            None => jiff::civil::Weekday::Monday
                .cycle_forward()
                .take(7)
                .collect(),
        };
        let window = Window {
            days,
            from_minute: raw.value.from.map_or(0, |ClockTime(minute)| minute),
            to_minute: raw.value.to.map_or(END_OF_DAY, |ClockTime(minute)| minute),
        };
        if window.from_minute == window.to_minute || window.from_minute == END_OF_DAY {
            return Err(self.error(raw, "the window is empty"));
        }
        Ok(window)
    }

    pub(super) fn emergency(
        &self,
        raw: Option<&Spanned<raw::Emergency>>,
        names: &Names,
    ) -> Result<Option<EmergencyRules>, PolicyError> {
        let Some(section) = raw else {
            return Ok(None);
        };
        let raw = &section.value;
        if raw.rules.is_empty() {
            return Err(self.error(section, "`emergency_overrides` names no rule"));
        }
        if let Some(rule) = raw
            .rules
            .iter()
            .find(|rule| !names.can_be_softened(&rule.value))
        {
            let message = format!(
                "rule `{}` cannot be overridden in an emergency",
                rule.value.escape_debug()
            );
            return Err(self.error(rule, message));
        }
        Ok(Some(EmergencyRules {
            rules: raw.rules.iter().map(|rule| rule.value.clone()).collect(),
            roles: self.roles(&raw.roles)?,
            max_age: raw
                .max_age
                .map_or(std::time::Duration::from_secs(3_600), |Span(age)| age),
        }))
    }

    pub(super) fn forge(
        &self,
        raw: Option<&raw::Forge>,
    ) -> Result<Option<ForgeRules>, PolicyError> {
        let Some(raw) = raw else {
            return Ok(None);
        };
        if let Some(operation) = raw
            .operations
            .iter()
            .find(|word| !is_operation(&word.value))
        {
            let message = format!(
                "`{}` is not the name of an operation, such as `push_branch`",
                operation.value.escape_debug()
            );
            return Err(self.error(operation, message));
        }
        Ok(Some(ForgeRules {
            repositories: self.patterns(&raw.repositories, Scope::Exact)?,
            operations: raw
                .operations
                .iter()
                .map(|word| word.value.clone())
                .collect(),
            branches: self.patterns(&raw.branches, Scope::Exact)?,
            rate: raw.rate.as_ref().map(|rate| Rate {
                max: rate.max,
                per: rate.per.0,
            }),
        }))
    }

    pub(super) fn exceptions(
        &self,
        raw: &[Spanned<raw::Exception>],
        names: &Names,
    ) -> Result<Vec<Exception>, PolicyError> {
        raw.iter()
            .map(|exception| self.exception(exception, names))
            .collect()
    }

    fn exception(
        &self,
        written: &Spanned<raw::Exception>,
        names: &Names,
    ) -> Result<Exception, PolicyError> {
        let raw = &written.value;
        if !names.can_be_excepted(&raw.rule.value) {
            let message = format!(
                "there is no exception from rule `{}`",
                raw.rule.value.escape_debug()
            );
            let hint = "exceptions are from rules of this policy that are about single paths";
            return Err(self.error(&raw.rule, message).with_hint(hint));
        }
        if raw.paths.is_empty() {
            return Err(self.error(written, "the exception names no paths"));
        }
        if raw.reason.value.trim().is_empty() {
            return Err(self.error(&raw.reason, "the exception gives no reason"));
        }
        Ok(Exception {
            rule: raw.rule.value.clone(),
            paths: self.patterns(&raw.paths, Scope::Exact)?,
            until: raw.until.0,
            reason: raw.reason.value.clone(),
            approved_by: raw.approved_by.clone(),
        })
    }
}

fn is_operation(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}
