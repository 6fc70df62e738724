//! What a child costs and whether it dies: against the standard library, process-wrap and cargo-nextest, in paired runs.
//!
//! `cargo bench -p ftc-process --bench processes [-- PART] [OPTIONS]`. Without a part all of them run; `cargo bench -p ftc-process`
//! runs the bench of the output, too.
//!
//! - `spawn [--rounds 20] [--blocks 15]`: so many blocks of so many runs of `true`, with a small heap and with one of 1 GiB in turn.
//! - `memory [--mib 1024]`: a passing test that prints so much, under cargo-nextest and under us.
//! - `kill [--runs 1000] [--timeout-ms 120]`: so many timeouts of trees that try to escape, for each way to hold them.
//! - `orphans [--runs 200]`: so many SIGKILLs of ourselves while such a tree runs, at most 200.
//!
//! Nothing here fails because something is slow: the tables say what holds.

#[path = "../support/mod.rs"]
mod support;

mod escape;
mod figure;
mod kill;
mod memory;
mod orphans;
mod spawn;
mod watch;
mod yard;

use support::Result;

type Part = fn() -> Result<()>;

fn main() -> Result<()> {
    // Some of what is measured needs this program as its own shim.
    ftc_process::shim::run_if_asked();
    if memory::run_if_asked()? || orphans::run_if_asked()? {
        return Ok(());
    }
    let parts: [(&str, Part); 4] = [
        ("spawn", spawn::measure),
        ("memory", memory::measure),
        ("kill", kill::measure),
        ("orphans", orphans::measure),
    ];
    let asked = std::env::args()
        .nth(1)
        .filter(|first| !first.starts_with('-'));
    if let Some(asked) = &asked
        && asked != "all"
        && !parts.iter().any(|(name, _)| name == asked)
    {
        return Err(format!("no part is called `{asked}`").into());
    }
    // `cargo test --all-targets` starts benches without `--bench`, and wants to know no more than that they build.
    if asked.is_none() && !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    for (name, part) in parts {
        if asked
            .as_deref()
            .is_none_or(|asked| asked == name || asked == "all")
        {
            part()?;
        }
    }
    Ok(())
}
