//! Tests of `ftc-cli` through its public API.
#![expect(
    clippy::disallowed_methods,
    reason = "tests write the configuration files that the crate reads"
)]

mod completions;
mod config_files;
mod config_layers;
mod exit;
mod render;
mod run;
mod store_url;
mod support;
mod terminal;
mod trust;
mod units;
mod values;
