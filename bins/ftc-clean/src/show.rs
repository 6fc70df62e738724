//! `ftc-clean show`.

use ftc_cli::{CliError, Context, ExitCode, ReportFormat};
use ftc_state::{FingerprintPrefix, OutboxFilter, PageRequest};

use crate::args::ShowArgs;
use crate::failed::failed;
use crate::render::state::{self, Story};
use crate::status::{open, repository, row, tell_unreadable};

/// Shows everything about one failure.
pub fn run(args: &ShowArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let prefix: FingerprintPrefix = args.fingerprint.parse().map_err(CliError::usage)?;
    let store = open(context)?;
    let repository = repository(context)?;
    let found = store
        .find_fingerprint(Some(&repository), &prefix)
        .map_err(CliError::usage)?;
    let lifecycle = match found {
        Some(known) => store
            .load_lifecycle(&repository, &known.fingerprint)
            .map_err(failed)?,
        None => None,
    };
    let Some(lifecycle) = lifecycle else {
        return Err(CliError::new(
            ExitCode::No,
            format!(
                "no failure that is looked after begins with `{}`",
                args.fingerprint
            ),
        )
        .hint("`ftc-clean status` lists them"));
    };
    let page = PageRequest::first(PageRequest::MAX_LIMIT);
    let journal = store
        .list_transitions(&repository, &lifecycle.fingerprint, &page)
        .map_err(failed)?
        .items;
    let outbox = store
        .list_outbox(
            &repository,
            &OutboxFilter::all().of(lifecycle.fingerprint),
            &page,
        )
        .map_err(failed)?
        .items;
    let story = Story {
        row: row(&*store, lifecycle)?,
        journal,
        outbox,
    };
    match args.format {
        ReportFormat::Human => state::story(&story, context)?,
        ReportFormat::Json => context.print_json(&state::StoryDocument::new(&story))?,
    }
    Ok(tell_unreadable(std::slice::from_ref(&story.row), context))
}
