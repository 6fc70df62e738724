//! What the tests share: a world with a project, its origin, a forge with people, a store, and an agent.

mod agent;
mod forge;
mod git;
mod project;
mod story;
mod world;

pub use agent::{command, does, driver, edits, outcome};
pub use forge::{Fault, Faulty};
pub use git::git;
pub use project::{CAUSE, Project, TEST};
pub use story::{forge_story, normal, tree_of_files};
pub use world::{BOT, MAINTAINER, Ticking, World, login, wait};
