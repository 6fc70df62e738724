//! Lists of lifecycles, journals and the outbox on SQLite. All run by a key that never changes.

use ftc_fingerprint::Fingerprint;
use rusqlite::params;

use super::super::list::{query, sql_limit};
use super::super::rows::Session;
use super::super::sql::ledger as sql;
use super::decode;
use crate::lifecycle::{Lifecycle, TransitionEntry};
use crate::outbox::{OutboxEntry, OutboxFilter};
use crate::page::{Cursor, Page, PageRequest};
use crate::repository::RepositoryName;
use crate::store::StoreError;

/// One page of a repository's lifecycles.
pub(super) fn lifecycles(
    session: &Session<'_>,
    repository: &RepositoryName,
    page: &PageRequest,
) -> Result<Page<Lifecycle>, StoreError> {
    // No fingerprint comes before the empty text.
    let after = page.after.as_ref().map_or("", |after| &after.key);
    let values = params![repository.as_str(), after, wanted(page)];
    let rows = query(session, &sql::LIST_LIFECYCLES, values, decode::lifecycle)?;
    Ok(Page::new(rows, page.limit(), Cursor::of_lifecycle))
}

/// One page of a lifecycle's journal.
pub(super) fn transitions(
    session: &Session<'_>,
    repository: &RepositoryName,
    fingerprint: &Fingerprint,
    page: &PageRequest,
) -> Result<Page<TransitionEntry>, StoreError> {
    let values = params![
        repository.as_str(),
        fingerprint.to_string(),
        after(page),
        wanted(page)
    ];
    let rows = query(session, &sql::LIST_TRANSITIONS, values, decode::transition)?;
    Ok(Page::new(rows, page.limit(), Cursor::of_transition))
}

/// One page of a repository's outbox.
pub(super) fn outbox(
    session: &Session<'_>,
    repository: &RepositoryName,
    filter: &OutboxFilter,
    page: &PageRequest,
) -> Result<Page<OutboxEntry>, StoreError> {
    let statement = match (filter.fingerprint, filter.pending_only) {
        (None, false) => &sql::LIST_OUTBOX,
        (None, true) => &sql::LIST_OUTBOX_PENDING,
        (Some(_), false) => &sql::LIST_OUTBOX_OF,
        (Some(_), true) => &sql::LIST_OUTBOX_PENDING_OF,
    };
    let fingerprint = filter
        .fingerprint
        .map(|fingerprint| fingerprint.to_string());
    let values = params![repository.as_str(), after(page), wanted(page), fingerprint];
    let rows = query(session, statement, values, decode::outbox)?;
    Ok(Page::new(rows, page.limit(), Cursor::of_outbox))
}

/// One row more than the page holds, to see whether more follow.
fn wanted(page: &PageRequest) -> i64 {
    sql_limit(page.limit() + 1)
}

fn after(page: &PageRequest) -> i64 {
    let number = page.after.as_ref().map_or(0, Cursor::number);
    i64::try_from(number).unwrap_or(i64::MAX)
}
