#![doc = include_str!("../README.md")]

mod ids;
mod marker;
mod open_enum;
mod page;

mod model;

mod error;
mod forge;

pub mod blocks;
pub mod text;

mod approval;
mod reviews;
mod rules;

mod dry_run;
mod ensure;
mod local;
mod planned;

pub use approval::{
    APPROVAL_COMMAND, APPROVAL_LABEL, APPROVER, JudgedSignal, Refusal, Standing,
    has_approval_command,
};
pub use dry_run::{DryRun, SimulatedWrite};
pub use ensure::ensure;
pub use error::{Error, Result};
pub use forge::{
    BoxFuture, ChecksRead, ChecksWrite, Forge, IssuesRead, IssuesWrite, PeopleRead, PullsRead,
    PullsWrite, RefsRead, RefsWrite,
};
pub use ids::{CommentId, IssueNumber, Login, LoginError, ReviewId};
pub use local::{
    Clock, LocalForge, LocalForgeSetup, MergeError, MergeOptions, MergeProblem, Merged,
    OpenForgeError,
};
pub use marker::{Marker, MarkerError};
pub use model::{
    ApprovalHow, ApprovalSignal, Check, CheckConclusion, CiState, CloseReason, Comment,
    FailedCheck, Issue, IssueEdit, IssueFilter, IssueState, Label, NewCheck, NewIssue, NewPull,
    Permission, Pull, PullEdit, PullFilter, PullState, Review, ReviewState, StateFilter,
};
pub use page::{Cursor, Page, PageRequest, all_pages};
pub use planned::{Effect, Ensured, PlannedWrite};
pub use reviews::ReviewSummary;
