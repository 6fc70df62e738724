//! Opening a store: what is refused, and why nothing is changed by that.
//!
//! A new file gets its `application_id` in a first transaction before anything else, so a file that is not empty and does
//! not carry it was not made here.

use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::fault::Doing;
use super::migrations::{self, Outcome, supported_version};
use super::place::{inspect, plain};
use crate::store::{EngineError, StoreError};
use crate::url::StoreUrl;

/// `ftc1`, in the bytes of `PRAGMA application_id`.
pub(super) const APPLICATION_ID: i64 = 0x6674_6331;
/// How long a call waits for another process.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Statements of ours, with room.
const CACHED_STATEMENTS: usize = 80;

/// Why a store was not opened. The file, if there is one, is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// MySQL-protocol stores are not supported by this version.
    #[error("the store `{url}` needs the MySQL protocol, which this version does not support")]
    MysqlUnsupported {
        /// The store; it shows no credentials.
        url: StoreUrl,
    },
    /// The path is a directory.
    #[error("the store `{path}` is a directory")]
    Directory {
        /// The path.
        path: PathBuf,
    },
    /// The path is a device, a pipe or a socket.
    #[error("the store `{path}` is not a regular file")]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// Not even the directory above the store's directory is there.
    #[error("the store `{path}` cannot be made: `{missing}` does not exist")]
    NoParent {
        /// The path.
        path: PathBuf,
        /// The directory that is missing.
        missing: PathBuf,
    },
    /// The operating system refused a look at the path, or its directory.
    #[error("failed to {doing} `{path}` for the store")]
    Io {
        /// What was being done: `inspect`, `create the directory`.
        doing: &'static str,
        /// The path that it was done to.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("the store `{path}` is not an SQLite file")]
    NotSqlite {
        /// The path.
        path: PathBuf,
        /// What SQLite said.
        source: EngineError,
    },
    /// The file is an SQLite file of another program.
    #[error(
        "the SQLite file `{path}` belongs to another program (application id {application_id:#010x})"
    )]
    ForeignApplication {
        /// The path.
        path: PathBuf,
        /// The id that it carries; 0 when its program set none.
        application_id: i64,
    },
    /// A newer version of this program made the store.
    #[error(
        "the store `{path}` has schema version {found}, but this program supports up to {supported}"
    )]
    Newer {
        /// The path.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The greatest version that this program knows.
        supported: i64,
    },
    /// The store was made by a program whose migrations differ from ours.
    #[error(
        "the store `{path}` was made by another build: its migration {version} `{name}` differs"
    )]
    MigrationChanged {
        /// The path.
        path: PathBuf,
        /// Number of the migration.
        version: i64,
        /// Its name in the store.
        name: String,
    },
    /// The path is on a network filesystem.
    #[error(
        "the store `{path}` is on the network filesystem {filesystem}, where SQLite loses data"
    )]
    NetworkFileSystem {
        /// The path.
        path: PathBuf,
        /// Its type.
        filesystem: &'static str,
    },
    /// The store is ours, but cannot be used now.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OpenError {
    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_retryable())
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::MysqlUnsupported { .. } => "use `sqlite:PATH`, or `memory:` for one run",
            Self::Directory { .. } => "name a file in it, such as `ftc.db`",
            Self::NotAFile { .. } => "name a file",
            Self::NoParent { .. } => "make that directory, or name another place",
            Self::NotSqlite { .. } | Self::ForeignApplication { .. } => {
                "name another file; this one was left as it is"
            }
            Self::Newer { .. } => "update this program, or name another store",
            Self::MigrationChanged { .. } => "use the program that made it, or name another store",
            Self::NetworkFileSystem { .. } => "name a file on a local disk",
            Self::Io { .. } => return Vec::new(),
            Self::Store(error) => return error.hints(),
        };
        vec![hint.to_owned()]
    }
}

/// Opens the store at `path` and says how to name it in errors.
pub(super) fn open(path: &Path) -> Result<(String, Connection), OpenError> {
    let url = StoreUrl::sqlite(path).to_string();
    let doing = Doing {
        store: &url,
        doing: "open",
    };
    inspect(path, doing)?;
    let mut connection = connect(path).map_err(|error| doing.failed(error))?;
    prepare(&mut connection, path, doing)?;
    Ok((url, connection))
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(plain(path), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // Until the store is known to be ours and not newer, closing it must not move its log into it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    Ok(connection)
}

fn prepare(connection: &mut Connection, path: &Path, doing: Doing<'_>) -> Result<(), OpenError> {
    // SQLite falls back to reading when it may not write, and says so only at the first write.
    if connection
        .is_readonly("main")
        .map_err(|error| doing.failed(error))?
    {
        return Err(StoreError::ReadOnly {
            store: doing.store.to_owned(),
        }
        .into());
    }
    let claimed = patiently(|| claim(connection)).map_err(|error| doing.failed(error))?;
    if claimed != APPLICATION_ID {
        return Err(OpenError::ForeignApplication {
            path: path.to_owned(),
            application_id: claimed,
        });
    }
    let found = migrations::version(connection).map_err(|error| doing.failed(error))?;
    if found > supported_version() {
        return Err(newer(path, found));
    }
    let outcome = patiently(|| {
        configure(connection)?;
        migrations::migrate(connection)
    });
    match outcome.map_err(|error| doing.failed(error))? {
        Outcome::Current => {}
        Outcome::Newer { found } => return Err(newer(path, found)),
        Outcome::Changed { version, name } => {
            return Err(OpenError::MigrationChanged {
                path: path.to_owned(),
                version,
                name,
            });
        }
    }
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
        .map(drop)
        .map_err(|error| doing.failed(error).into())
}

/// Writes our id into a file that holds nothing, and returns the id that the file has then.
fn claim(connection: &mut Connection) -> rusqlite::Result<i64> {
    let found = application_id(connection)?;
    if found != 0 {
        return Ok(found);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if is_blank(&transaction)? {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    let found = application_id(&transaction)?;
    transaction.commit()?;
    Ok(found)
}

/// Whether the file holds nothing yet. The write lock alone gives it its first page.
fn is_blank(connection: &Connection) -> rusqlite::Result<bool> {
    let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    let objects: i64 =
        connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(pages <= 1 && objects == 0 && migrations::version(connection)? == 0)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode == "wal" {
        Ok(())
    } else {
        Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN),
            Some(format!(
                "the journal mode stays `{mode}`, WAL is not possible here"
            )),
        ))
    }
}

pub(super) fn application_id(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA application_id", [], |row| row.get(0))
}

/// Repeats `step` while others hold the file. The switch to WAL does not wait by itself.
fn patiently<T>(mut step: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let started = Instant::now();
    loop {
        match step() {
            Err(error) if is_busy(&error) && started.elapsed() < BUSY_TIMEOUT => {
                thread::sleep(Duration::from_millis(5));
            }
            other => return other,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

pub(super) fn newer(path: &Path, found: i64) -> OpenError {
    OpenError::Newer {
        path: path.to_owned(),
        found,
        supported: supported_version(),
    }
}
