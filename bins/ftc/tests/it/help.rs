//! `--help`, `--version`, `help` and `completions`.

use crate::installation::{Installation, script};

#[test]
fn every_help_has_examples() {
    let installation = Installation::new();
    for args in [
        &["--help"][..],
        &["doctor", "--help"],
        &["config", "explain", "--help"],
        &["completions", "--help"],
        &["trust", "--help"],
        &["forge", "--help"],
        &["forge", "list", "--help"],
        &["forge", "show", "--help"],
        &["forge", "comment", "--help"],
        &["forge", "label", "--help"],
        &["forge", "approve", "--help"],
        &["forge", "review", "--help"],
        &["forge", "merge", "--help"],
        &["forge", "person", "--help"],
        &["forge", "init", "--help"],
        &["run", "--help"],
        &["run", "-h"],
        &["help", "run"],
        &["help", "--help"],
        &["help"],
        &["help", "doctor"],
        &["help", "config", "explain"],
    ] {
        let outcome = installation.run(args);
        assert_eq!(
            (outcome.code, outcome.err.as_str()),
            (Some(0), ""),
            "{args:?}"
        );
        assert!(
            outcome.out.contains("Examples:\n  ftc "),
            "{args:?}: {}",
            outcome.out
        );
        let widest = outcome
            .out
            .lines()
            .map(|line| line.chars().count())
            .max()
            .unwrap();
        assert!(
            widest <= 100,
            "{args:?} is {widest} columns wide:\n{}",
            outcome.out
        );
    }
}

#[test]
fn nothing_at_all_is_wrong_usage_with_help() {
    let outcome = Installation::new().run(&[]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), ""));
    assert!(
        outcome.err.contains("Usage: ftc [OPTIONS] <COMMAND>"),
        "{}",
        outcome.err
    );
}

#[test]
fn help_of_a_program_asks_the_program() {
    let installation = Installation::new();
    script(&installation.bin().join("ftc-scan"), r#"echo "asked: $@""#);
    assert_eq!(installation.run(&["help", "scan"]).out, "asked: --help\n");
    assert_eq!(
        installation.run(&["help", "scan", "show"]).out,
        "asked: show --help\n"
    );
    let outcome = installation.run(&["help", "nothing"]);
    assert_eq!(outcome.code, Some(2));
    assert!(
        outcome
            .err
            .starts_with("error: `nothing` is no command of ftc"),
        "{}",
        outcome.err
    );
    let outcome = installation.run(&["help", "config", "nothing"]);
    assert_eq!(outcome.code, Some(2));
    assert_eq!(
        outcome.err,
        "error: `ftc config` has no command `nothing`\n"
    );
}

#[test]
fn the_version_is_that_of_the_package() {
    let outcome = Installation::new().run(&["--version"]);
    assert_eq!(outcome.code, Some(0));
    assert_eq!(
        outcome.out,
        concat!("ftc ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn completions_know_the_commands() {
    let installation = Installation::new();
    for shell in ["bash", "zsh", "fish"] {
        let outcome = installation.run(&["completions", shell]);
        assert_eq!(
            (outcome.code, outcome.err.as_str()),
            (Some(0), ""),
            "{shell}"
        );
        assert!(outcome.out.contains("doctor"), "{shell}");
    }
    assert_eq!(installation.run(&["completions", "tcl"]).code, Some(2));
}
