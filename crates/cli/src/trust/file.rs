//! The file of trust.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::Path;

use ftc_durable::{FileLock, LockMode, Options, Owner, write_atomic_with};
use ftc_process::ProcessIdentity;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{TrustError, TrustedFile};

const SCHEMA: &str = "ftc.trust/1";

/// What is larger was not written by us.
const LIMIT_BYTES: u64 = 16 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: String,
    trusted: Vec<TrustedFile>,
}

#[derive(Deserialize)]
struct Header {
    schema: String,
}

/// Reads the file; none is the same as an empty one.
pub(super) fn read(path: &Path) -> Result<Vec<TrustedFile>, TrustError> {
    let failed = |source| TrustError::Read {
        path: path.to_owned(),
        source,
    };
    match fs::symlink_metadata(path) {
        Ok(metadata) => check(path, &metadata)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(failed(source)),
    }
    let file = File::open(path).map_err(failed)?;
    // Asked again of what was opened: it may be another file by now.
    check(path, &file.metadata().map_err(failed)?)?;
    let mut bytes = Vec::new();
    file.take(LIMIT_BYTES)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    parse(path, &bytes)
}

fn check(path: &Path, metadata: &fs::Metadata) -> Result<(), TrustError> {
    let found = if metadata.is_symlink() {
        "a symbolic link"
    } else if !metadata.is_file() {
        "no regular file"
    } else if metadata.uid() != rustix::process::geteuid().as_raw() {
        "owned by somebody else"
    } else if metadata.mode() & 0o022 != 0 {
        "writable by others"
    } else {
        return Ok(());
    };
    Err(TrustError::Unsafe {
        path: path.to_owned(),
        found,
    })
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<TrustedFile>, TrustError> {
    let malformed = |source| TrustError::Malformed {
        path: path.to_owned(),
        source,
    };
    let header: Header = serde_json::from_slice(bytes).map_err(malformed)?;
    if header.schema != SCHEMA {
        return Err(TrustError::Schema {
            path: path.to_owned(),
            found: header.schema,
        });
    }
    let document: Document = serde_json::from_slice(bytes).map_err(malformed)?;
    Ok(document.trusted)
}

/// Reads the file, lets `edit` change what is in it, and writes it again if `edit` says that it did. Two programs that do so at
/// the same time lose nothing.
pub(super) fn change(
    path: &Path,
    edit: impl FnOnce(&mut Vec<TrustedFile>) -> bool,
) -> Result<Vec<TrustedFile>, TrustError> {
    let directory = path.parent().expect("the file has a directory");
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|source| TrustError::Directory {
            path: directory.to_owned(),
            source,
        })?;
    let lock = FileLock::acquire(&path.with_extension("lock"), LockMode::Exclusive, &owner())
        .map_err(TrustError::Lock)?;
    let mut entries = read(path)?;
    if edit(&mut entries) {
        write(path, &entries)?;
    }
    lock.release().map_err(TrustError::Lock)?;
    Ok(entries)
}

fn write(path: &Path, entries: &[TrustedFile]) -> Result<(), TrustError> {
    let document = Document {
        schema: SCHEMA.to_owned(),
        trusted: entries.to_vec(),
    };
    let options = Options {
        mode: Some(0o600),
        ..Options::default()
    };
    write_atomic_with(path, options, &mut |file| {
        serde_json::to_writer_pretty(&mut *file, &document)?;
        writeln!(file)
    })
    .map_err(TrustError::Write)
}

/// For the words of whoever has to wait.
fn owner() -> Owner {
    Owner {
        pid: std::process::id(),
        host: ProcessIdentity::current().map_or_else(|_| "this machine".to_owned(), |me| me.host),
        since: Timestamp::now().to_string(),
    }
}
