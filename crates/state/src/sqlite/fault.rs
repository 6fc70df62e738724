//! What SQLite says, in the store's words.

use rusqlite::{Error, ErrorCode};

use crate::store::StoreError;

/// Names the store in errors and says what was being done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doing<'a> {
    pub(super) store: &'a str,
    pub(super) doing: &'static str,
}

impl Doing<'_> {
    /// The error for a caller. For use in `map_err`.
    pub(super) fn failed(self, error: Error) -> StoreError {
        let store = self.store.to_owned();
        match error {
            Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy {
                    store,
                    source: error.into(),
                },
                ErrorCode::DiskFull => StoreError::Full {
                    store,
                    source: error.into(),
                },
                ErrorCode::ReadOnly => StoreError::ReadOnly { store },
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Corrupt {
                    store,
                    source: error.into(),
                },
                _ => StoreError::Engine {
                    store,
                    doing: self.doing,
                    source: error.into(),
                },
            },
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..) => StoreError::Row {
                store,
                source: error.into(),
            },
            error => StoreError::Engine {
                store,
                doing: self.doing,
                source: error.into(),
            },
        }
    }
}
