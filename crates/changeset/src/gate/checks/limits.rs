//! How much may be changed at once.

use std::collections::BTreeSet;

use crate::gate::{Case, Finding};
use crate::policy::Limit;
use crate::{FileOp, OpKind};

pub(crate) fn limits(case: &Case<'_>, findings: &mut BTreeSet<Finding>) {
    let limits = &case.policy.rules().limits;
    let size = Extent::of(case);
    let sums = [
        (
            Limit::FilesTouched,
            size.files,
            limits.files_touched,
            "too many files are touched",
        ),
        (
            Limit::PatchLines,
            size.lines,
            limits.patch_lines,
            "too many lines are changed",
        ),
        (
            Limit::TotalBytes,
            size.bytes,
            limits.total_bytes,
            "too many bytes are written",
        ),
        (
            Limit::Deletes,
            size.deletes,
            limits.deletes,
            "too many files are deleted",
        ),
    ];
    for (limit, observed, most, message) in sums {
        if observed > most {
            findings.insert(passed(case, limit, observed, most, message));
        }
    }
    for op in case.change_set.ops() {
        let (Some((path, _)), Some(blob)) = (op.after(), op.new_blob()) else {
            continue;
        };
        if blob.size > limits.file_bytes {
            let message = "the file is too large";
            let finding = passed(
                case,
                Limit::FileBytes,
                blob.size,
                limits.file_bytes,
                message,
            );
            findings.insert(finding.at(path.as_str()));
        }
    }
}

fn passed(case: &Case<'_>, limit: Limit, observed: u64, most: u64, message: &str) -> Finding {
    let verdict = case.policy.rules().limits.verdict(limit);
    let pointer = format!("/executor/constraints/{}", limit.as_str());
    Finding::of_policy(verdict, limit.as_str(), pointer, message)
        .observed(observed, most)
        .remedy("split the change")
}

/// How much is changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// Paths touched; a rename touches two.
    pub files: u64,
    pub lines: u64,
    /// Bytes of all new contents.
    pub bytes: u64,
    /// Deletions; a rename is none.
    pub deletes: u64,
}

impl Extent {
    pub fn of(case: &Case<'_>) -> Self {
        let ops = case.change_set.ops();
        let deletes = ops.iter().filter(|op| op.kind() == OpKind::Delete);
        let sizes = ops.iter().filter_map(FileOp::new_blob);
        Self {
            files: ops.iter().map(|op| op.paths().count() as u64).sum(),
            lines: case.measures.lines(),
            bytes: sizes.fold(0, |sum, blob| sum.saturating_add(blob.size)),
            deletes: deletes.count() as u64,
        }
    }
}
