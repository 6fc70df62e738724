//! Faults for programs under test.

mod sweep;

pub use sweep::{DURABILITY_SYSCALLS, KillSweep, SweepError, SweepReport, SweepRun};
