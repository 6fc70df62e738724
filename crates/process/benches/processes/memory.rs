//! What a passing test costs that prints a lot, against cargo-nextest.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it measures the peers and prints"
)]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ftc_process::{Event, ParentEnv, Shim, Spawn, find_program};
use nix::sys::resource::{UsageWho, getrusage};

use crate::figure::mebibytes;
use crate::support::{Result, argument, number, print_table};

/// The most that ours may take of what cargo-nextest takes.
const TARGET: f64 = 1.0 / 50.0;

pub fn measure() -> Result<()> {
    println!("\n## Memory for a passing test that prints much\n");
    let Some(nextest) = find_program("cargo-nextest", None, std::env::var_os("PATH").as_deref())
    else {
        println!("not run: there is no `cargo-nextest` on this machine");
        return Ok(());
    };
    let mib = number("--mib", 1024)?;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let test = build_package(folder.path(), &nextest, mib)?;
    let quiet = peak_of_nextest(folder.path(), &nextest, "quiet")?;
    let loud = peak_of_nextest(folder.path(), &nextest, "loud")?;
    let peer = loud.saturating_sub(quiet);
    let mut rows = vec![vec![
        "cargo-nextest".to_owned(),
        mebibytes(loud),
        mebibytes(peer),
        "1".to_owned(),
        String::new(),
        String::new(),
    ]];
    for way in ["plain", "spill", "shim"] {
        let (peak, growth) = ours_in_fresh_process(&test, way)?;
        #[expect(clippy::cast_precision_loss, reason = "sizes here are far below 2^52")]
        let part = growth as f64 / peer as f64;
        rows.push(vec![
            match way {
                "plain" => "ours, no shim",
                "spill" => "ours, no shim, all of it in a file",
                _ => "ours, with `ftc-shim`, whose own size is added",
            }
            .to_owned(),
            mebibytes(peak),
            mebibytes(growth),
            format!("1/{:.0}", 1.0 / part),
            "≤ 1/50".to_owned(),
            if part <= TARGET { "yes" } else { "no" }.to_owned(),
        ]);
    }
    println!(
        "A test that passes and prints {mib} MiB. Growth: beyond the peak for a test that prints nothing.\n"
    );
    print_table(
        &[
            "runner",
            "peak MiB",
            "growth MiB",
            "growth to nextest's",
            "target",
            "kept",
        ],
        &rows,
    );
    Ok(())
}

/// A package with a loud and a quiet test, built; gives the test program.
fn build_package(folder: &Path, nextest: &Path, mib: usize) -> Result<PathBuf> {
    let manifest = "[package]\nname = \"loud\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[lib]\ntest = false\ndoctest = false\n\n[workspace]\n";
    let test = format!(
        "use std::io::Write as _;\n#[test]\nfn loud() {{\n    let piece = vec![b'x'; 1 << 16];\n    let mut out = std::io::stdout().lock();\n    \
         for _ in 0..{mib} * 16 {{\n        out.write_all(&piece).unwrap();\n    }}\n}}\n#[test]\nfn quiet() {{}}\n"
    );
    fs::create_dir(folder.join("src"))?;
    fs::create_dir(folder.join("tests"))?;
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/lib.rs"), "")?;
    fs::write(folder.join("tests/prints.rs"), test)?;
    let built = nextest_command(folder, nextest).arg("--no-run").output()?;
    if !built.status.success() {
        return Err(String::from_utf8_lossy(&built.stderr).into());
    }
    for entry in fs::read_dir(folder.join("target/debug/deps"))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with("prints-") && path.extension().is_none() {
            return Ok(path);
        }
    }
    Err("the test program is not where it was".into())
}

fn nextest_command(folder: &Path, nextest: &Path) -> Command {
    let mut command = Command::new(nextest);
    command
        .args(["nextest", "run", "--offline", "--target-dir", "target"])
        .current_dir(folder)
        // What cargo tells a bench about its own package is not meant for another one.
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("CARGO_MANIFEST_DIR")
        .stdin(Stdio::null());
    command
}

/// The largest resident size of any process of a nextest run, in KiB: measured by a fresh process, which has no other children.
fn peak_of_nextest(folder: &Path, nextest: &Path, test: &str) -> Result<u64> {
    let output = Command::new(std::env::current_exe()?)
        .args([
            "--peak-of".as_ref(),
            nextest.as_os_str(),
            "--folder".as_ref(),
            folder.as_os_str(),
        ])
        .args(["--test", test])
        .stderr(Stdio::inherit())
        .output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// The peak and the growth of a fresh process that runs the loud test, in KiB.
fn ours_in_fresh_process(test: &Path, way: &str) -> Result<(u64, u64)> {
    let arguments = [
        "--run-loud".into(),
        test.as_os_str().to_owned(),
        "--way".into(),
        OsString::from(way),
    ];
    let output = Command::new(std::env::current_exe()?)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let (peak, growth) = text.trim().split_once(' ').ok_or("no measurement")?;
    Ok((peak.parse()?, growth.parse()?))
}

/// Does what the fresh processes are for, if this is one.
pub fn run_if_asked() -> Result<bool> {
    if let (Some(nextest), Some(folder), Some(test)) = (
        argument("--peak-of"),
        argument("--folder"),
        argument("--test"),
    ) {
        let filter = format!("test(={test})");
        let output = nextest_command(folder.as_ref(), nextest.as_ref())
            .args(["-E", &filter])
            .output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() || !text.contains("1 passed") {
            return Err(text.into());
        }
        println!("{}", getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss());
        return Ok(true);
    }
    let (Some(test), Some(way)) = (argument("--run-loud"), argument("--way")) else {
        return Ok(false);
    };
    let (peak, growth) = run_loud(&test, &way)?;
    println!("{peak} {growth}");
    Ok(true)
}

fn run_loud(test: &str, way: &str) -> Result<(u64, u64)> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut spawn =
        Spawn::new([test, "--exact", "loud", "--nocapture"]).inherit_from(&ParentEnv::capture());
    match way {
        "spill" => spawn = spawn.spill_to(folder.path().join("output"), u64::MAX),
        "shim" => spawn = spawn.shim(Shim::at(env!("CARGO_BIN_EXE_ftc-shim"))),
        _ => {}
    }
    let before = figure("self", "VmHWM:")?;
    let mut child = 0;
    let mut shim = 0;
    let mut seen = 0_u32;
    let outcome = spawn.run_with(&mut |event| match event {
        Event::Started { pid } => child = pid,
        // Looked at now and then, and while it surely runs: its peak is in its status as long as it lives.
        Event::Output { .. } if way == "shim" => {
            seen += 1;
            if seen.is_multiple_of(16) {
                let parent = figure(&child.to_string(), "PPid:").unwrap_or_default();
                shim = shim.max(figure(&parent.to_string(), "VmHWM:").unwrap_or_default());
            }
        }
        _ => {}
    })?;
    if !outcome.success() {
        return Err(format!("the test failed: {}", outcome.stdout.to_text()).into());
    }
    let peak = figure("self", "VmHWM:")?;
    Ok((peak + shim, peak - before + shim))
}

/// A number from `/proc/PID/status`; sizes are in KiB.
fn figure(pid: &str, name: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let value = line.and_then(|line| line.split_whitespace().next());
    Ok(value.ok_or("no such figure")?.parse()?)
}
