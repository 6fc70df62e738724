//! What has to hold before anything is written: contents at hand, a plan that had no turn yet.

use super::error::ExecError;
use super::record::{self, ExecutionRecord, Status};
use super::recover::Site;
use super::result::{ExecutionResult, FileResult, Outcome, Preview};
use super::root::Root;
use super::stage::{conflicts, unapplied};
use super::step::{Planned, plan_steps};
use crate::{Authorized, Blob, BlobStore};

/// What carrying it out would do.
pub(super) fn preview(
    root: &Root,
    authorized: &Authorized<'_>,
    blobs: &dyn BlobStore,
) -> Result<Preview, ExecError> {
    let planned = plan_steps(authorized.change_set());
    require_blobs(&planned, blobs)?;
    let already_applied = unapplied(root, &planned)?.is_empty();
    Ok(Preview {
        files: files_of(&planned),
        conflicts: if already_applied {
            Vec::new()
        } else {
            conflicts(root, &planned)?
        },
        already_applied,
    })
}

/// Insists that every new content is at hand and is what it is said to be.
pub(super) fn require_blobs(planned: &[Planned], blobs: &dyn BlobStore) -> Result<(), ExecError> {
    for planned in planned.iter().filter(|planned| planned.step.new.is_some()) {
        let Some(blob) = planned.blob else { continue };
        let path = planned.step.path.clone();
        match blobs.get(&blob.sha256) {
            Ok(Some(bytes)) if Blob::of(&bytes) == blob => {}
            Ok(Some(_)) => return Err(ExecError::BlobMismatch { path }),
            Ok(None) => return Err(ExecError::BlobMissing { path }),
            Err(source) => return Err(ExecError::Blob { path, source }),
        }
    }
    Ok(())
}

/// The answer of an earlier execution of the same plan.
pub(super) fn recorded(
    site: &Site<'_>,
    authorized: &Authorized<'_>,
    planned: &[Planned],
) -> Result<Option<ExecutionResult>, ExecError> {
    let change_set = authorized.change_set();
    for record in record::load_all(site.state, site.key)?.into_iter().rev() {
        let ExecutionRecord {
            execution_id,
            checksum,
            ..
        } = record;
        if record.plan_id != *change_set.plan_id() {
            let used = |approval: &&crate::Approval| record.approvals.contains(&approval.id);
            if let Some(approval) = authorized.approvals().iter().find(used)
                && record.status == Status::Completed
            {
                return Err(ExecError::ApprovalUsed {
                    approval_id: approval.id.clone(),
                    execution_id,
                });
            }
            continue;
        }
        if checksum != change_set.checksum() {
            return Err(ExecError::PlanReused {
                plan_id: record.plan_id,
                checksum,
                execution_id,
            });
        }
        // An execution that was taken back, failed or died may be tried again; only one that succeeded answers for the next.
        if record.status == Status::Completed {
            let conflicts = unapplied(site.root, planned)?;
            if !conflicts.is_empty() {
                return Err(ExecError::Drifted {
                    execution_id,
                    conflicts,
                });
            }
            return Ok(Some(ExecutionResult {
                execution_id,
                outcome: Outcome::AlreadyApplied,
                files: record.files,
                health: record.health,
                kept: None,
            }));
        }
    }
    Ok(None)
}

/// What the steps do to the files, by path.
pub(super) fn files_of(planned: &[Planned]) -> Vec<FileResult> {
    let mut files: Vec<_> = planned
        .iter()
        .map(|planned| FileResult::from(&planned.step))
        .collect();
    files.sort_by(|left, right| left.path.cmp(&right.path));
    files
}
