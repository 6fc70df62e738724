//! `ftc trust`, in a real repository.

use std::fs;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;

use crate::installation::{Installation, Outcome};

const GATES: &str = "version: 1\ngates:\n  - id: unit\n    argv: [cargo, test, 'a b']\n    rerun: [cargo, test, '{test}']\n  \
    - {id: lint, argv: [sh, -c, \"echo \\e[31m$HOME\"]}\n";

/// sha256 of the text above.
const DIGEST: &str = "7875af11f9a83bb1308e02c691a221508cc8158c5927bec9573bbee7d0e4cae8";

fn git(installation: &Installation, args: &[&str]) -> String {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=Somebody",
            "-c",
            "user.email=somebody@example.com",
        ])
        .args(args)
        .current_dir(installation.repository())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", installation.root())
        .output()
        .expect("the tests need git");
    assert!(output.status.success(), "git {args:?}: {output:?}");
    String::from_utf8(output.stdout).expect("git prints UTF-8")
}

/// An installation whose repository has this gate file in a commit.
fn with_gates(text: &str) -> Installation {
    let installation = Installation::new();
    git(&installation, &["init", "--quiet", "--initial-branch=main"]);
    fs::write(installation.repository().join("gates.yaml"), text).expect("the directory exists");
    git(&installation, &["add", "gates.yaml"]);
    git(
        &installation,
        &["commit", "--quiet", "--message", "Add gates"],
    );
    installation
}

/// Runs `ftc trust`, with the search path of this machine, on which git is.
fn trust(installation: &Installation, args: &[&str]) -> Outcome {
    let path = std::env::var("PATH").expect("tests have a search path");
    let args = [&["trust"], args].concat();
    let mut outcome = installation.run_with(&args, &[("PATH", &path)], "");
    let head = Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .current_dir(installation.repository())
        .output()
        .expect("the tests need git");
    let head = String::from_utf8(head.stdout).expect("git prints UTF-8");
    if !head.trim().is_empty() {
        outcome.out = outcome.out.replace(head.trim(), "COMMIT");
    }
    outcome
}

fn list(installation: &Installation) -> String {
    fs::read_to_string(installation.root().join("home/.local/state/ftc/trust.json"))
        .unwrap_or_default()
}

#[test]
fn the_commands_are_shown_and_allowed() {
    let installation = with_gates(GATES);
    let outcome = trust(&installation, &[]);
    assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""));
    assert_snapshot!(outcome.out, @r"
    ROOT/repository/gates.yaml at commit COMMIT
      unit: cargo test 'a b'
        one test: cargo test '{test}'
      lint: sh -c 'echo \u{1b}[31m$HOME'
    these commands may run from now on, until the file changes
      7875af11f9a83bb1308e02c691a221508cc8158c5927bec9573bbee7d0e4cae8
    ");
    assert!(
        list(&installation).contains(DIGEST),
        "{}",
        list(&installation)
    );
    let again = trust(&installation, &[]);
    assert!(
        again.out.contains("these commands may run already\n"),
        "{}",
        again.out
    );
}

#[test]
fn a_dry_run_allows_nothing() {
    let installation = with_gates(GATES);
    let outcome = trust(&installation, &["--dry-run"]);
    assert_eq!(outcome.code, Some(0));
    assert!(
        outcome.out.ends_with(&format!(
            "these commands would be allowed to run\n  {DIGEST}\n"
        )),
        "{}",
        outcome.out
    );
    assert_eq!(list(&installation), "");
}

#[test]
fn a_dry_run_refuses_what_could_not_be_written_down() {
    let installation = with_gates(GATES);
    let path = std::env::var("PATH").unwrap();
    let variables = [("PATH", path.as_str()), ("HOME", "")];
    let real = installation.run_with(&["trust"], &variables, "");
    let rehearsed = installation.run_with(&["trust", "--dry-run"], &variables, "");
    assert_eq!((real.code, real.out.as_str()), (Some(2), ""));
    assert_eq!((rehearsed.code, rehearsed.err), (real.code, real.err));
}

#[test]
fn what_is_allowed_can_be_listed_and_removed() {
    let installation = with_gates(GATES);
    assert_eq!(
        trust(&installation, &["--list"]).out,
        "nothing is trusted\n"
    );
    trust(&installation, &[]);
    let listed = trust(&installation, &["--list"]).out;
    assert!(listed.starts_with(&format!("{DIGEST}  20")), "{listed}");
    assert!(
        listed.ends_with("  ROOT/repository/gates.yaml at commit COMMIT\n"),
        "{listed}"
    );
    let would = trust(&installation, &["--remove", "--dry-run"]);
    assert_eq!(
        would.out,
        format!("would be trusted no longer\n  {DIGEST}\n")
    );
    assert_eq!(
        trust(&installation, &["--remove"]).out,
        format!("no longer trusted\n  {DIGEST}\n")
    );
    assert_eq!(
        trust(&installation, &["--list"]).out,
        "nothing is trusted\n"
    );
    assert_eq!(
        trust(&installation, &["--remove"]).out,
        format!("was not trusted\n  {DIGEST}\n")
    );
}

#[test]
fn a_digest_can_be_removed_without_its_repository() {
    let installation = with_gates(GATES);
    trust(&installation, &[]);
    fs::remove_dir_all(installation.repository().join(".git")).unwrap();
    assert_eq!(
        trust(&installation, &["--remove", DIGEST]).out,
        format!("no longer trusted\n  {DIGEST}\n")
    );
}

#[test]
fn the_committed_text_is_what_counts() {
    let installation = with_gates(GATES);
    fs::write(
        installation.repository().join("gates.yaml"),
        "version: 1\ngates: [{id: a, argv: [evil]}]\n",
    )
    .unwrap();
    let outcome = trust(&installation, &[]);
    assert!(!outcome.out.contains("evil"), "{}", outcome.out);
    assert_eq!(
        outcome.err,
        "warning: `gates.yaml` in the worktree is another text; it needs trust of its own once it is committed\n"
    );
}

#[test]
fn json_has_schemas() {
    let installation = with_gates(GATES);
    let json = |args: &[&str]| -> Value {
        serde_json::from_str(&trust(&installation, args).out).expect("it is JSON")
    };
    let added = json(&["--format", "json"]);
    assert_eq!(
        (&added["schema"], &added["effect"]),
        (&"ftc.trust-change/1".into(), &"added".into())
    );
    assert_eq!(added["gates"][0]["argv"][2], "a b");
    let listed = json(&["--list", "--format", "json"]);
    assert_eq!(listed["schema"], "ftc.trust-list/1");
    assert_eq!(listed["trusted"][0]["digest"], DIGEST);
}

#[test]
fn without_a_gate_file_nothing_is_trusted() {
    let installation = with_gates("version: 1\ngates: []\n");
    let outcome = trust(&installation, &[]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), ""));
    assert!(
        outcome.err.ends_with(":gates.yaml:2:8: there is no gate\n"),
        "{}",
        outcome.err
    );
    git(&installation, &["rm", "--quiet", "gates.yaml"]);
    git(
        &installation,
        &["commit", "--quiet", "--message", "Remove gates"],
    );
    let outcome = trust(&installation, &[]);
    assert!(
        outcome
            .err
            .starts_with("error: there is no file `gates.yaml` in commit `"),
        "{}",
        outcome.err
    );
    assert_eq!(list(&installation), "");
}

#[test]
fn a_repository_that_is_none_is_an_error() {
    let outcome = trust(&Installation::new(), &["/"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), ""));
}
