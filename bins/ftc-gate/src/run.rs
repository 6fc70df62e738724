//! `ftc-gate run`.

use std::path::PathBuf;

use ftc_cli::{CliError, Context, ExitCode, Interrupts, ReportFormat};
use ftc_gates::{GateRun, RunContext, RunError, Selection, Verdict};
use jiff::Timestamp;

use crate::args::RunArgs;
use crate::artifacts;
use crate::confinement;
use crate::progress::Progress;
use crate::reader::FingerprintReader;
use crate::render;
use crate::source::{Source, with_hints};

/// Runs gates on what is in the worktree.
pub fn run(args: &RunArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let source = Source::load(&args.source, context)?;
    source.require_trust(&args.source, context)?;
    let artifacts = artifacts(args, &source, context)?;
    let run = run_gates(args, &source, &artifacts, context)?;
    match args.format {
        ReportFormat::Json => context.print_json(&run)?,
        ReportFormat::Human => {
            let terminal = context.stdout;
            let directory = context.directory.clone();
            context.print(|out| render::write_run(&run, &artifacts, &directory, terminal, out))?;
        }
    }
    Ok(match run.verdict {
        Verdict::Pass => ExitCode::Yes,
        Verdict::Fail => ExitCode::No,
        _ => ExitCode::Usage,
    })
}

fn artifacts(args: &RunArgs, source: &Source, context: &Context) -> Result<PathBuf, CliError> {
    match &args.artifacts {
        Some(path) => Ok(context.directory.join(path)),
        None => artifacts::make(&source.worktree, Timestamp::now()).map_err(|error| {
            CliError::usage(error).hint("name another place with `--artifacts DIR`")
        }),
    }
}

fn run_gates(
    args: &RunArgs,
    source: &Source,
    artifacts: &std::path::Path,
    context: &Context,
) -> Result<GateRun, CliError> {
    let tree = source
        .repository
        .worktree_tree(&source.worktree)
        .map_err(|error| {
            let code = if error.is_retryable() {
                ExitCode::TryAgain
            } else {
                ExitCode::Usage
            };
            with_hints(error.hints(), CliError::new(code, error))
        })?;
    let interrupts =
        Interrupts::watch().map_err(|error| CliError::new(ExitCode::TryAgain, error))?;
    let progress = Progress::new(context);
    let mut run = RunContext::new(&source.worktree, tree.to_string(), &context.env, artifacts);
    run.base = source.base.map(|base| base.to_string());
    run.reader = Some(&FingerprintReader);
    run.observer = Some(&progress);
    run.selection = Selection::only(args.only.iter().cloned());
    run.selection.tier = args.tier;
    run.shim = Some(context.shim());
    run.confinement = confinement::of(&args.confine, source, artifacts, context)?;
    run.cancel = Some(interrupts.cancel().clone());
    let result = ftc_gates::run(&source.file, &run);
    progress.finish();
    result.map_err(|error| run_error(error, &interrupts))
}

fn run_error(error: RunError, interrupts: &Interrupts) -> CliError {
    let code = match (&error, interrupts.exit_code()) {
        (RunError::Interrupted, Some(code)) => code,
        _ if error.is_retryable() => ExitCode::TryAgain,
        _ => ExitCode::Usage,
    };
    with_hints(error.hints(), CliError::new(code, error))
}
