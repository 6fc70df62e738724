#![doc = include_str!("../README.md")]

mod chain;
mod command;
mod driver;
mod error;
mod folder;
mod home;
mod judge;
mod profile;
mod run;
mod scrub;
mod time;
mod transcript;

pub use chain::Chain;
pub use command::CommandDriver;
pub use driver::{AgentDriver, AgentTask, WorktreeState};
pub use error::AgentError;
pub use profile::{Profile, ProfileError};
pub use run::{AgentOutcome, AgentRun};
