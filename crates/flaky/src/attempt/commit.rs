//! The tree that was judged and proved becomes a commit. No branch moves; a reference of our own keeps it alive.

use ftc_changeset::ChangeSet;
use ftc_vcs::{Expected, NewCommit, ObjectId, Signature};

use super::{Attempt, Stop};
use crate::parts::Effects;
use crate::text;

pub(super) fn commit(
    attempt: &Attempt<'_>,
    tree: ObjectId,
    set: &ChangeSet,
    proof_runs: u64,
) -> Result<ObjectId, Stop> {
    let parts = &attempt.cx.parts;
    let author = &attempt.cx.options.author;
    let signature = Signature::new(&author.name, &author.email, attempt.cx.now().as_second());
    let commit = parts.code.commit_tree(&NewCommit {
        tree,
        parents: vec![attempt.start],
        author: signature.clone(),
        committer: signature,
        message: message(attempt, set, proof_runs),
    })?;
    if attempt.cx.options.effects == Effects::Real {
        let name = format!("refs/ftc/fix/{}", attempt.tracked.known.fingerprint.short());
        parts.code.update_ref(&name, Some(commit), Expected::Any)?;
    }
    Ok(commit)
}

fn message(attempt: &Attempt<'_>, set: &ChangeSet, proof_runs: u64) -> String {
    let test = text::plain(&attempt.tracked.test, 120);
    let first = match attempt.feedback {
        None => format!("Stabilise {test}"),
        Some(_) => format!("Answer the review of the fix of {test}"),
    };
    format!(
        "{first}\n\nThe test failed and passed on the same code. With this change it passed {proof_runs} times in a row.\n\n\
         Ftc-Fingerprint: {}\nFtc-ChangeSet: {}\n",
        attempt.tracked.known.fingerprint,
        set.checksum(),
    )
}
