//! `ftc-worktree` leases isolated git worktrees from a pool that several processes share and that survives their crashes.

mod acquire;
mod args;
mod command;
mod list;
mod place;
mod release;
mod view;

use ftc_cli::Program;

fn main() -> std::process::ExitCode {
    let program = Program::new("ftc-worktree", env!("CARGO_PKG_VERSION"));
    ftc_cli::run(&program, command::run)
}
