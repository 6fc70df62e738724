//! Tests of `ftc-scan`: the real program, over real files.

#![expect(
    clippy::disallowed_methods,
    reason = "the program under test is started, and its inputs are written, by the plainest means there are"
)]

mod answers;
mod archives;
mod bad_input;
mod cluster;
mod exits;
mod explain;
mod files;
mod fixtures;
mod history;
mod hostile;
mod html;
mod kills;
mod memory;
mod readme;
mod reindex;
mod show;
mod store;
mod support;
mod weaknesses;
