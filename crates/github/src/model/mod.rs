//! What a forge tells us. Every struct is open: whoever implements a forge makes one with `new` and sets the other fields.

mod check;
mod comment;
mod issue;
mod label;
mod people;
mod pull;
mod review;

pub use check::{Check, CheckConclusion, CiState, FailedCheck, NewCheck};
pub use comment::Comment;
pub use issue::{CloseReason, Issue, IssueEdit, IssueFilter, IssueState, NewIssue, StateFilter};
pub use label::Label;
pub use people::{ApprovalHow, ApprovalSignal, Permission};
pub use pull::{NewPull, Pull, PullEdit, PullFilter, PullState};
pub use review::{Review, ReviewState};
