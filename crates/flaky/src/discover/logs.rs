//! `dir:PATH`: a folder of logs and reports.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ftc_durable::Digest;
use ftc_state::{OccurrenceSource, ScanRecord, StoreError};
use sha2::{Digest as _, Sha256};

use super::{DiscoverError, Discovery, Unreadable};
use crate::cleaner::Cx;
use crate::scan::scan;

/// Reads every file below `folder` and records it. Links are not followed. A file that cannot be read is reported, and the
/// others are read all the same.
pub(crate) fn read_directory(cx: &Cx, folder: &Path) -> Result<Discovery, DiscoverError> {
    let mut files = Vec::new();
    let mut discovery = Discovery::default();
    collect(folder, &mut files, &mut discovery.unreadable).map_err(|source| {
        DiscoverError::Folder {
            path: folder.to_owned(),
            source,
        }
    })?;
    files.sort();
    for path in files {
        match read_file(cx, folder, &path) {
            Ok(failed) => {
                discovery.read += 1;
                discovery.failed += u64::from(failed);
            }
            Err(ReadFileError::Read(error)) => discovery.unreadable.push(Unreadable {
                path,
                reason: error.to_string(),
            }),
            Err(ReadFileError::Store(error)) => return Err(error.into()),
        }
    }
    Ok(discovery)
}

/// An error is one of `folder` itself; folders below it that cannot be read are among the unreadable.
fn collect(
    folder: &Path,
    files: &mut Vec<PathBuf>,
    unreadable: &mut Vec<Unreadable>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            let path = entry.path();
            if let Err(error) = collect(&path, files, unreadable) {
                let reason = error.to_string();
                unreadable.push(Unreadable { path, reason });
            }
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

enum ReadFileError {
    Read(io::Error),
    Store(StoreError),
}

/// Whether something failed in it.
fn read_file(cx: &Cx, folder: &Path, path: &Path) -> Result<bool, ReadFileError> {
    let mut input = Hashing {
        inner: File::open(path).map_err(ReadFileError::Read)?,
        hash: Sha256::new(),
    };
    let found = scan(&mut input).map_err(ReadFileError::Read)?;
    let sha256 = Digest::from_bytes(input.hash.finalize().into());
    let source = OccurrenceSource::file(&name_of(folder, path), sha256);
    let mut record = ScanRecord::new(cx.parts.repository.clone(), source, &found);
    record.commit = commit_in(path);
    cx.parts
        .store
        .record_scan(&record, cx.now())
        .map_err(ReadFileError::Store)?;
    Ok(found.has_failed())
}

/// What a log is called: its path from `folder` on, whose own name comes first. Where the folder lies on this machine is told
/// to nobody.
fn name_of(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let name = folder.file_name().map(Path::new);
    name.map_or_else(|| below.to_owned(), |name| name.join(below))
        .to_string_lossy()
        .into_owned()
}

/// The nearest folder of `path` that is named like a full commit id.
fn commit_in(path: &Path) -> Option<String> {
    path.ancestors()
        .skip(1)
        .filter_map(|folder| folder.file_name()?.to_str())
        .find(|name| {
            name.len() == 40
                && name
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
        .map(str::to_owned)
}

/// Hashes what passes through.
struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.hash.update(&buffer[..length]);
        Ok(length)
    }
}
