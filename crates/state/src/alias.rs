//! Fingerprints by older rules, and by which one the failure is known now.

use ftc_fingerprint::Fingerprint;
use jiff::Timestamp;

use crate::repository::RepositoryName;
use crate::rows::Rows;
use crate::store::StoreError;

/// A fingerprint that a failure had before [`Store::reindex`](crate::Store::reindex). Everything that looks a fingerprint
/// up follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alias {
    /// Whose failure it is.
    pub repository: RepositoryName,
    /// The fingerprint by older rules.
    pub alias: Fingerprint,
    /// The fingerprint by which the failure is known now. Never an alias itself.
    pub fingerprint: Fingerprint,
    /// The older rules.
    pub from_version: String,
    /// The rules that took their place.
    pub to_version: String,
    /// When that was.
    pub created_at: Timestamp,
}

/// The fingerprint under which `fingerprint` is known: itself, unless only an alias has that name.
pub(crate) fn resolve(
    rows: &mut impl Rows,
    repository: &RepositoryName,
    fingerprint: &Fingerprint,
) -> Result<Fingerprint, StoreError> {
    if rows
        .load_fingerprint_row(repository, fingerprint)?
        .is_some()
    {
        return Ok(*fingerprint);
    }
    let alias = rows.load_alias(repository, fingerprint)?;
    Ok(alias.map_or(*fingerprint, |alias| alias.fingerprint))
}
