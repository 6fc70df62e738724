//! A copy of a store to try something on.

use std::path::Path;
use std::sync::Mutex;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use super::fault::Doing;
use super::{OpenError, SqliteStore, open};

/// The copy's file in its own directory.
const FILE: &str = "copy.db";

impl SqliteStore {
    /// Opens a copy of the store at `path` as it is now. The copy is in a temporary directory that goes with it; the store
    /// itself is only read, and is not brought up to a newer schema. Without a store at `path` the copy is an empty one.
    pub fn open_copy(path: &Path) -> Result<Self, OpenError> {
        let folder = TempDir::with_prefix("ftc-store-").map_err(|source| OpenError::Io {
            doing: "create a temporary directory beside",
            path: path.to_owned(),
            source,
        })?;
        let copy = folder.path().join(FILE);
        if path.exists() {
            copy_into(path, &copy)?;
        }
        let (url, connection) = open::open(&copy)?;
        Ok(Self {
            url,
            connection: Mutex::new(connection),
            folder: Some(folder),
        })
    }
}

/// `VACUUM INTO` reads one snapshot, whatever other processes write meanwhile.
fn copy_into(path: &Path, copy: &Path) -> Result<(), OpenError> {
    let store = path.display().to_string();
    let doing = Doing {
        store: &store,
        doing: "copy",
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(path, flags).map_err(|error| doing.failed(error))?;
    // The last one to close a database writes its log into it, which is not for a reader to do.
    source
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .map_err(|error| doing.failed(error))?;
    source
        .busy_timeout(open::BUSY_TIMEOUT)
        .map_err(|error| doing.failed(error))?;
    source
        .execute("VACUUM INTO ?1", [copy.to_string_lossy()])
        .map_err(|error| doing.failed(error))?;
    Ok(())
}
