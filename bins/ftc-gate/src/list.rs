//! `ftc-gate list`.

use std::io::{self, Write};

use ftc_cli::{CliError, Context, ExitCode, ReportFormat, Styles, printable, printable_argv};
use ftc_gates::{GateSpec, Tier};
use serde::Serialize;

use crate::args::ListArgs;
use crate::source::Source;

/// The answer in JSON.
#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    gate_file: String,
    base: Option<String>,
    digest: String,
    trusted: bool,
    gates: Vec<Gate<'a>>,
}

#[derive(Serialize)]
struct Gate<'a> {
    id: &'a str,
    tier: Tier,
    argv: &'a [String],
    cwd: &'a str,
    timeout_ms: u128,
    min_tests: Option<u64>,
    advisory: bool,
}

/// Shows the gates without running them.
pub fn run(args: &ListArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let source = Source::load(&args.source, context)?;
    let trusted = source.is_trusted(context)?;
    match args.format {
        ReportFormat::Json => context.print_json(&report(&source, trusted))?,
        ReportFormat::Human => {
            let styles = Styles::of(context.stdout);
            context.print(|out| write_table(out, &source, trusted, styles))?;
        }
    }
    Ok(ExitCode::Yes)
}

fn report(source: &Source, trusted: bool) -> Report<'_> {
    Report {
        schema: "ftc.gates/1",
        gate_file: source.origin.clone(),
        base: source.base.map(|base| base.to_string()),
        digest: source.file.digest().to_string(),
        trusted,
        gates: source.file.gates.iter().map(gate).collect(),
    }
}

fn gate(spec: &GateSpec) -> Gate<'_> {
    Gate {
        id: spec.id.as_str(),
        tier: spec.tier,
        argv: &spec.argv,
        cwd: spec.cwd.as_str(),
        timeout_ms: spec.timeout.as_millis(),
        min_tests: spec.evidence.min_tests,
        advisory: spec.advisory,
    }
}

fn write_table(
    out: &mut dyn Write,
    source: &Source,
    trusted: bool,
    styles: Styles,
) -> io::Result<()> {
    let gates = &source.file.gates;
    let width = gates
        .iter()
        .map(|gate| gate.id.as_str().len())
        .max()
        .unwrap_or(0);
    let (strong, dim) = (styles.strong, styles.dim);
    for spec in gates {
        let (id, tier) = (&spec.id, spec.tier);
        write!(
            out,
            "{strong}{id:width$}{strong:#}  {tier}  {}",
            printable_argv(&spec.argv)
        )?;
        if spec.advisory {
            write!(out, "  {dim}(only advises){dim:#}")?;
        }
        writeln!(out)?;
    }
    let (count, origin) = (gates.len(), printable(&source.origin));
    let trust = if trusted {
        "trusted"
    } else {
        "not trusted: run `ftc trust`"
    };
    let noun = if count == 1 { "gate" } else { "gates" };
    writeln!(out, "\n{count} {noun} of {origin}, {trust}")
}
