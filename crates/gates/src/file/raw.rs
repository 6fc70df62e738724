//! The gate file as it is written, and what is checked before it is believed.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use ftc_process::confine::{Network, ResourceLimits};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{duration, names, size};
use crate::id::GateId;
use crate::relative_path::RelativePath;
use crate::spec::{
    DEFAULT_TIMEOUT, Environment, Evidence, GateSpec, Leaks, LogUse, ReportFormat, ReportSpec,
    TEST_PLACEHOLDER, Tier,
};
use crate::yaml::{Location, Spanned, YamlError};

/// The one version that is read.
const VERSION: u64 = 1;

/// What is wrong, and where.
pub(super) struct Problem {
    pub(super) location: Location,
    pub(super) message: String,
    pub(super) hint: Option<&'static str>,
}

impl Problem {
    pub(super) fn at_start(message: &str) -> Self {
        Self::at(Location::UNKNOWN, message)
    }

    fn at(location: Location, message: impl Into<String>) -> Self {
        Self {
            location,
            message: message.into(),
            hint: None,
        }
    }

    /// The value is wrong where it is defined: an alias to it is not.
    fn with<T>(value: &Spanned<T>, message: impl fmt::Display) -> Self {
        Self::at(value.defined, message.to_string())
    }

    fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }
}

impl From<YamlError> for Problem {
    fn from(error: YamlError) -> Self {
        Self::at(error.location, error.message)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    version: Spanned<u64>,
    gates: Spanned<Vec<Gate>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gate {
    id: Spanned<String>,
    argv: Spanned<Vec<String>>,
    cwd: Option<Spanned<String>>,
    #[serde(default)]
    tier: Tier,
    timeout: Option<Spanned<String>>,
    idle_timeout: Option<Spanned<String>>,
    #[serde(default)]
    env: Env,
    #[serde(default)]
    reports: Vec<Report>,
    #[serde(default)]
    evidence: Floors,
    #[serde(default)]
    log: LogUse,
    success: Option<Spanned<Vec<i32>>>,
    rerun: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    advisory: bool,
    network: Option<Network>,
    #[serde(default)]
    leaks: Leaks,
    #[serde(default)]
    limits: Limits,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Limits {
    processes: Option<Spanned<u64>>,
    open_files: Option<Spanned<u64>>,
    memory: Option<Spanned<String>>,
    file_size: Option<Spanned<String>>,
    cpu: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Env {
    #[serde(default)]
    pass: Vec<Spanned<String>>,
    #[serde(default)]
    set: Variables,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    path: Spanned<String>,
    format: ReportFormat,
    required: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Floors {
    min_tests: Option<Spanned<u64>>,
}

/// A map of which the places of the keys are known.
#[derive(Default)]
struct Variables(Vec<(Spanned<String>, String)>);

impl<'de> Deserialize<'de> for Variables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Variables;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of variables and values")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Variables, M::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Variables(entries))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

impl File {
    pub(super) fn into_specs(self) -> Result<Vec<GateSpec>, Problem> {
        if self.version.value != VERSION {
            let message = format!("gate file version {} is not known", self.version.value);
            return Err(Problem::with(&self.version, message)
                .hint("this program reads `version: 1`; a newer one may be needed"));
        }
        if self.gates.value.is_empty() {
            return Err(Problem::with(&self.gates, "there is no gate"));
        }
        let mut lines = BTreeMap::new();
        let mut specs = Vec::new();
        for gate in self.gates.value {
            let id = &gate.id;
            if let Some(first) = lines.insert(id.value.clone(), id.defined.line()) {
                let message = format!("gate `{}` is already defined at line {first}", id.value);
                return Err(Problem::with(id, message));
            }
            specs.push(gate.into_spec()?);
        }
        Ok(specs)
    }
}

impl Gate {
    fn into_spec(self) -> Result<GateSpec, Problem> {
        let id =
            GateId::new(self.id.value.as_str()).map_err(|error| Problem::with(&self.id, error))?;
        let argv = checked_argv(self.argv)?;
        let mut reports = Vec::new();
        for report in self.reports {
            reports.push(report.into_spec()?);
        }
        Ok(GateSpec {
            cwd: match &self.cwd {
                Some(cwd) => relative_path(cwd)?,
                None => RelativePath::root(),
            },
            tier: self.tier,
            timeout: limit(self.timeout.as_ref())?.unwrap_or(DEFAULT_TIMEOUT),
            idle_timeout: limit(self.idle_timeout.as_ref())?,
            env: self.env.into_environment()?,
            reports,
            evidence: self.evidence.into_evidence()?,
            log: self.log,
            success: self.success.map_or(Ok(vec![0]), checked_codes)?,
            rerun: self.rerun.map(checked_rerun).transpose()?,
            advisory: self.advisory,
            network: self.network.unwrap_or(Network::Off),
            leaks: self.leaks,
            limits: self.limits.into_limits()?,
            ..GateSpec::new(id, argv)
        })
    }
}

impl Env {
    fn into_environment(self) -> Result<Environment, Problem> {
        for name in self
            .pass
            .iter()
            .chain(self.set.0.iter().map(|(name, _)| name))
        {
            if let Some(complaint) = names::complaint(&name.value) {
                return Err(Problem::with(name, complaint).hint(
                    "gates get no credentials, and git's own variables are never passed on",
                ));
            }
        }
        Ok(Environment {
            pass: self.pass.into_iter().map(|name| name.value).collect(),
            set: self
                .set
                .0
                .into_iter()
                .map(|(name, value)| (name.value, value))
                .collect(),
        })
    }
}

impl Report {
    fn into_spec(self) -> Result<ReportSpec, Problem> {
        let path = relative_path(&self.path)?;
        let first = path.parts().next();
        // The report is deleted before the run, so it must not be able to name what is not the gate's to write.
        if first.is_none_or(|first| first.eq_ignore_ascii_case(".git")) {
            let message = format!("`{path}` cannot be a report");
            return Err(Problem::with(&self.path, message));
        }
        Ok(ReportSpec {
            required: self.required.unwrap_or(true),
            ..ReportSpec::new(path, self.format)
        })
    }
}

impl Floors {
    fn into_evidence(self) -> Result<Evidence, Problem> {
        if let Some(min_tests) = &self.min_tests
            && min_tests.value == 0
        {
            return Err(Problem::with(min_tests, "`min_tests: 0` proves nothing")
                .hint("leave it out for a gate that runs no tests"));
        }
        Ok(Evidence {
            min_tests: self.min_tests.map(|min_tests| min_tests.value),
        })
    }
}

impl Limits {
    fn into_limits(self) -> Result<ResourceLimits, Problem> {
        let mut limits = ResourceLimits::default();
        limits.processes = count(self.processes.as_ref())?;
        limits.open_files = count(self.open_files.as_ref())?;
        limits.memory_bytes = bytes(self.memory.as_ref())?;
        limits.file_bytes = bytes(self.file_size.as_ref())?;
        limits.cpu = limit(self.cpu.as_ref())?;
        Ok(limits)
    }
}

fn count(number: Option<&Spanned<u64>>) -> Result<Option<u64>, Problem> {
    match number {
        Some(number) if number.value == 0 => {
            Err(Problem::with(number, "nothing can run within a limit of 0"))
        }
        number => Ok(number.map(|number| number.value)),
    }
}

fn bytes(text: Option<&Spanned<String>>) -> Result<Option<u64>, Problem> {
    text.map(|text| size::parse(&text.value).map_err(|message| Problem::with(text, message)))
        .transpose()
}

fn checked_argv(argv: Spanned<Vec<String>>) -> Result<Vec<String>, Problem> {
    if argv.value.first().is_none_or(String::is_empty) {
        return Err(Problem::with(&argv, "the argument list names no program"));
    }
    if argv.value.iter().any(|argument| argument.contains('\0')) {
        return Err(Problem::with(&argv, "an argument contains a NUL byte"));
    }
    Ok(argv.value)
}

fn checked_rerun(rerun: Spanned<Vec<String>>) -> Result<Vec<String>, Problem> {
    let mut arguments = rerun.value.iter().skip(1);
    if !arguments.any(|argument| argument == TEST_PLACEHOLDER) {
        let message = format!("no argument of `rerun` is `{TEST_PLACEHOLDER}`");
        return Err(Problem::with(&rerun, message)
            .hint("the name of the test takes the place of a whole argument: `rerun: [pytest, \"{test}\"]`"));
    }
    checked_argv(rerun)
}

fn checked_codes(codes: Spanned<Vec<i32>>) -> Result<Vec<i32>, Problem> {
    if codes.value.is_empty() {
        return Err(Problem::with(&codes, "no exit code would mean success"));
    }
    if let Some(code) = codes.value.iter().find(|code| !(0..=255).contains(*code)) {
        return Err(Problem::with(
            &codes,
            format!("{code} is not an exit code: 0 to 255"),
        ));
    }
    Ok(codes.value)
}

fn relative_path(path: &Spanned<String>) -> Result<RelativePath, Problem> {
    RelativePath::new(path.value.as_str()).map_err(|error| Problem::with(path, error))
}

fn limit(text: Option<&Spanned<String>>) -> Result<Option<Duration>, Problem> {
    text.map(|text| duration::parse(&text.value).map_err(|message| Problem::with(text, message)))
        .transpose()
}
