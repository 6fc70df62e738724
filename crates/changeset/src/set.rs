//! What will be written, byte by byte.

mod builder;
mod error;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Base, ChangePlan, Checksum, FileOp, JsonError, PlanId, RepoPath};

pub use builder::{ChangeSetBuilder, OldFile};
pub use error::ChangeSetError;

/// The largest size that canonical JSON carries exactly.
const MAX_SIZE: u64 = (1 << 53) - 1;

/// What will be written, byte by byte: the operations of one plan on one base, sorted by path, at most one for each path.
///
/// It cannot be changed once it is made, and its checksum is always that of what it holds. The bytes themselves are in a
/// [`BlobStore`](crate::BlobStore).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSet {
    body: Body,
    checksum: Checksum,
}

/// What the checksum covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    schema: u32,
    plan_id: PlanId,
    base: Base,
    ops: Vec<FileOp>,
}

/// A ChangeSet as a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    plan_id: PlanId,
    base: Base,
    ops: Vec<FileOp>,
    checksum: Checksum,
}

impl ChangeSet {
    /// The version of the format that is written and read.
    pub const SCHEMA: u32 = 1;

    /// Begins a ChangeSet for `plan`, with its id and base.
    pub fn builder(plan: &ChangePlan) -> ChangeSetBuilder {
        ChangeSetBuilder::new(plan.id.clone(), plan.base.clone())
    }

    /// Makes a ChangeSet of operations in any order. The bytes must be put into a blob store by the caller;
    /// [`ChangeSet::builder`] does both.
    pub fn new(plan_id: PlanId, base: Base, ops: Vec<FileOp>) -> Result<Self, ChangeSetError> {
        let mut ops = ops;
        ops.sort_by(|left, right| left.path().cmp(right.path()));
        require_valid(&ops)?;
        let body = Body {
            schema: Self::SCHEMA,
            plan_id,
            base,
            ops,
        };
        let checksum = Checksum::of(&body).map_err(ChangeSetError::Canonical)?;
        Ok(Self { body, checksum })
    }

    /// The plan that it carries out.
    pub fn plan_id(&self) -> &PlanId {
        &self.body.plan_id
    }

    /// What it starts from.
    pub fn base(&self) -> &Base {
        &self.body.base
    }

    /// The operations, sorted by path.
    pub fn ops(&self) -> &[FileOp] {
        &self.body.ops
    }

    /// The digest that decisions and approvals are bound to.
    pub fn checksum(&self) -> Checksum {
        self.checksum
    }

    /// The ChangeSet that undoes this one, carrying out another plan.
    ///
    /// Its blobs are the old contents, which the [builder](ChangeSet::builder) puts into the store with the new ones.
    pub fn inverse(&self, plan: &ChangePlan) -> Result<Self, ChangeSetError> {
        let ops = self.body.ops.iter().map(FileOp::inverse).collect();
        Self::new(plan.id.clone(), plan.base.clone(), ops)
    }

    /// The ChangeSet as JSON for people, with its checksum and a final newline.
    pub fn to_json(&self) -> String {
        let Body {
            schema,
            plan_id,
            base,
            ops,
        } = self.body.clone();
        crate::json::to_string(&File {
            schema,
            plan_id,
            base,
            ops,
            checksum: self.checksum,
        })
    }

    /// Reads a ChangeSet. Unknown fields, duplicate keys, operations out of order and another checksum than that of the
    /// content are refused.
    pub fn from_json(text: &str) -> Result<Self, ChangeSetError> {
        let file: File = crate::json::from_str(text, "ChangeSet")?;
        crate::json::require_schema("ChangeSet", file.schema, Self::SCHEMA)?;
        let given = file.ops.clone();
        let set = Self::new(file.plan_id, file.base, file.ops)?;
        if given != set.body.ops {
            return Err(ChangeSetError::Unsorted);
        }
        if file.checksum != set.checksum {
            return Err(ChangeSetError::ChecksumMismatch {
                recorded: file.checksum,
                computed: set.checksum,
            });
        }
        Ok(set)
    }
}

impl From<JsonError> for ChangeSetError {
    fn from(source: JsonError) -> Self {
        Self::Json(source)
    }
}

fn require_valid(ops: &[FileOp]) -> Result<(), ChangeSetError> {
    let mut seen: BTreeSet<&RepoPath> = BTreeSet::new();
    for op in ops {
        if let Some(twice) = op.paths().find(|path| !seen.insert(path)) {
            return Err(ChangeSetError::PathTwice {
                path: twice.clone(),
            });
        }
        require_op(op)?;
    }
    Ok(())
}

fn require_op(op: &FileOp) -> Result<(), ChangeSetError> {
    let sizes = [
        op.before().map(|(_, state)| state.size),
        op.new_blob().map(|blob| blob.size),
    ];
    if sizes.iter().flatten().any(|size| *size > MAX_SIZE) {
        return Err(ChangeSetError::Size {
            path: op.path().clone(),
        });
    }
    match (op.before(), op.after()) {
        (Some((from, old)), Some((to, new))) if from == to && *old == new => {
            Err(ChangeSetError::NoChange { path: to.clone() })
        }
        _ => Ok(()),
    }
}
