//! The checks. Each looks at the whole case and adds what it finds; none depends on another.

mod limits;
mod paths;
mod plan;
mod risk;
mod structure;
mod time;

pub(super) use limits::limits;
pub(super) use paths::paths;
pub(super) use plan::{plan, requirements};
pub(super) use risk::risk;
pub(super) use structure::structure;
pub(super) use time::{count_in, time};
