//! Tests of the program `ftc-clean`: the real program, over a real repository and a forge of files.

#![expect(
    clippy::unwrap_used,
    reason = "a world that cannot be made fails the test that needs it"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "the program under test is started, and its inputs are written, by the plainest means there are"
)]

mod support;

mod answers;
mod exits;
mod help;
mod interrupted;
#[cfg(feature = "crashpoints")]
mod kills;
mod mishaps;
mod python;
