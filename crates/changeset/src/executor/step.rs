//! What a ChangeSet does to the tree, path by path.

use serde::{Deserialize, Serialize};

use crate::{Blob, ChangeSet, FileOp, RepoPath, State};

/// One path from what it was to what it will be. A rename is two of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) path: RepoPath,
    pub(super) old: Option<State>,
    pub(super) new: Option<State>,
}

/// A step and where its new file comes from.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) step: Step,
    /// The bytes, if they are in the blob store; otherwise they are those of `heir_of`.
    pub(super) blob: Option<Blob>,
    /// The old file whose permissions, owner and attributes the new one takes over.
    pub(super) heir_of: Option<RepoPath>,
}

/// The steps of a ChangeSet in the order in which they are carried out: what is new first, what goes away last.
pub(super) fn plan_steps(change_set: &ChangeSet) -> Vec<Planned> {
    let mut steps: Vec<_> = change_set.ops().iter().flat_map(steps_of).collect();
    steps.sort_by_key(|planned| match (&planned.step.old, &planned.step.new) {
        (None, _) => 0,
        (Some(_), Some(_)) => 1,
        (Some(_), None) => 2,
    });
    steps
}

fn steps_of(op: &FileOp) -> Vec<Planned> {
    let before = op.before().map(|(path, state)| (path.clone(), *state));
    let after = op.after().map(|(path, state)| (path.clone(), state));
    let planned = |path, old, new, heir_of| Planned {
        step: Step { path, old, new },
        blob: op.new_blob(),
        heir_of,
    };
    match (before, after) {
        (Some((from, old)), Some((to, new))) if from == to => {
            vec![planned(to, Some(old), Some(new), Some(from))]
        }
        (before, after) => {
            let from = before.as_ref().map(|(from, _)| from.clone());
            let comes = after.map(|(to, new)| planned(to, None, Some(new), from));
            let goes = before.map(|(from, old)| planned(from, Some(old), None, None));
            comes.into_iter().chain(goes).collect()
        }
    }
}
