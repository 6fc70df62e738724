//! Blobs as files in a folder.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ftc_durable::{Digest, write_atomic};
use rustix::fs::{Mode, OFlags};

use crate::{BlobError, BlobStore};

/// Blobs as files in one folder, each named after its hash.
///
/// Files are written whole and durably, and hashed when they are read: one that does not hold what its name says is an
/// error. Links and special files are not followed or read.
#[derive(Debug, Clone)]
pub struct DirBlobs {
    folder: PathBuf,
}

impl DirBlobs {
    /// A store in `folder`, which is made when the first blob is put.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file that holds, or would hold, the content with this hash.
    pub fn file(&self, digest: &Digest) -> PathBuf {
        self.folder.join(digest.to_string())
    }
}

impl BlobStore for DirBlobs {
    fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, BlobError> {
        let path = self.file(digest);
        let bytes = match read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(BlobError::Io { path, source }),
        };
        if Digest::of_content(&bytes) == *digest {
            Ok(Some(bytes))
        } else {
            Err(BlobError::Corrupt { path })
        }
    }

    fn put(&self, bytes: &[u8]) -> Result<Digest, BlobError> {
        let digest = Digest::of_content(bytes);
        if matches!(self.get(&digest), Ok(Some(_))) {
            return Ok(digest);
        }
        fs::create_dir_all(&self.folder).map_err(|source| BlobError::Io {
            path: self.folder.clone(),
            source,
        })?;
        let path = self.file(&digest);
        write_atomic(&path, bytes).map_err(|source| BlobError::Write { path, source })?;
        Ok(digest)
    }
}

/// Reads an ordinary file. Opening does not block on a pipe and does not follow a link.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not an ordinary file",
        ));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}
