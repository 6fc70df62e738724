//! One pass.

use std::sync::Arc;

use ftc_cli::{CliError, Context, ExitCode, ReportFormat};
use ftc_durable::Digest;
use ftc_flaky::{Cleaner, Effects, FailureError, GateTrust, PassError, PassReport};

use crate::args::Args;
use crate::build;
use crate::narrator::Narrator;
use crate::render;
use crate::settings::Settings;

/// Runs `ftc-clean --once`.
pub fn run(args: &Args, context: &mut Context) -> Result<ExitCode, CliError> {
    if !args.once {
        return Err(CliError::usage("nothing to do")
            .hint("`ftc-clean --once` does one pass, `ftc-clean demo` plays the whole story, `ftc-clean --help` tells more"));
    }
    let mut settings = Settings::new(context)?;
    settings.confine(&args.confine, context);
    let effects = if args.dry_run {
        Effects::Rehearsed
    } else {
        Effects::Real
    };
    let report = pass(&settings, effects, context)?;
    match args.format {
        ReportFormat::Human => render::pass::human(&report, effects, context)?,
        ReportFormat::Json => context.print_json(&render::pass::Document::new(&report, effects))?,
    }
    for failure in &report.failures {
        if let Some(error) = &failure.error {
            context.report(&render::pass::failure_error(failure, error));
        }
    }
    Ok(exit_code(&report))
}

/// Only when nothing but a person's word is missing, that is what is asked for.
fn exit_code(report: &PassReport) -> ExitCode {
    let mut errors = report
        .failures
        .iter()
        .filter_map(|failure| failure.error.as_ref())
        .peekable();
    let has_unreadable = report
        .discovery
        .as_ref()
        .is_some_and(|discovery| !discovery.unreadable.is_empty());
    if !report.is_partial() {
        ExitCode::Yes
    } else if errors.peek().is_some() && !has_unreadable && errors.all(FailureError::needs_approval)
    {
        ExitCode::NeedsApproval
    } else {
        ExitCode::Partial
    }
}

/// Does one pass with what the settings say.
fn pass(
    settings: &Settings,
    effects: Effects,
    context: &mut Context,
) -> Result<PassReport, CliError> {
    let trust = build::persons_trust(context)?;
    let narrator = Arc::new(Narrator::new(context));
    pass_by(settings, effects, trust, &narrator, context)
}

/// Does one pass of a story, which runs the gates of this gate file and no other. Returns also what would have been said.
pub fn pass_of_story(
    settings: &Settings,
    gate_file: Digest,
    context: &mut Context,
) -> Result<(PassReport, Vec<String>), CliError> {
    let trust = Arc::new(build::OnlyThis(gate_file));
    let narrator = Arc::new(Narrator::keeping(context));
    let report = pass_by(settings, Effects::Real, trust, &narrator, context)?;
    Ok((report, narrator.take_lines()))
}

fn pass_by(
    settings: &Settings,
    effects: Effects,
    trust: Arc<dyn GateTrust>,
    narrator: &Arc<Narrator>,
    context: &mut Context,
) -> Result<PassReport, CliError> {
    let parts = build::parts(settings, effects, narrator.clone(), trust, context)?;
    let cleaner = Cleaner::new(parts, build::options(settings, effects));
    let result = runtime()?.block_on(cleaner.pass());
    narrator.finish();
    result.map_err(pass_error)
}

/// One thread for the flow; what blocks has threads of its own.
fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| CliError::new(ExitCode::TryAgain, error))
}

fn pass_error(error: PassError) -> CliError {
    let code = if error.needs_approval() {
        ExitCode::NeedsApproval
    } else if error.is_retryable() {
        ExitCode::TryAgain
    } else {
        ExitCode::Usage
    };
    let hints = error.hints();
    hints
        .into_iter()
        .fold(CliError::new(code, error), CliError::hint)
}
