//! `ftc-change` judges the changes of a worktree, applies what the policy allows, and ends what a crash left behind.

mod apply;
mod args;
mod bundle;
mod check;
mod command;
mod difference;
mod failure;
mod judge;
mod recover;
mod render;
mod repository;

use ftc_cli::Program;

fn main() -> std::process::ExitCode {
    let program = Program::new("ftc-change", env!("CARGO_PKG_VERSION"));
    ftc_cli::run(&program, command::run)
}
