//! Tests of `ftc` as it is installed: in a directory with other programs.
#![expect(
    clippy::disallowed_methods,
    reason = "tests write files, and start the program with a standard input of their own"
)]

mod config;
mod doctor;
mod forge;
mod forge_dry_run;
mod front_door;
mod help;
mod installation;
mod output;
mod run;
mod run_confine;
mod run_end;
mod run_json;
mod run_support;
mod trust;
