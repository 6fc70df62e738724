//! A service as a unit of systemd, for machines where systemd is to keep it running.
//!
//! Quoting follows systemd.syntax(7), the keys systemd.unit(5), systemd.service(5), systemd.exec(5) and systemd.kill(5), as of
//! systemd 257.

mod quote;

use std::fmt::Write as _;
use std::time::Duration;

use super::restart::{RestartPolicy, RestartWhen};
use super::spec::{ConfinementSpec, ServiceSpec, SpecError};
use crate::confine::{Network, Profile};

/// What a unit needs to be told besides what the service is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SystemdOptions {
    /// Stands before the name of each service in the name of its unit, such as `ftc-`.
    pub prefix: String,
    /// The user it runs as. Without it that of the service manager.
    pub user: Option<String>,
    /// The target that starts it; `multi-user.target` unless set. User managers have `default.target`.
    pub wanted_by: Option<String>,
}

impl ServiceSpec {
    /// The text of its unit file.
    ///
    /// What systemd cannot do as we do is said in comments at its top: it is a lossy translation. Fails where a value cannot be
    /// written in a unit file at all, such as a line end in a path.
    pub fn to_systemd_unit(&self, options: &SystemdOptions) -> Result<String, SpecError> {
        self.check()?;
        let mut unit = Unit::new(self);
        unit.comments();
        unit.section("Unit", |unit| unit.unit_section(options))?;
        unit.section("Service", |unit| unit.service_section(options))?;
        unit.section("Install", |unit| {
            let target = options.wanted_by.as_deref().unwrap_or("multi-user.target");
            unit.raw("WantedBy", target)
        })?;
        Ok(unit.text)
    }
}

/// A unit file that is being written.
struct Unit<'a> {
    spec: &'a ServiceSpec,
    text: String,
}

impl<'a> Unit<'a> {
    fn new(spec: &'a ServiceSpec) -> Self {
        Self {
            spec,
            text: String::new(),
        }
    }

    fn section(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut Self) -> Result<(), SpecError>,
    ) -> Result<(), SpecError> {
        self.line(&format!("\n[{name}]"));
        fill(self)
    }

    fn comments(&mut self) {
        let spec = self.spec;
        self.line(&format!(
            "# Service {}. systemd has no equal for these:",
            spec.name
        ));
        for (name, probe) in [
            ("startup", &spec.startup),
            ("readiness", &spec.readiness),
            ("liveness", &spec.liveness),
        ] {
            if probe.is_some() {
                self.line(&format!("# - the {name} probe is not run"));
            }
        }
        if !spec.depends_on.is_empty() {
            self.line("# - a dependency counts as ready as soon as its program runs");
            self.line("# - whoever stops or restarts a dependency does the same to this service");
        }
        if spec.restart.when == RestartWhen::OnFailure {
            self.line("# - an end by SIGHUP, SIGINT, SIGPIPE or SIGTERM is no failure");
        }
        if spec.restart.backoff.jitter > 0.0 {
            self.line("# - the back-off has no jitter");
        }
        self.line("# - output goes to the journal, which has its own limits");
        if spec.confinement.is_some() {
            self.line("# - what may be read is restricted less than by our confinement");
        }
    }

    fn unit_section(&mut self, options: &SystemdOptions) -> Result<(), SpecError> {
        let spec = self.spec;
        self.raw("Description", &spec.name)?;
        let units: Vec<String> = spec
            .depends_on
            .iter()
            .map(|name| format!("{}{name}.service", options.prefix))
            .collect();
        if !units.is_empty() {
            self.raw("Requires", &units.join(" "))?;
            self.raw("After", &units.join(" "))?;
        }
        // There the first start counts, too.
        let RestartPolicy {
            max_restarts,
            window,
            ..
        } = spec.restart;
        self.raw("StartLimitIntervalSec", &time_span(window))?;
        self.raw("StartLimitBurst", &(max_restarts + 1).to_string())
    }

    fn service_section(&mut self, options: &SystemdOptions) -> Result<(), SpecError> {
        let spec = self.spec;
        self.raw("Type", "exec")?;
        if let Some(user) = &options.user {
            self.raw("User", user)?;
        }
        let command = quote::command(&spec.argv).map_err(|words| self.invalid("argv", words))?;
        self.line(&format!("ExecStart={command}"));
        let directory = quote::whole_line(&spec.directory);
        let directory = directory.map_err(|words| self.invalid("directory", words))?;
        self.line(&format!("WorkingDirectory={directory}"));
        if !spec.environment.pass.is_empty() {
            let names: Vec<_> = spec
                .environment
                .pass
                .iter()
                .map(|name| quote::word(name))
                .collect();
            self.line(&format!("PassEnvironment={}", names.join(" ")));
        }
        for (name, value) in &spec.environment.set {
            let assignment = quote::word(&format!("{name}={value}"));
            self.line(&format!("Environment={assignment}"));
        }
        self.restart()?;
        self.raw("TimeoutStopSec", &time_span(spec.stop.grace))?;
        self.raw("KillSignal", &format!("SIG{}", spec.stop.signal))?;
        self.raw("KillMode", "control-group")?;
        self.raw("StandardOutput", "journal")?;
        self.raw("StandardError", "journal")?;
        match &spec.confinement {
            Some(confinement) if confinement.profile != Profile::None => {
                self.confinement(confinement)
            }
            _ => Ok(()),
        }
    }

    fn restart(&mut self) -> Result<(), SpecError> {
        let RestartPolicy { when, backoff, .. } = &self.spec.restart;
        let when = match when {
            RestartWhen::Always => "always",
            RestartWhen::OnFailure => "on-failure",
            RestartWhen::Never => "no",
        };
        self.raw("Restart", when)?;
        self.raw("RestartSec", &time_span(backoff.initial))?;
        let steps =
            (backoff.max.as_secs_f64() / backoff.initial.as_secs_f64()).ln() / backoff.factor.ln();
        if steps.is_finite() && steps > 0.0 {
            self.raw("RestartSteps", &format!("{:.0}", steps.ceil()))?;
            self.raw("RestartMaxDelaySec", &time_span(backoff.max))?;
        }
        Ok(())
    }

    fn confinement(&mut self, confinement: &ConfinementSpec) -> Result<(), SpecError> {
        self.raw("NoNewPrivileges", "yes")?;
        self.raw("ProtectSystem", "strict")?;
        self.raw("ProtectHome", "read-only")?;
        self.raw("PrivateTmp", "yes")?;
        for path in &confinement.writable {
            let path =
                quote::path(path).map_err(|words| self.invalid("confinement.writable", words))?;
            self.line(&format!("ReadWritePaths={path}"));
        }
        for path in &confinement.hidden {
            let path =
                quote::path(path).map_err(|words| self.invalid("confinement.hidden", words))?;
            // One that is not there is no error for us, and none for systemd with a `-`.
            self.line(&format!(
                "InaccessiblePaths={}",
                path.replacen('"', "\"-", 1)
            ));
        }
        let is_off = match confinement.network {
            Some(network) => network == Network::Off,
            None => confinement.profile == Profile::Gate,
        };
        if is_off {
            self.raw("PrivateNetwork", "yes")?;
        }
        let limits = &confinement.limits;
        for (key, limit) in [
            ("LimitNPROC", limits.processes),
            ("LimitNOFILE", limits.open_files),
            ("LimitAS", limits.memory_bytes),
            ("LimitFSIZE", limits.file_bytes),
            (
                "LimitCPU",
                limits.cpu.map(|cpu| {
                    cpu.as_secs()
                        .saturating_add(u64::from(cpu.subsec_nanos() > 0))
                }),
            ),
        ] {
            if let Some(limit) = limit {
                self.raw(key, &limit.to_string())?;
            }
        }
        Ok(())
    }

    /// A value that needs no quoting. What a caller passes in `options` may not begin another line.
    fn raw(&mut self, key: &str, value: &str) -> Result<(), SpecError> {
        if value.chars().any(char::is_control) || value.contains(['%', '\\']) {
            let words = format!("cannot be written in a unit: `{}`", value.escape_debug());
            return Err(self.invalid(key, words));
        }
        self.line(&format!("{key}={value}"));
        Ok(())
    }

    fn line(&mut self, line: &str) {
        // A `String` takes whatever is written.
        let _ = writeln!(self.text, "{line}");
    }

    fn invalid(&self, key: &str, problem: impl Into<String>) -> SpecError {
        SpecError::Invalid {
            service: self.spec.name.clone(),
            key: key.to_owned(),
            problem: problem.into(),
        }
    }
}

/// See systemd.time(7).
fn time_span(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    if milliseconds.is_multiple_of(1000) {
        format!("{}s", milliseconds / 1000)
    } else {
        format!("{milliseconds}ms")
    }
}
