//! Which writes the cleaner may send at all, whatever a step decided.

use ftc_github::PlannedWrite;

use crate::labels::LABEL_PREFIX;
use crate::parts::Options;

/// What the branches of the cleaner begin with.
pub const BRANCH_PREFIX: &str = "ai/fix/";

/// Whether `write` may be sent after `sent` others in this pass; the error says why not.
pub(crate) fn judge(write: &PlannedWrite, sent: usize, options: &Options) -> Result<(), String> {
    if sent >= options.max_writes {
        return Err(format!("this pass has sent {sent} writes, the most it may"));
    }
    let branch = |name: &str| {
        if name.starts_with(BRANCH_PREFIX) {
            Ok(())
        } else {
            Err(format!(
                "the branch `{name}` does not begin with `{BRANCH_PREFIX}`"
            ))
        }
    };
    let label = |name: &str| {
        if name.starts_with(LABEL_PREFIX) {
            Ok(())
        } else {
            Err(format!(
                "the label `{name}` does not begin with `{LABEL_PREFIX}`"
            ))
        }
    };
    match write {
        PlannedWrite::PushBranch { branch: name, .. } => branch(name),
        PlannedWrite::EnsurePull { head, labels, .. } => {
            branch(head)?;
            labels.iter().try_for_each(|name| label(name))
        }
        PlannedWrite::EnsureLabel { name, .. } | PlannedWrite::RemoveLabel { label: name, .. } => {
            label(name)
        }
        PlannedWrite::AddLabels { labels, .. } | PlannedWrite::EnsureIssue { labels, .. } => {
            labels.iter().try_for_each(|name| label(name))
        }
        _ => Ok(()),
    }
}
