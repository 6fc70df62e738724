//! The one place that starts child processes.

mod env;

pub use env::ParentEnv;
