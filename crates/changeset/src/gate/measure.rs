//! What the contents of a ChangeSet are, measured and not believed.

use std::collections::BTreeSet;

use super::Finding;
use super::lines::LineCounter;
use crate::{Blob, BlobKind, BlobStore, ChangeSet, FileOp, RepoPath};

/// Nothing larger is read. Far above any sensible `max_file_bytes`, and below what could exhaust a machine.
const LARGEST_READ: u64 = 256 << 20;

/// A line of binary content, for counting.
const BINARY_LINE_BYTES: u64 = 80;

/// The measures of all operations, in their order.
pub(super) struct Measures {
    pub ops: Vec<Measure>,
}

/// The measures of one operation.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measure {
    /// Lines added and removed.
    pub lines: u64,
    /// Whether what is replaced or written has a NUL byte.
    pub binary: bool,
}

impl Measures {
    /// Reads and hashes every content. What cannot be read is a finding, and not measured.
    pub fn take(change_set: &ChangeSet, blobs: &dyn BlobStore) -> (Self, BTreeSet<Finding>) {
        let mut reader = Reader {
            blobs,
            findings: BTreeSet::new(),
        };
        let mut counter = LineCounter::default();
        let ops = change_set.ops().iter();
        let ops = ops.map(|op| reader.measure(op, &mut counter)).collect();
        (Self { ops }, reader.findings)
    }

    /// Lines added and removed in all files.
    pub fn lines(&self) -> u64 {
        let lines = self.ops.iter().map(|measure| measure.lines);
        lines.fold(0, u64::saturating_add)
    }
}

struct Reader<'a> {
    blobs: &'a dyn BlobStore,
    findings: BTreeSet<Finding>,
}

impl Reader<'_> {
    fn measure(&mut self, op: &FileOp, counter: &mut LineCounter) -> Measure {
        let old = op.before().map(|(path, state)| (path, state.blob()));
        let old_bytes = old.map(|(path, blob)| self.read(path, blob, "old"));
        let new = op.after().map(|(path, _)| path).zip(op.new_blob());
        let new_bytes = new.map(|(path, blob)| self.read(path, blob, "new"));
        let (old_bytes, new_bytes) = match (old_bytes, new_bytes) {
            // Only the place or the mode changes. The old content was read for its hash alone.
            (Some(_), None) if op.after().is_some() => return Measure::default(),
            (Some(None), _) | (_, Some(None)) => return Measure::default(),
            (old, new) => (old.flatten(), new.flatten()),
        };
        let old_bytes = old_bytes.unwrap_or_default();
        let new_bytes = new_bytes.unwrap_or_default();
        let binary = [&old_bytes, &new_bytes]
            .iter()
            .any(|bytes| BlobKind::of(bytes) == BlobKind::Binary);
        let lines = if binary {
            binary_lines(&old_bytes) + binary_lines(&new_bytes)
        } else {
            counter.changed(&old_bytes, &new_bytes)
        };
        Measure { lines, binary }
    }

    fn read(&mut self, path: &RepoPath, blob: Blob, which: &str) -> Option<Vec<u8>> {
        match self.try_read(blob) {
            Ok(bytes) => Some(bytes),
            Err((rule_id, words)) => {
                let message = format!("the {which} content {words}");
                self.findings
                    .insert(Finding::built_in(rule_id, message).at(path.as_str()));
                None
            }
        }
    }

    fn try_read(&self, blob: Blob) -> Result<Vec<u8>, (&'static str, String)> {
        if blob.size > LARGEST_READ {
            let words = format!("has {} bytes, too many to be judged", blob.size);
            return Err(("blob.too_large", words));
        }
        let bytes = match self.blobs.get(&blob.sha256) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(("blob.missing", "is not in the blob store".to_owned())),
            Err(error) => return Err(("blob.unreadable", format!("cannot be read: {error}"))),
        };
        if Blob::of(&bytes) == blob {
            Ok(bytes)
        } else {
            let words = "is not what the ChangeSet says: size or hash differ";
            Err(("blob.mismatch", words.to_owned()))
        }
    }
}

fn binary_lines(bytes: &[u8]) -> u64 {
    (bytes.len() as u64).div_ceil(BINARY_LINE_BYTES)
}
