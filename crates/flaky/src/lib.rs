#![doc = include_str!("../README.md")]

mod cleaner;
mod observe;
mod parts;

mod rate;
mod source;

mod base;
mod blocking;
mod children;
mod claim;
mod discover;
mod error;
mod memo;
mod pages;
mod places;
mod scan;

mod forge_rules;
mod guard;
mod outbox;

mod attempt;
mod context;
mod labels;
mod step;
mod text;

pub use base::FetchBaseError;
pub use cleaner::{Cleaner, FailureReport, PassReport, SentWrite};
pub use discover::{DiscoverError, Discovery, Held, RunsError, Unreadable};
pub use error::{FailureError, PassError};
pub use forge_rules::ForgeRulesError;
pub use guard::BRANCH_PREFIX;
pub use labels::LABEL_PREFIX;
pub use memo::{FailedAttempt, Feedback, Fix, GivenApproval, Memo, MemoError, Wish};
pub use observe::{Event, Observer, Silent, Stage};
pub use outbox::SendError;
pub use parts::{Author, Children, Clock, Effects, GateTrust, Options, Parts};
pub use rate::{Interval, Rate};
pub use scan::FingerprintReader;
pub use source::{ParseSourceError, Source};
