//! `ftc doctor`: is this machine ready?

mod checks;
mod children;
mod git_version;
mod store;

use std::io::{self, Write};

use ftc_cli::{CliError, Context, ExitCode, ReportFormat, Styles, printable};
use serde::Serialize;

use crate::args::DoctorArgs;

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    status: Status,
    message: String,
    hints: Vec<String>,
}

impl Check {
    fn new(name: &'static str, status: Status, message: impl Into<String>) -> Self {
        Self {
            name,
            status,
            message: message.into(),
            hints: Vec::new(),
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// The answer in JSON.
#[derive(Serialize)]
struct Report {
    schema: &'static str,
    ok: bool,
    checks: Vec<Check>,
}

/// Makes every check, whatever the ones before it said.
pub fn run(args: &DoctorArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let checks = checks::all(context);
    let ok = checks.iter().all(|check| check.status != Status::Fail);
    match args.format {
        ReportFormat::Json => context.print_json(&Report {
            schema: "ftc.doctor/1",
            ok,
            checks,
        })?,
        ReportFormat::Human => {
            let styles = Styles::of(context.stdout);
            context.print(|out| {
                checks
                    .iter()
                    .try_for_each(|check| write_check(out, check, styles))
            })?;
        }
    }
    Ok(if ok { ExitCode::Yes } else { ExitCode::No })
}

fn write_check(out: &mut dyn Write, check: &Check, styles: Styles) -> io::Result<()> {
    let (style, word) = match check.status {
        Status::Ok => (styles.good, "ok"),
        Status::Warn => (styles.warning, "warn"),
        Status::Fail => (styles.error, "fail"),
    };
    let name = check.name;
    writeln!(
        out,
        "{style}{word:4}{style:#}  {name:13}  {}",
        printable(&check.message)
    )?;
    let hint_style = styles.hint;
    for hint in &check.hints {
        writeln!(
            out,
            "      {:13}  {hint_style}hint:{hint_style:#} {}",
            "",
            printable(hint)
        )?;
    }
    Ok(())
}
