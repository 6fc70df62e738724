//! `acquire`.

use std::path::Path;
use std::time::Duration;

use ftc_cli::{CliError, Context, ExitCode, ReportFormat};
use ftc_process::ProcessIdentity;
use ftc_worktree::{AcquireError, Request};

use crate::args::{AcquireArgs, PlaceArgs};
use crate::place::{Place, coded, with_hints};
use crate::view::{LeaseDocument, LeaseView, until};

const SCHEMA: &str = "ftc.worktree.lease/1";

const DEFAULT_TTL: Duration = Duration::from_secs(3_600);

pub fn run(
    args: &AcquireArgs,
    place: &PlaceArgs,
    format: ReportFormat,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    let place = Place::find(place, &args.keep, context)?;
    let commit = place
        .repository
        .resolve(&args.rev)
        .map_err(|error| with_hints(error.is_retryable(), error.hints(), error))?;
    let owner = args.owner.as_deref().or_else(|| context.env.var("USER"));
    let owner = owner.unwrap_or("unknown").to_owned();
    let mut request = Request::new(commit, owner, &args.purpose, process(args.pid)?);
    // This process is about to end, so without a time the lease would end with it.
    request.ttl = args.ttl.or((args.pid.is_none()).then_some(DEFAULT_TTL));

    if args.dry_run {
        return rehearse(&place, &request, format, context);
    }
    let pool = place.open(context)?;
    let lease = pool.acquire(&request).map_err(acquire_error)?;
    let slots = pool
        .list()
        .map_err(|error| with_hints(error.is_retryable(), error.hints(), error))?;
    let slot = slots.iter().find(|slot| slot.number == lease.slot());
    let Some(info) = slot.and_then(|slot| slot.lease.as_ref()) else {
        return Err(CliError::new(
            ExitCode::Conflict,
            format!("slot {} was taken over by another process", lease.slot()),
        ));
    };
    let path = lease.path();
    match format {
        ReportFormat::Human => {
            context.say(&format!(
                "lease {} on slot {} {}; give it back with `ftc-worktree release {0}`",
                info.id,
                lease.slot(),
                until(info)
            ));
            print_path(path, context)?;
        }
        ReportFormat::Json => context.print_json(&LeaseDocument {
            schema: SCHEMA,
            dry_run: false,
            slot: lease.slot(),
            path: path.to_string_lossy().into_owned(),
            lease: Some(LeaseView::new(info)),
        })?,
    }
    // Only now: if the answer could not be written, nobody knows of the lease, and dropping it gives it back.
    let _token = lease.detach();
    Ok(ExitCode::Yes)
}

/// Says what would be leased.
fn rehearse(
    place: &Place,
    request: &Request,
    format: ReportFormat,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    let found = place
        .look()?
        .rehearse_acquire(request)
        .map_err(acquire_error)?;
    match format {
        ReportFormat::Human => {
            let made = if found.is_new {
                "would make and lease"
            } else {
                "would lease"
            };
            context.say(&format!("{made} slot {}", found.slot));
            print_path(&found.path, context)?;
        }
        ReportFormat::Json => context.print_json(&LeaseDocument {
            schema: SCHEMA,
            dry_run: true,
            slot: found.slot,
            path: found.path.to_string_lossy().into_owned(),
            lease: None,
        })?,
    }
    Ok(ExitCode::Yes)
}

/// A path byte for byte, so that a shell can take it.
fn print_path(path: &Path, context: &mut Context) -> Result<(), CliError> {
    context.print(|out| {
        out.write_all(path.as_os_str().as_encoded_bytes())?;
        writeln!(out)
    })
}

fn acquire_error(error: AcquireError) -> CliError {
    match error {
        AcquireError::PoolFull { .. } => coded(ExitCode::TryAgain, error.hints(), error),
        _ => with_hints(error.is_retryable(), error.hints(), error),
    }
}

/// The process that the lease is bound to.
fn process(pid: Option<u32>) -> Result<ProcessIdentity, CliError> {
    let identity = match pid {
        Some(pid) => ProcessIdentity::of(pid),
        None => ProcessIdentity::current().map(Some),
    };
    match (identity, pid) {
        (Ok(Some(identity)), _) => Ok(identity),
        (Ok(None), Some(pid)) => Err(CliError::usage(format!("there is no process `{pid}`"))),
        (Ok(None), None) => Err(CliError::usage("this process cannot be identified")),
        (Err(error), _) => {
            Err(CliError::usage(error).hint("the system did not say when the process started"))
        }
    }
}
