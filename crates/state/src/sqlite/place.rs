//! Whether a path may hold a store, found out without changing what is there.
//!
//! SQLite reads a file only after its header was found to be ours, and it is asked for the header itself in a mode that
//! takes no lock and writes nothing. (Reading the header with a file handle of our own would, when it is closed, drop the
//! locks that another store of this process holds on the same file.)

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ftc_durable::network_filesystem;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::fault::Doing;
use super::migrations::{self, supported_version};
use super::open::{APPLICATION_ID, OpenError, application_id, newer};

/// The size of a page in every store: SQLite's default, which we never change.
const PAGE_BYTES: u64 = 4096;

/// Refuses `path` or makes it ready to be opened: its directory is there, and what it holds, if anything, is ours.
pub(super) fn inspect(path: &Path, doing: Doing<'_>) -> Result<(), OpenError> {
    let directory = directory_of(path);
    match look(path)? {
        Found::Nothing => make_directory(path, directory)?,
        Found::Empty => {}
        Found::Content => identify(path, doing)?,
    }
    match network_filesystem(directory) {
        Some(filesystem) => Err(OpenError::NetworkFileSystem {
            path: path.to_owned(),
            filesystem,
        }),
        None => Ok(()),
    }
}

enum Found {
    Nothing,
    Empty,
    Content,
}

fn look(path: &Path) -> Result<Found, OpenError> {
    let path = path.to_owned();
    match fs::metadata(&path) {
        Ok(metadata) if metadata.is_dir() => Err(OpenError::Directory { path }),
        Ok(metadata) if !metadata.is_file() => Err(OpenError::NotAFile { path }),
        Ok(metadata) if metadata.len() == 0 => Ok(Found::Empty),
        // Without locks SQLite takes what is shorter than a page for empty. A store never is.
        Ok(metadata) if metadata.len() < PAGE_BYTES => Err(OpenError::NotSqlite {
            source: format!("it has {} bytes, less than a page", metadata.len()).into(),
            path,
        }),
        Ok(_) => Ok(Found::Content),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
        Err(source) => Err(OpenError::Io {
            doing: "inspect",
            path,
            source,
        }),
    }
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes the last directory only: a mistyped path should not grow a tree.
fn make_directory(path: &Path, directory: &Path) -> Result<(), OpenError> {
    if directory.is_dir() {
        return Ok(());
    }
    let failed = |source| OpenError::Io {
        doing: "create the directory",
        path: directory.to_owned(),
        source,
    };
    match fs::create_dir(directory) {
        Ok(()) => {}
        // Another process made it in between.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && directory.is_dir() => {
            return Ok(());
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(OpenError::NoParent {
                path: path.to_owned(),
                missing: directory_of(directory).to_owned(),
            });
        }
        Err(error) => return Err(failed(error)),
    }
    // What is in the directory is only as durable as the directory's own name.
    fs::File::open(directory_of(directory))
        .and_then(|parent| parent.sync_all())
        .map_err(failed)
}

/// Refuses a file that is not ours. `immutable` promises SQLite that nobody writes, so it takes no lock, looks at no
/// journal and makes no file; the two numbers read so never change once they are there, except for the version, which is
/// looked at again later.
fn identify(path: &Path, doing: Doing<'_>) -> Result<(), OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let read = || -> rusqlite::Result<(i64, i64)> {
        let connection = Connection::open_with_flags(immutable_uri(path), flags)?;
        // A program killed while it moved the log into the main file leaves the latter shorter than its header says. Only
        // the log makes that good, and this look does not read it. What would be damage is let pass by this setting; a
        // connection that cannot write takes no harm from the rest of it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, true)?;
        Ok((
            application_id(&connection)?,
            migrations::version(&connection)?,
        ))
    };
    match read() {
        Ok((APPLICATION_ID, found)) if found > supported_version() => Err(newer(path, found)),
        Ok((APPLICATION_ID, _)) => Ok(()),
        Ok((application_id, _)) => Err(OpenError::ForeignApplication {
            path: path.to_owned(),
            application_id,
        }),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            Err(OpenError::NotSqlite {
                path: path.to_owned(),
                source: error.into(),
            })
        }
        Err(error) => Err(doing.failed(error).into()),
    }
}

#[cfg(unix)]
fn immutable_uri(path: &Path) -> std::ffi::OsString {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};

    let mut uri = b"file:".to_vec();
    for &byte in plain(path).as_os_str().as_bytes() {
        match byte {
            b'?' | b'#' | b'%' => uri.extend(format!("%{byte:02x}").bytes()),
            _ => uri.push(byte),
        }
    }
    uri.extend_from_slice(b"?immutable=1");
    std::ffi::OsString::from_vec(uri)
}

/// The path as SQLite takes it for a path: a relative one may begin with `file:` or be `:memory:`.
pub(super) fn plain(path: &Path) -> PathBuf {
    if path.is_absolute() {
        path.to_owned()
    } else {
        Path::new(".").join(path)
    }
}
