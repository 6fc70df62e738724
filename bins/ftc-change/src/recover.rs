//! `ftc-change recover`.

use ftc_changeset::{Executor, RecoveryOutcome, RecoveryReport};
use ftc_cli::{CliError, Context, ExitCode, ReportFormat};

use crate::args::RecoverArgs;
use crate::failure::of_executor;
use crate::{render, repository};

pub fn run(args: &RecoverArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let directory = match &args.directory {
        Some(path) => context.directory.join(path),
        None => context.directory.clone(),
    };
    // What was left behind is in the root of the checkout, wherever in it the person is.
    let root = repository::work_dir(&repository::open(&directory, context)?)?;
    let options = repository::executor_options(&args.keys, context)?;
    let report = if args.dry_run {
        Executor::preview_recovery(&root, &options)
    } else {
        Executor::recover(&root, options)
    }
    .map_err(of_executor)?;
    match args.format {
        ReportFormat::Human => render::recovery(&report, args.dry_run, context)?,
        ReportFormat::Json => {
            context.print_json(&render::recovery_document(&report, args.dry_run))?;
        }
    }
    Ok(exit_code(&report))
}

fn exit_code(report: &RecoveryReport) -> ExitCode {
    let any = |wanted: fn(&RecoveryOutcome) -> bool| {
        report
            .transactions
            .iter()
            .any(|transaction| wanted(&transaction.outcome))
    };
    if report.busy || any(|outcome| matches!(outcome, RecoveryOutcome::Refused { .. })) {
        ExitCode::TryAgain
    } else if any(|outcome| *outcome == RecoveryOutcome::Conflicted) {
        ExitCode::Conflict
    } else {
        ExitCode::Yes
    }
}
