//! Preparing a change: everything that can fail for want of space or content fails here, before the tree is touched.

use std::fs::{File, Permissions};
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use rustix::fs::{Gid, Uid, XattrFlags};
use rustix::io::Errno;

use super::error::{ExecError, ExecutorError, in_tree, io_error};
use super::found::Conflict;
use super::root::{Root, look_at};
use super::step::{Planned, Step};
use super::transaction::{Transaction, link_old};
use crate::{Blob, BlobStore, Mode, RepoPath, State};

/// The largest that Linux allows for the names of a file's attributes, and for the value of one.
const MAX_ATTRIBUTE_BYTES: usize = 64 << 10;

/// Every path that is not as the ChangeSet says.
pub(super) fn conflicts(root: &Root, steps: &[Planned]) -> Result<Vec<Conflict>, ExecutorError> {
    differing(
        root,
        steps
            .iter()
            .map(|planned| (&planned.step.path, planned.step.old)),
    )
}

/// Every path that is not as the ChangeSet would make it.
pub(super) fn unapplied(root: &Root, steps: &[Planned]) -> Result<Vec<Conflict>, ExecutorError> {
    differing(
        root,
        steps
            .iter()
            .map(|planned| (&planned.step.path, planned.step.new)),
    )
}

fn differing<'a>(
    root: &Root,
    paths: impl Iterator<Item = (&'a RepoPath, Option<State>)>,
) -> Result<Vec<Conflict>, ExecutorError> {
    let mut conflicts = Vec::new();
    for (path, expected) in paths {
        let found = root
            .find(path)
            .map_err(io_error(in_tree(root.path(), path)))?;
        if !found.is(expected.as_ref()) {
            conflicts.push(Conflict {
                path: path.clone(),
                expected,
                found,
            });
        }
    }
    conflicts.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(conflicts)
}

/// Puts the new file of step `number`, and a second name of its old file, into the transaction, both on the disk.
pub(super) fn stage(
    number: usize,
    planned: &Planned,
    root: &Root,
    transaction: &Transaction,
    blobs: &dyn BlobStore,
) -> Result<(), ExecError> {
    let slot = number.to_string();
    if let Some(new) = &planned.step.new {
        let staged = stage_new(&slot, planned, new, root, transaction, blobs)?;
        let path = transaction.path().join("new").join(&slot);
        staged
            .sync_all()
            .map_err(io_error(path))
            .map_err(ExecError::Stage)?;
    }
    if let Some(old) = &planned.step.old {
        stage_old(&slot, &planned.step, old, root, transaction)?;
    }
    Ok(())
}

fn stage_new(
    slot: &str,
    planned: &Planned,
    new: &State,
    root: &Root,
    transaction: &Transaction,
    blobs: &dyn BlobStore,
) -> Result<File, ExecError> {
    let path = &planned.step.path;
    let ancestor = match &planned.heir_of {
        Some(old) => Some(open_regular(root, old)?),
        None => None,
    };
    let bytes = match (planned.blob, &ancestor) {
        (None, Some(ancestor)) => read_all(ancestor)
            .map_err(io_error(in_tree(root.path(), path)))
            .map_err(ExecError::Stage)?,
        _ => require_blob(blobs, path, new)?,
    };
    if Blob::of(&bytes) != new.blob() {
        return Err(ExecError::BlobMismatch { path: path.clone() });
    }
    let write = || -> io::Result<File> {
        let Some(ancestor) = &ancestor else {
            return transaction.write(slot, &bytes, new.mode, None);
        };
        let bits = bits_for(ancestor.metadata()?.mode(), new.mode);
        let file = transaction.write(slot, &bytes, new.mode, Some(bits))?;
        inherit(&file, ancestor, bits)?;
        Ok(file)
    };
    write()
        .map_err(io_error(transaction.path().join("new").join(slot)))
        .map_err(ExecError::Stage)
}

fn require_blob(blobs: &dyn BlobStore, path: &RepoPath, new: &State) -> Result<Vec<u8>, ExecError> {
    match blobs.get(&new.sha256) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(ExecError::BlobMissing { path: path.clone() }),
        Err(source) => Err(ExecError::Blob {
            path: path.clone(),
            source,
        }),
    }
}

/// The old file, which was found a regular one a moment ago.
fn open_regular(root: &Root, path: &RepoPath) -> Result<File, ExecError> {
    let looked = root
        .look(path)
        .map_err(io_error(in_tree(root.path(), path)));
    match looked.map_err(ExecError::Stage)? {
        (_, Some(file)) => Ok(file),
        (found, None) => Err(ExecError::Conflict {
            conflicts: vec![Conflict {
                path: path.clone(),
                expected: None,
                found,
            }],
        }),
    }
}

fn stage_old(
    slot: &str,
    step: &Step,
    old: &State,
    root: &Root,
    transaction: &Transaction,
) -> Result<(), ExecError> {
    let error = || io_error(in_tree(root.path(), &step.path));
    let place = root
        .place(&step.path)
        .map_err(error())
        .map_err(ExecError::Stage)?;
    match link_old(&place, &transaction.old, slot) {
        Ok(()) => {}
        // Some file systems have no hard links, and the system refuses them for files of others.
        Err(Errno::PERM | Errno::OPNOTSUPP | Errno::MLINK | Errno::ACCESS) => {
            copy_old(slot, step, old, root, transaction)?;
        }
        Err(errno) => return Err(ExecError::Stage(error()(errno))),
    }
    let (found, file) = look_at(&transaction.old, slot)
        .map_err(io_error(in_tree(root.path(), &step.path)))
        .map_err(ExecError::Stage)?;
    match file {
        // The old data too: a crash may otherwise leave the old file's name with nothing in it.
        Some(file) if found.is(Some(old)) => {
            let synced = file.sync_all();
            synced
                .map_err(io_error(in_tree(root.path(), &step.path)))
                .map_err(ExecError::Stage)
        }
        _ => Err(ExecError::Conflict {
            conflicts: vec![Conflict {
                path: step.path.clone(),
                expected: Some(*old),
                found,
            }],
        }),
    }
}

fn copy_old(
    slot: &str,
    step: &Step,
    old: &State,
    root: &Root,
    transaction: &Transaction,
) -> Result<(), ExecError> {
    let source = open_regular(root, &step.path)?;
    let copy = || -> io::Result<()> {
        let bytes = read_all(&source)?;
        let bits = bits_for(source.metadata()?.mode(), old.mode);
        let copy = transaction.write_old(slot, &bytes, bits)?;
        inherit(&copy, &source, bits)
    };
    copy()
        .map_err(io_error(transaction.path().join("old").join(slot)))
        .map_err(ExecError::Stage)
}

fn read_all(mut file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The permissions of a file that had `old` and is to be `mode`: whoever may read it may execute it, or nobody may.
fn bits_for(old: u32, mode: Mode) -> u32 {
    let old = old & 0o777;
    if Mode::from_permission_bits(old) == mode {
        return old;
    }
    match mode {
        Mode::Executable => old | ((old & 0o444) >> 2) | 0o100,
        Mode::Regular => old & !0o111,
    }
}

/// Gives `file` the owner and the extended attributes of the `old` one that it replaces.
fn inherit(file: &File, old: &File, bits: u32) -> io::Result<()> {
    let (new, metadata) = (file.metadata()?, old.metadata()?);
    if (new.uid(), new.gid()) != (metadata.uid(), metadata.gid()) {
        let (owner, group) = (Uid::from_raw(metadata.uid()), Gid::from_raw(metadata.gid()));
        match rustix::fs::fchown(file, Some(owner), Some(group)) {
            // Only root may give files away; then the new file is ours, as after any editor's save.
            Ok(()) | Err(Errno::PERM) => {}
            Err(error) => return Err(error.into()),
        }
    }
    copy_attributes(file, old)?;
    // A change of owner may take permissions away, and an access list may give some.
    file.set_permissions(Permissions::from_mode(bits))
}

/// Copies extended attributes, access lists included. Those of the namespaces `security` and `trusted` were given to the old
/// content, not to the new.
fn copy_attributes(file: &File, old: &File) -> io::Result<()> {
    let mut names = vec![0; MAX_ATTRIBUTE_BYTES];
    let length = match rustix::fs::flistxattr(old, names.as_mut_slice()) {
        Ok(length) => length,
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let mut value = vec![0; MAX_ATTRIBUTE_BYTES];
    for name in names[..length].split(|byte| *byte == 0) {
        let stays = name.starts_with(b"security.") || name.starts_with(b"trusted.");
        if name.is_empty() || stays {
            continue;
        }
        let length = rustix::fs::fgetxattr(old, name, value.as_mut_slice())?;
        rustix::fs::fsetxattr(file, name, &value[..length], XattrFlags::empty())?;
    }
    Ok(())
}
