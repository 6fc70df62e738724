#![doc = include_str!("../README.md")]
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one crate that starts processes"
)]

mod cancel;
mod capture;
#[cfg(target_os = "linux")]
mod cgroup;
pub mod confine;
mod env;
mod event;
mod exec;
mod find;
mod group;
mod hex;
mod identity;
mod lines;
mod millis;
mod order;
mod outcome;
mod output;
#[cfg(target_os = "linux")]
mod procfs;
mod run;
pub mod service;
pub mod shim;
mod signal;
mod spawn;
mod spill;
pub mod supervisor;

pub use cancel::Cancel;
pub use capture::Captured;
pub use confine::{Confined, Confinement};
pub use env::ParentEnv;
pub use event::{Event, Output};
pub use exec::{ExecError, exec_replacing};
pub use find::find_program;
pub use identity::{Liveness, Process, ProcessIdentity};
pub use lines::{Line, Lines};
pub use order::{Forgotten, Order, Segment};
pub use outcome::{Containment, End, Outcome, Stop, Usage};
pub use shim::Shim;
pub use signal::{Signal, SignalError};
pub use spawn::{Breach, INHERITED_NAMES, INHERITED_PREFIXES, Spawn, SpawnError};
pub use spill::{Only, Spill, SpillIndex, SpillPiece, SpillReadError, SpillReader};
