//! `ftc-clean status`.

use ftc_cli::{CliError, Context, ExitCode, ReportFormat};
use ftc_flaky::{Memo, MemoError};
use ftc_state::{Lifecycle, PageRequest, RepositoryName, Store};

use crate::args::StatusArgs;
use crate::failed::failed;
use crate::render::state::{self, Row};
use crate::settings;

/// Lists every failure that is looked after.
pub fn run(args: &StatusArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let store = open(context)?;
    let repository = repository(context)?;
    let rows = rows(&*store, &repository)?;
    match args.format {
        ReportFormat::Human => state::table(&rows, context)?,
        ReportFormat::Json => context.print_json(&state::Listing::new(&repository, &rows))?,
    }
    Ok(tell_unreadable(&rows, context))
}

/// Says which memos could not be read. The rest of what is known is shown all the same.
pub fn tell_unreadable(rows: &[Row], context: &mut Context) -> ExitCode {
    let mut code = ExitCode::Yes;
    for row in rows {
        if let Some(unreadable) = &row.unreadable {
            code = ExitCode::Partial;
            let error = unreadable
                .hints()
                .into_iter()
                .fold(CliError::new(code, chain(unreadable)), CliError::hint);
            context.report(&error);
        }
    }
    code
}

fn chain(error: &MemoError) -> String {
    format!("{error}: {}", error.source)
}

/// The store that is configured.
pub fn open(context: &Context) -> Result<Box<dyn Store>, CliError> {
    let url = settings::store(context)?;
    if let Some(path) = context
        .config
        .value(&ftc_cli::config::keys::STORE)
        .and_then(|url| {
            let path = context.directory.join(url.sqlite_path()?);
            (!path.exists()).then_some(path)
        })
    {
        return Err(
            CliError::usage(format!("there is no store `{}`", path.display()))
                .hint("`ftc-clean --once` makes one; is it the right path?"),
        );
    }
    ftc_state::open(&url).map_err(failed)
}

/// The repository that is configured, by its own name or that of the forge.
pub fn repository(context: &Context) -> Result<RepositoryName, CliError> {
    if let Some(name) = context.config.value(&ftc_cli::config::keys::REPOSITORY) {
        return RepositoryName::new(name.as_str()).map_err(CliError::usage);
    }
    let settings = settings::Settings::new(context)?;
    let git = ftc_vcs::GitProgram::find(&context.env).map_err(failed)?;
    let forge = crate::build::open_forge(&settings, &git)?;
    crate::build::repository_of(&settings, &forge)
}

fn rows(store: &dyn Store, repository: &RepositoryName) -> Result<Vec<Row>, CliError> {
    let mut rows = Vec::new();
    let mut request = PageRequest::first(PageRequest::MAX_LIMIT);
    loop {
        let page = store
            .list_lifecycles(repository, &request)
            .map_err(failed)?;
        for lifecycle in page.items {
            rows.push(row(store, lifecycle)?);
        }
        match page.next {
            Some(next) => request = PageRequest::first(PageRequest::MAX_LIMIT).after(next),
            None => break,
        }
    }
    rows.sort_by_key(|row| {
        (
            row.lifecycle.issue.unwrap_or(u64::MAX),
            row.lifecycle.fingerprint,
        )
    });
    Ok(rows)
}

/// A lifecycle with its test and its memo.
pub fn row(store: &dyn Store, lifecycle: Lifecycle) -> Result<Row, CliError> {
    let known = store
        .load_fingerprint(&lifecycle.repository, &lifecycle.fingerprint)
        .map_err(failed)?;
    let (memo, unreadable) = match Memo::parse(&lifecycle.memo, &lifecycle.fingerprint.to_string())
    {
        Ok(memo) => (memo, None),
        Err(error) => (Memo::default(), Some(error)),
    };
    Ok(Row {
        lifecycle,
        known,
        memo,
        unreadable,
    })
}
