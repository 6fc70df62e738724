//! `release`.

use std::fs;
use std::path::Path;

use ftc_cli::{CliError, Context, ExitCode, ReportFormat};
use ftc_worktree::{LeaseId, LeaseInfo, Leftovers, Pool, ReleaseError, Slot, SlotState};

use crate::args::{PlaceArgs, ReleaseArgs};
use crate::place::{Place, coded, with_hints};
use crate::view::{ReleaseDocument, SalvageView};

const SCHEMA: &str = "ftc.worktree.release/1";

pub fn run(
    args: &ReleaseArgs,
    place: &PlaceArgs,
    format: ReportFormat,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    let place = Place::find(place, &[], context)?;
    if !Pool::exists(&place.root) {
        return Err(no_lease(&args.lease));
    }
    if args.dry_run {
        return rehearse(args, &place.look()?, format, context);
    }
    let pool = place.open(context)?;
    let (slot, lease) = find(&pool, &args.lease, context)?;
    let leftovers = if args.discard {
        Leftovers::Discard
    } else {
        Leftovers::Save
    };
    let salvage = pool
        .release_with(&lease.id, lease.epoch, leftovers)
        .map_err(release_error)?;
    match format {
        ReportFormat::Human => {
            let saved = salvage.map_or_else(String::new, |salvage| {
                format!("; its work is saved as `{}`", salvage.reference)
            });
            context.say(&format!("slot {slot} is free{saved}"));
        }
        ReportFormat::Json => context.print_json(&ReleaseDocument {
            schema: SCHEMA,
            dry_run: false,
            slot,
            has_work: salvage.is_some(),
            lease: lease.id.to_string(),
            salvage: salvage.as_ref().map(SalvageView::new),
        })?,
    }
    Ok(ExitCode::Yes)
}

/// Says what would be given back.
fn rehearse(
    args: &ReleaseArgs,
    pool: &Pool,
    format: ReportFormat,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    let (slot, lease) = find(pool, &args.lease, context)?;
    let has_work = pool
        .rehearse_release(&lease.id, lease.epoch)
        .map_err(release_error)?;
    match format {
        ReportFormat::Human => {
            let work = match (has_work, args.discard) {
                (false, _) => "; there is no work in it",
                (true, false) => "; its work would be saved under `refs/ftc/salvage`",
                (true, true) => "; its work would be thrown away",
            };
            context.say(&format!("slot {slot} would be free{work}"));
        }
        ReportFormat::Json => context.print_json(&ReleaseDocument {
            schema: SCHEMA,
            dry_run: true,
            slot,
            has_work: has_work && !args.discard,
            lease: lease.id.to_string(),
            salvage: None,
        })?,
    }
    Ok(ExitCode::Yes)
}

fn release_error(error: ReleaseError) -> CliError {
    match error {
        ReleaseError::NotLeased { .. } => coded(ExitCode::No, error.hints(), error),
        ReleaseError::StaleFence { .. } => coded(ExitCode::Conflict, error.hints(), error),
        _ => with_hints(error.is_retryable(), error.hints(), error),
    }
}

/// The lease of this name, or of the worktree that this folder is in.
fn find(pool: &Pool, text: &Path, context: &Context) -> Result<(u32, LeaseInfo), CliError> {
    let slots = pool
        .list()
        .map_err(|error| with_hints(error.is_retryable(), error.hints(), error))?;
    let id: Option<LeaseId> = text.to_str().and_then(|text| text.parse().ok());
    // What is neither a lease nor a folder is no lease, which is what is said.
    let folder = fs::canonicalize(context.directory.join(text)).ok();
    let is_meant = |slot: &Slot, lease: &LeaseInfo| match (id, &folder) {
        (Some(id), _) => lease.id == id,
        (None, Some(folder)) => folder.starts_with(&slot.path),
        (None, None) => false,
    };
    slots
        .into_iter()
        .filter(|slot| slot.state == SlotState::Leased)
        .find_map(|slot| {
            let lease = slot.lease.clone()?;
            is_meant(&slot, &lease).then_some((slot.number, lease))
        })
        .ok_or_else(|| no_lease(text))
}

fn no_lease(text: &Path) -> CliError {
    CliError::new(
        ExitCode::No,
        format!("there is no lease `{}`", text.display()),
    )
    .hint("`ftc-worktree list` shows all leases")
}
