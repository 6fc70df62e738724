#![doc = include_str!("../README.md")]
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one crate that starts processes"
)]

mod capture;
mod env;
mod exec;
mod find;
mod group;
mod identity;
mod outcome;
mod run;
mod spawn;
mod spill;

pub use capture::Captured;
pub use env::ParentEnv;
pub use exec::{ExecError, exec_replacing};
pub use find::find_program;
pub use identity::{Liveness, ProcessIdentity};
pub use outcome::{End, Outcome, Stop};
pub use spawn::{INHERITED_NAMES, INHERITED_PREFIXES, Spawn, SpawnError};
pub use spill::Spill;
