//! Which words of which people are an approval. Pure: what is known of a signal in, what it counts for out.

use std::fmt;

use crate::ids::Login;
use crate::model::{ApprovalSignal, Permission};
use crate::text::next_fence;

/// The label by which a person lets a fix be tried.
pub const APPROVAL_LABEL: &str = "flaky-test-cleaner/ai-fix-approved";
/// The line of a comment by which a person lets a fix be tried.
pub const APPROVAL_COMMAND: &str = "/ai-fix";
/// The least permission with which an approval counts.
pub const APPROVER: Permission = Permission::Write;

/// Whether a comment has the approval command on a line of its own, where people see it: not in a code block, not in a
/// quotation, not in an HTML comment. Blanks at the end of the line do not matter, blanks before the command do.
pub fn has_approval_command(comment: &str) -> bool {
    let mut fence = None;
    let mut hidden = false;
    for line in comment.lines() {
        if !hidden {
            let after = next_fence(fence.clone(), line);
            if fence.is_none() && after.is_none() && line.trim_end() == APPROVAL_COMMAND {
                return true;
            }
            fence = after;
        }
        if fence.is_none() {
            hidden = is_hidden_after(hidden, line);
        }
    }
    false
}

/// Whether the line after `line` is inside an HTML comment.
fn is_hidden_after(mut hidden: bool, line: &str) -> bool {
    let mut rest = line;
    loop {
        let border = if hidden { "-->" } else { "<!--" };
        match rest.split_once(border) {
            Some((_, after)) => {
                hidden = !hidden;
                rest = after;
            }
            None => return hidden,
        }
    }
}

/// What is known of a possible approval.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// What its author may do.
    pub permission: Permission,
    /// The account that asks, whose own words are no approval; `None` when a third party looks.
    pub viewer: Option<&'a Login>,
    /// Whether its text was changed after it was written.
    pub edited: bool,
}

/// Why a signal is no approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The forge does not vouch for it: a file was edited by hand.
    Unverified,
    /// It is our own.
    Own,
    /// A program said it.
    Bot,
    /// It was edited after it was written, perhaps by somebody else.
    Edited,
    /// Its author may not write.
    Permission(Permission),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unverified => f.write_str("edited by hand"),
            Self::Own => f.write_str("our own"),
            Self::Bot => f.write_str("by a program"),
            Self::Edited => f.write_str("edited after it was written"),
            Self::Permission(have) => write!(f, "permission `{have}`, needs `{APPROVER}`"),
        }
    }
}

/// A signal and why it does not count, if so.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JudgedSignal {
    /// Who said yes, when and how.
    pub signal: ApprovalSignal,
    /// Why it does not count; `None` when it does.
    pub refused: Option<Refusal>,
}

impl JudgedSignal {
    /// Judges `signal`.
    pub fn of(signal: ApprovalSignal, standing: Standing<'_>) -> Self {
        let refused = if !signal.verified {
            Some(Refusal::Unverified)
        } else if standing.viewer == Some(&signal.by) {
            Some(Refusal::Own)
        } else if signal.by.is_bot() {
            Some(Refusal::Bot)
        } else if standing.edited {
            Some(Refusal::Edited)
        } else if standing.permission < APPROVER {
            Some(Refusal::Permission(standing.permission))
        } else {
            None
        };
        Self { signal, refused }
    }
}
