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
mod outcome;
mod run;
mod spawn;

pub use capture::Captured;
pub use env::ParentEnv;
pub use exec::{ExecError, exec_replacing};
pub use find::find_program;
pub use outcome::{End, Outcome};
pub use spawn::{INHERITED_NAMES, INHERITED_PREFIXES, Spawn, SpawnError};
