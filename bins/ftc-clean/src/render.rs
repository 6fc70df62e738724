//! How answers look.

pub mod pass;
pub mod state;
