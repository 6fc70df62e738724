//! Blobs in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use ftc_durable::Digest;

use crate::{BlobError, BlobStore};

/// Blobs in memory, gone with the value.
#[derive(Debug, Default)]
pub struct MemoryBlobs {
    blobs: Mutex<BTreeMap<Digest, Vec<u8>>>,
}

impl MemoryBlobs {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl BlobStore for MemoryBlobs {
    fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, BlobError> {
        // A panic elsewhere leaves the map whole: each change of it is one insertion.
        let blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(blobs.get(digest).cloned())
    }

    fn put(&self, bytes: &[u8]) -> Result<Digest, BlobError> {
        let digest = Digest::of_content(bytes);
        let mut blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        blobs.entry(digest).or_insert_with(|| bytes.to_vec());
        Ok(digest)
    }
}
