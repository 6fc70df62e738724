//! The answers of `ftc trust`.

use std::io::{self, Write};

use ftc_cli::trust::{TRUST_VARIABLE, Trust, TrustedFile};
use ftc_cli::{CliError, Context, ReportFormat, printable, printable_argv};
use ftc_durable::Digest;
use ftc_gates::GateSpec;
use serde::Serialize;

use super::source::Source;

/// What was done.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Added,
    WouldAdd,
    Unchanged,
    Removed,
    WouldRemove,
    Unknown,
}

/// The answer about one gate file.
#[derive(Serialize)]
pub struct Answer {
    schema: &'static str,
    effect: Effect,
    digest: Digest,
    origin: Option<String>,
    gates: Vec<Gate>,
}

#[derive(Serialize)]
struct Gate {
    id: String,
    argv: Vec<String>,
    rerun: Option<Vec<String>>,
}

impl Answer {
    pub fn of_gates(effect: Effect, source: &Source) -> Self {
        Self {
            origin: Some(source.origin.clone()),
            gates: source.file.gates.iter().map(Gate::of).collect(),
            ..Self::of_digest(effect, source.file.digest())
        }
    }

    pub fn of_digest(effect: Effect, digest: Digest) -> Self {
        Self {
            schema: "ftc.trust-change/1",
            effect,
            digest,
            origin: None,
            gates: Vec::new(),
        }
    }

    pub fn print(&self, format: ReportFormat, context: &mut Context) -> Result<(), CliError> {
        match format {
            ReportFormat::Json => context.print_json(self),
            ReportFormat::Human => context.print(|out| self.write(out)),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(origin) = &self.origin {
            writeln!(out, "{}", printable(origin))?;
        }
        for gate in &self.gates {
            gate.write(out)?;
        }
        let digest = self.digest;
        match self.effect {
            Effect::Added => writeln!(
                out,
                "these commands may run from now on, until the file changes\n  {digest}"
            ),
            Effect::WouldAdd => writeln!(out, "these commands would be allowed to run\n  {digest}"),
            Effect::Unchanged => writeln!(out, "these commands may run already\n  {digest}"),
            Effect::Removed => writeln!(out, "no longer trusted\n  {digest}"),
            Effect::WouldRemove => writeln!(out, "would be trusted no longer\n  {digest}"),
            Effect::Unknown => writeln!(out, "was not trusted\n  {digest}"),
        }
    }
}

impl Gate {
    fn of(spec: &GateSpec) -> Self {
        Self {
            id: spec.id.to_string(),
            argv: spec.argv.clone(),
            rerun: spec.rerun.clone(),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "  {}: {}", self.id, printable_argv(&self.argv))?;
        match &self.rerun {
            Some(rerun) => writeln!(out, "    one test: {}", printable_argv(rerun)),
            None => Ok(()),
        }
    }
}

/// What is trusted, in JSON.
#[derive(Serialize)]
pub struct List<'a> {
    schema: &'static str,
    trusted: &'a [TrustedFile],
    from_environment: &'a [Digest],
}

pub fn list(trust: &Trust) -> List<'_> {
    List {
        schema: "ftc.trust-list/1",
        trusted: trust.entries(),
        from_environment: trust.from_environment(),
    }
}

pub fn write_list(trust: &Trust, out: &mut dyn Write) -> io::Result<()> {
    if trust.entries().is_empty() && trust.from_environment().is_empty() {
        return writeln!(out, "nothing is trusted");
    }
    for entry in trust.entries() {
        let since = entry.since.strftime("%Y-%m-%d");
        writeln!(
            out,
            "{}  {since}  {}",
            entry.digest,
            printable(&entry.origin)
        )?;
    }
    for digest in trust.from_environment() {
        writeln!(out, "{digest}  {TRUST_VARIABLE}")?;
    }
    Ok(())
}
