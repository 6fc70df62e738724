#![doc = include_str!("../README.md")]

mod cap;
mod clean;
mod kind;
mod line;
mod literals;
mod redactor;
mod rules;
mod scrub;
mod strip;

pub use cap::{cap, cap_marked};
pub use clean::clean;
pub use kind::Kind;
pub use redactor::{MAX_HELD_BYTES, Redactor};
pub use scrub::scrub;
pub use strip::strip_controls;
