//! Building and running ftc-scan.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ftc_process::{Outcome, ParentEnv, Spawn};
use ftc_testkit::corpus::Truth;

use crate::workspace;

/// What cargo needs to find itself, its toolchain and the folder that it builds in.
const CARGO_VARIABLES: &[&str] = &[
    "CARGO_HOME",
    "CARGO_NET_OFFLINE",
    "CARGO_TARGET_DIR",
    "RUSTFLAGS",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
];

/// Beyond this the scanner would print megabytes for each log.
const OUTPUT_LIMIT_BYTES: usize = 512 << 20;

/// Builds the release program and says where it is.
pub fn build(parent: &ParentEnv) -> anyhow::Result<PathBuf> {
    let metadata = workspace::metadata()?;
    let cargo = parent.var_os("CARGO").unwrap_or("cargo".as_ref());
    let arguments = ["build", "--release", "--quiet", "--package", "ftc-scan-cli"];
    let mut spawn = Spawn::new([cargo])
        .args(arguments)
        .directory(&metadata.workspace_root)
        .inherit_from(parent);
    for name in CARGO_VARIABLES {
        if let Some(value) = parent.var_os(name) {
            spawn = spawn.env(name, value);
        }
    }
    succeed(&spawn.run()?, "cargo build")?;
    Ok(metadata.target_directory.join("release/ftc-scan").into())
}

/// Scans the logs of `truths`. It runs inside the folder of logs and is given every file by its name there, which is
/// therefore the name that it prints.
pub fn scan(
    program: &Path,
    logs: &Path,
    truths: &[Truth],
    parent: &ParentEnv,
) -> anyhow::Result<String> {
    let outcome = Spawn::new([program])
        .args(["--format", "jsonl", "--exit-zero", "--"])
        .args(truths.iter().map(|truth| &truth.file))
        .directory(logs)
        .inherit_from(parent)
        .capture_limit(OUTPUT_LIMIT_BYTES)
        .run()?;
    succeed(&outcome, "ftc-scan")?;
    anyhow::ensure!(
        !outcome.stdout.truncated(),
        "ftc-scan printed more than {OUTPUT_LIMIT_BYTES} bytes"
    );
    String::from_utf8(outcome.stdout.to_bytes())
        .context("ftc-scan printed something else than text")
}

fn succeed(outcome: &Outcome, program: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        outcome.success(),
        "{program} ended with {}:\n{}",
        outcome.end,
        outcome.stderr.to_text().trim_end()
    );
    Ok(())
}
