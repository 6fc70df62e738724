//! `ftc config explain`.

use std::io::{self, Write};

use ftc_cli::config::{Explanation, keys};
use ftc_cli::{CliError, Context, ExitCode, ReportFormat, Styles, nearest, printable};
use serde::Serialize;

use crate::args::ExplainArgs;

/// The answer in JSON.
#[derive(Serialize)]
struct Report {
    schema: &'static str,
    settings: Vec<Explanation>,
}

/// Shows each value and where it comes from.
pub fn run(args: &ExplainArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let mut settings = context.config.explain();
    if let Some(wanted) = &args.key {
        let table = format!("{wanted}.");
        settings.retain(|setting| setting.key == *wanted || setting.key.starts_with(&table));
        if settings.is_empty() {
            return Err(unknown(wanted));
        }
    }
    let styles = Styles::of(context.stdout);
    match (args.format, settings.as_slice()) {
        (ReportFormat::Json, _) => context.print_json(&Report {
            schema: "ftc.config/1",
            settings,
        })?,
        (ReportFormat::Human, [setting]) => {
            context.print(|out| write_details(out, setting, styles))?;
        }
        (ReportFormat::Human, settings) => {
            context.print(|out| write_table(out, settings, styles))?;
        }
    }
    Ok(ExitCode::Yes)
}

fn unknown(wanted: &str) -> CliError {
    let error = CliError::usage(format!("there is no configuration key `{wanted}`"));
    match nearest(wanted, keys::ALL.iter().map(|key| key.name)) {
        Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
        None => error.hint("`ftc config explain` lists every key"),
    }
}

/// One line per key: name, value, origin.
fn write_table(out: &mut dyn Write, settings: &[Explanation], styles: Styles) -> io::Result<()> {
    let values: Vec<String> = settings.iter().map(value).collect();
    let key_width = settings
        .iter()
        .map(|setting| setting.key.len())
        .max()
        .unwrap_or(0);
    // One long value does not push every origin out of sight.
    let value_width = values
        .iter()
        .map(|value| value.chars().count())
        .max()
        .unwrap_or(0)
        .min(32);
    let (strong, dim) = (styles.strong, styles.dim);
    for (setting, value) in settings.iter().zip(values) {
        let key = setting.key;
        write!(out, "{strong}{key:key_width$}{strong:#}  ")?;
        match &setting.origin {
            Some(origin) => writeln!(
                out,
                "{value:value_width$}  {dim}{}{dim:#}",
                printable(&origin.place)
            )?,
            None => writeln!(out, "{dim}{value}{dim:#}")?,
        }
    }
    Ok(())
}

/// All that is known of one key.
fn write_details(out: &mut dyn Write, setting: &Explanation, styles: Styles) -> io::Result<()> {
    let strong = styles.strong;
    writeln!(
        out,
        "{strong}{}{strong:#} = {}",
        setting.key,
        value(setting)
    )?;
    writeln!(out, "  {}", setting.help)?;
    if let Some(origin) = &setting.origin {
        writeln!(out, "  from: {}", printable(&origin.place))?;
    }
    for replaced in &setting.replaced {
        let place = printable(&replaced.origin.place);
        writeln!(
            out,
            "  instead of: {} from {place}",
            printable(&replaced.value)
        )?;
    }
    let repository = if setting.repository_may_set {
        "may"
    } else {
        "may not"
    };
    writeln!(out, "  environment variable: {}", setting.variable)?;
    writeln!(out, "  a repository's ftc.toml {repository} set it")
}

fn value(setting: &Explanation) -> String {
    match &setting.value {
        Some(value) => printable(value),
        None => "(not set)".to_owned(),
    }
}
