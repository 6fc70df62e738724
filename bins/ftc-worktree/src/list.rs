//! `list`.

use std::io::{self, Write};

use ftc_cli::{CliError, Context, ExitCode, ReportFormat, Styles, printable};
use ftc_worktree::{Pool, Slot, SlotState};

use crate::args::PlaceArgs;
use crate::place::{Place, with_hints};
use crate::view::{ListDocument, SlotView, reason, until};

pub fn run(
    place: &PlaceArgs,
    format: ReportFormat,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    let place = Place::find(place, &[], context)?;
    let root = place.root.clone();
    // Looking must not make a pool.
    let slots = if Pool::exists(&root) {
        let pool = place.open(context)?;
        pool.list()
            .map_err(|error| with_hints(error.is_retryable(), error.hints(), error))?
    } else {
        Vec::new()
    };
    match format {
        ReportFormat::Human if slots.is_empty() => {
            context.say(&format!("no worktrees in `{}`", root.display()));
        }
        ReportFormat::Human => {
            let styles = Styles::of(context.stdout);
            context.print(|out| {
                slots
                    .iter()
                    .try_for_each(|slot| write_slot(slot, styles, out))
            })?;
        }
        ReportFormat::Json => context.print_json(&ListDocument {
            schema: "ftc.worktree.list/1",
            root: root.to_string_lossy().into_owned(),
            slots: slots.iter().map(SlotView::new).collect(),
        })?,
    }
    Ok(ExitCode::Yes)
}

fn write_slot(slot: &Slot, styles: Styles, out: &mut dyn Write) -> io::Result<()> {
    let style = match slot.state {
        SlotState::Quarantined { .. } => styles.error,
        SlotState::Leased => styles.strong,
        _ => styles.dim,
    };
    let commit = slot
        .commit
        .map_or_else(|| "unknown".to_owned(), |commit| commit.short());
    writeln!(
        out,
        "slot {}  {style}{}{style:#}  {commit}  {}",
        slot.number,
        slot.state.name(),
        printable(&slot.path.to_string_lossy())
    )?;
    if let Some(reason) = reason(&slot.state) {
        let advice = "look at it, and remove its folder when nothing in it is needed";
        writeln!(out, "  {}: {advice}", printable(reason))?;
    }
    let Some(lease) = &slot.lease else {
        return Ok(());
    };
    let purpose = match lease.purpose.as_str() {
        "" => String::new(),
        purpose => format!(": {purpose}"),
    };
    writeln!(out, "  {}", printable(&format!("{}{purpose}", lease.owner)))?;
    writeln!(out, "  lease {} {}", lease.id, printable(&until(lease)))
}
