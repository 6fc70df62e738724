//! Refusing what cannot work, with the service and the key.

use std::path::Path;
use std::time::Duration;

use super::super::probe::{Check, ProbeSpec};
use super::super::restart::RestartPolicy;
use super::ServiceSpec;
use crate::signal::Signal;

/// No duration may be longer, so that adding some of them to a point in time is always possible.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);
const LONGEST_NAME_BYTES: usize = 64;

/// What is wrong with a service as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// A value cannot be used.
    #[error("service `{service}`: `{key}` {problem}")]
    Invalid {
        /// The service.
        service: String,
        /// The key, with those that it is within: `readiness.period_ms`.
        key: String,
        /// What is wrong, with the value where that helps.
        problem: String,
    },
    /// Two services have one name.
    #[error("there are two services with the name `{service}`")]
    Duplicate {
        /// The name.
        service: String,
    },
    /// It depends on a service that is not there.
    #[error("service `{service}`: `depends_on` names `{dependency}`, which is no service here")]
    UnknownDependency {
        /// The service.
        service: String,
        /// What it names.
        dependency: String,
    },
    /// Services wait for each other.
    #[error("services depend on each other: `{}`", services.join("` -> `"))]
    Cycle {
        /// Each depends on the next; the last is the first again.
        services: Vec<String>,
    },
}

/// What is wrong with one value: its key, and words.
type Problem = (String, String);

impl ServiceSpec {
    /// Checks what can be checked without the others and without looking at the system.
    pub fn check(&self) -> Result<(), SpecError> {
        self.problem().map_err(|(key, problem)| SpecError::Invalid {
            service: self.name.clone(),
            key,
            problem,
        })
    }

    fn problem(&self) -> Result<(), Problem> {
        check_name(&self.name)?;
        self.check_command()?;
        self.check_environment()?;
        for (key, probe) in [
            ("startup", &self.startup),
            ("readiness", &self.readiness),
            ("liveness", &self.liveness),
        ] {
            if let Some(probe) = probe {
                check_probe(key, probe)?;
            }
        }
        if matches!(&self.liveness, Some(probe) if matches!(probe.check, Check::LogLine { .. })) {
            return problem(
                "liveness.check",
                "cannot be `log-line`: a line that was printed once says nothing of now",
            );
        }
        check_restart(&self.restart)?;
        if matches!(self.stop.signal, Signal::Stop | Signal::Cont) {
            return problem(
                "stop.signal",
                format!("is `{}`, which ends nothing", self.stop.signal),
            );
        }
        check_duration("stop.grace_ms", self.stop.grace)?;
        if self.log.max_bytes == 0 {
            return problem("log.max_bytes", "is 0");
        }
        if let Some(max_age) = self.log.max_age {
            check_period("log.max_age_ms", max_age)?;
        }
        self.check_confinement()
    }

    fn check_command(&self) -> Result<(), Problem> {
        check_argv("argv", &self.argv)?;
        check_path("directory", &self.directory)?;
        let mut seen = Vec::new();
        for name in &self.depends_on {
            if seen.contains(&name) {
                return problem("depends_on", format!("names `{name}` twice"));
            }
            seen.push(name);
        }
        Ok(())
    }

    fn check_environment(&self) -> Result<(), Problem> {
        let bad = |name: &str| name.is_empty() || name.contains(['=', '\0']);
        if let Some(name) = self.environment.pass.iter().find(|name| bad(name)) {
            return problem("env.pass", format!("has `{name}`, which is no name"));
        }
        for (name, value) in &self.environment.set {
            if bad(name) {
                return problem("env.set", format!("has `{name}`, which is no name"));
            }
            if value.contains('\0') {
                return problem(&format!("env.set.{name}"), "contains a NUL byte");
            }
        }
        Ok(())
    }

    fn check_confinement(&self) -> Result<(), Problem> {
        let Some(confinement) = &self.confinement else {
            return Ok(());
        };
        for (key, paths) in [
            ("confinement.writable", &confinement.writable),
            ("confinement.readable", &confinement.readable),
            ("confinement.hidden", &confinement.hidden),
        ] {
            for path in paths {
                check_path(key, path)?;
            }
        }
        Ok(())
    }
}

fn problem<T>(key: &str, problem: impl Into<String>) -> Result<T, Problem> {
    Err((key.to_owned(), problem.into()))
}

fn check_name(name: &str) -> Result<(), Problem> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_good = name.len() <= LONGEST_NAME_BYTES
        && name.bytes().next().is_some_and(is_plain)
        && name
            .bytes()
            .all(|byte| is_plain(byte) || matches!(byte, b'_' | b'-'));
    if is_good {
        return Ok(());
    }
    problem(
        "name",
        format!("is not `[a-z0-9][a-z0-9_-]*` of at most {LONGEST_NAME_BYTES} bytes"),
    )
}

fn check_argv(key: &str, argv: &[String]) -> Result<(), Problem> {
    if argv.first().is_none_or(String::is_empty) {
        return problem(key, "has no program");
    }
    match argv.iter().position(|argument| argument.contains('\0')) {
        Some(index) => problem(key, format!("has a NUL byte in argument {index}")),
        None => Ok(()),
    }
}

fn check_path(key: &str, path: &Path) -> Result<(), Problem> {
    if !path.is_absolute() {
        return problem(
            key,
            format!("is not an absolute path: `{}`", path.display()),
        );
    }
    if path.as_os_str().as_encoded_bytes().contains(&0) {
        return problem(key, "contains a NUL byte");
    }
    Ok(())
}

fn check_duration(key: &str, duration: Duration) -> Result<(), Problem> {
    if duration > LONGEST {
        return problem(key, "is longer than a year");
    }
    Ok(())
}

fn check_period(key: &str, period: Duration) -> Result<(), Problem> {
    if period.is_zero() {
        return problem(key, "is 0");
    }
    check_duration(key, period)
}

fn check_probe(key: &str, probe: &ProbeSpec) -> Result<(), Problem> {
    check_period(&format!("{key}.period_ms"), probe.period)?;
    check_period(&format!("{key}.timeout_ms"), probe.timeout)?;
    check_duration(&format!("{key}.initial_delay_ms"), probe.initial_delay)?;
    for (threshold, value) in [
        ("success_threshold", probe.success_threshold),
        ("failure_threshold", probe.failure_threshold),
    ] {
        if value == 0 {
            return problem(&format!("{key}.{threshold}"), "is 0");
        }
    }
    if let Check::Command { argv } = &probe.check {
        check_argv(&format!("{key}.check.command.argv"), argv)?;
    }
    probe
        .check
        .problem()
        .map_err(|(name, words)| (format!("{key}.check.{name}"), words))
}

fn check_restart(restart: &RestartPolicy) -> Result<(), Problem> {
    let backoff = &restart.backoff;
    check_period("restart.backoff.initial_ms", backoff.initial)?;
    check_period("restart.backoff.max_ms", backoff.max)?;
    if backoff.max < backoff.initial {
        return problem("restart.backoff.max_ms", "is less than `initial_ms`");
    }
    if !(1.0..=100.0).contains(&backoff.factor) {
        return problem("restart.backoff.factor", "is not between 1 and 100");
    }
    if !(0.0..=1.0).contains(&backoff.jitter) {
        return problem("restart.backoff.jitter", "is not between 0 and 1");
    }
    if restart.max_restarts > RestartPolicy::MOST_RESTARTS {
        let most = RestartPolicy::MOST_RESTARTS;
        return problem("restart.max_restarts", format!("is more than {most}"));
    }
    check_period("restart.window_ms", restart.window)
}
