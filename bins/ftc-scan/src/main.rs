//! `ftc-scan` finds failures in CI logs and test reports: what failed, how, and what the log proves about the cause.

mod args;
mod cluster;
mod command;
mod explain;
mod history;
mod in_order;
mod inputs;
mod model;
mod plan;
mod progress;
mod reindex;
mod render;
mod show;
mod store;

use ftc_cli::Program;

fn main() -> std::process::ExitCode {
    let program = Program::new("ftc-scan", env!("CARGO_PKG_VERSION"));
    ftc_cli::run(&program, command::run)
}
