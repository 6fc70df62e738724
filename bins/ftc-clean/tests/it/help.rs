//! What the program says of itself.

use std::path::Path;

use crate::support::{program, run};

fn said(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let run = run(&mut program(folder.path(), arguments));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stderr, "");
    run.stdout
}

#[test]
fn version() {
    assert_eq!(
        said(&["--version"]),
        format!("ftc-clean {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn completions() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(said(&["completions", shell]).contains("ftc-clean"));
    }
}

/// Every example is a command line that the program understands: with `--help` behind it, it is explained and not run.
#[test]
fn examples_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for page in [
        &["--help"][..],
        &["status", "--help"],
        &["show", "--help"],
        &["demo", "--help"],
    ] {
        for example in examples(&said(page)) {
            let words: Vec<&str> = example.split(' ').collect();
            let words = [&words[..], &["--help"]].concat();
            let run = run(&mut program(folder.path(), &words));
            assert_eq!(run.code, Some(0), "{example}: {run:?}");
            count += 1;
        }
    }
    assert!(count >= 10, "{count}");
    assert!(is_empty(folder.path()));
}

/// The arguments of the examples, without what is explained beside them and piped behind them.
fn examples(page: &str) -> Vec<String> {
    let (_, examples) = page.split_once("Examples:\n").expect("there are examples");
    examples
        .lines()
        .filter_map(|line| line.trim().strip_prefix("ftc-clean "))
        .map(|line| line.split("   ").next().unwrap_or(line))
        .map(|line| line.split(" | ").next().unwrap_or(line).trim().to_owned())
        .collect()
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}
