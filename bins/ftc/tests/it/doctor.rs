//! `ftc doctor`.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::installation::{Installation, script};

/// A machine that has all that is needed, whatever is installed on this one.
fn healthy() -> Installation {
    let installation = Installation::new();
    script(
        &installation.path().join("git"),
        "echo 'git version 2.38.0'",
    );
    for name in ["scan", "clean", "gate", "change", "worktree"] {
        script(&installation.bin().join(format!("ftc-{name}")), "");
    }
    installation
}

/// The answer in JSON, and the exit code.
fn examine(installation: &Installation, variables: &[(&str, &str)]) -> (Value, Option<i32>) {
    let outcome = installation.run_with(&["doctor", "--format", "json"], variables, "");
    assert_eq!(outcome.err, "");
    let report = serde_json::from_str(&outcome.out).expect("it is JSON");
    (report, outcome.code)
}

/// Status, message and hints of one check.
fn check<'a>(report: &'a Value, name: &str) -> (&'a str, &'a str, String) {
    let check = report["checks"]
        .as_array()
        .and_then(|checks| checks.iter().find(|check| check["name"] == name))
        .expect("the check is made");
    let text = |value: &'a Value| value.as_str().expect("it is text");
    let hints = check["hints"].as_array().expect("it is a list");
    let hints: Vec<&str> = hints.iter().map(text).collect();
    (
        text(&check["status"]),
        text(&check["message"]),
        hints.join("; "),
    )
}

#[test]
fn a_healthy_machine_is_ready() {
    let outcome = healthy().run(&["doctor"]);
    assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""));
    // How children are held and confined is what this machine allows; see below.
    let lines: Vec<&str> = outcome.out.lines().take(5).collect();
    assert_snapshot!(lines.join("\n"), @r"
    ok    git            git version 2.38.0
    ok    configuration  valid; there are no files
    ok    store          not set; nothing is remembered between runs
    ok    environment    no misspelt variable
    ok    programs       change, clean, gate, scan, worktree in ROOT/bin
    ");
}

#[test]
fn what_is_missing_comes_with_advice() {
    let outcome = Installation::new().run_with(
        &["doctor"],
        &[("FTC_SCAN_JOB", "3"), ("FTC_TRUST", "x")],
        "",
    );
    assert_eq!(outcome.code, Some(1));
    let checks: Vec<&str> = outcome
        .out
        .lines()
        .filter(|line| !line.starts_with(' '))
        .collect();
    assert!(
        checks[0].starts_with("fail  git            "),
        "{}",
        outcome.out
    );
    assert_eq!(
        checks[3],
        "warn  environment    no program reads `FTC_SCAN_JOB`"
    );
    assert_eq!(checks[4], "fail  programs       `ftc-scan` not found");
    let hints: Vec<&str> = outcome
        .out
        .lines()
        .filter(|line| line.starts_with(' '))
        .map(str::trim)
        .collect();
    assert_eq!(
        hints[..3],
        [
            "hint: install git 2.38 or later",
            "hint: did you mean `FTC_SCAN_JOBS`?",
            "hint: install into `ROOT/bin`"
        ]
    );
}

#[test]
fn children_are_tried_out() {
    let (report, _) = examine(&healthy(), &[]);
    for (name, told) in [
        (
            "containment",
            &[
                "a shim and a control group hold",
                "a shim holds",
                "what leaves",
            ][..],
        ),
        (
            "confinement",
            &["files by Landlock", "children can read and write all"],
        ),
        ("network", &["children can"]),
    ] {
        let (status, message, hints) = check(&report, name);
        assert!(
            told.iter().any(|told| message.starts_with(told)),
            "{message}"
        );
        match status {
            "ok" => assert_eq!(hints, "", "{name}"),
            "warn" => assert!(!hints.is_empty() || message.contains("missing: "), "{name}"),
            other => panic!("{name}: {other}: {message}"),
        }
    }
}

#[test]
fn a_program_that_is_not_installed_is_a_warning_that_names_it() {
    let installation = healthy();
    fs::remove_file(installation.bin().join("ftc-gate")).unwrap();
    fs::rename(
        installation.bin().join("ftc-clean"),
        installation.path().join("ftc-clean"),
    )
    .unwrap();
    let (report, code) = examine(&installation, &[]);
    assert_eq!(code, Some(0));
    let (status, message, hint) = check(&report, "programs");
    assert_eq!(status, "warn");
    assert_eq!(
        message,
        "change, scan, worktree in ROOT/bin; clean in ROOT/path; not found: `ftc-gate`"
    );
    assert_eq!(hint, "install what you want to use into `ROOT/bin`");
}

#[test]
fn git_has_to_be_new_enough() {
    let judge = |answer: &str| {
        let installation = Installation::new();
        script(&installation.path().join("git"), answer);
        let (report, code) = examine(&installation, &[]);
        assert_eq!(code, Some(1), "ftc-scan is missing");
        let (status, message, _) = check(&report, "git");
        format!("{status}: {message}")
    };
    assert_eq!(
        judge("echo git version 2.37.9"),
        "fail: git 2.37 is too old"
    );
    assert_eq!(judge("echo git version 2.4.1"), "fail: git 2.4 is too old");
    assert_eq!(judge("echo git version 3.0.0"), "ok: git version 3.0.0");
    assert_eq!(
        judge("echo 'git version 2.39.5 (Apple Git-154)'"),
        "ok: git version 2.39.5 (Apple Git-154)"
    );
    assert_eq!(judge("echo tig"), "fail: `git --version` says `tig`");
    assert_eq!(
        judge("exit 3"),
        "fail: `git --version` ended with exit code 3"
    );
}

#[test]
fn a_warning_alone_leaves_the_machine_ready() {
    let (report, code) = examine(&healthy(), &[("FTC_STORE", "memory:")]);
    assert_eq!(
        (code, &report["ok"], &report["schema"]),
        (Some(0), &true.into(), &"ftc.doctor/1".into())
    );
    assert_eq!(check(&report, "store").0, "warn");
}

#[test]
fn a_wrong_configuration_is_explained_and_the_rest_still_examined() {
    let installation = healthy();
    fs::write(installation.repository().join("ftc.toml"), "scan.jobs = 0").unwrap();
    let (report, code) = examine(&installation, &[]);
    assert_eq!(code, Some(1));
    assert_eq!(
        check(&report, "configuration").1,
        "ROOT/repository/ftc.toml:1:13: the key `scan.jobs` has the invalid value `0`: expected a whole number of at least 1"
    );
    assert_eq!(check(&report, "programs").0, "ok");
}

#[test]
fn files_that_are_read_are_named() {
    let installation = healthy();
    fs::write(installation.user_file(), "scan.jobs = 1").unwrap();
    let (report, _) = examine(&installation, &[]);
    assert_eq!(
        check(&report, "configuration").1,
        "valid: ROOT/home/.config/ftc/config.toml"
    );
}

fn store_check(installation: &Installation, url: &str) -> (String, Option<i32>) {
    let (report, code) = examine(installation, &[("FTC_STORE", url)]);
    let (status, message, _) = check(&report, "store");
    (format!("{status}: {message}"), code)
}

#[test]
fn a_store_that_can_be_opened_is_fine_and_untouched() {
    let installation = healthy();
    let database = installation.repository().join("ftc.db");
    let (told, code) = store_check(&installation, "sqlite:ftc.db");
    assert_eq!(
        (told.as_str(), code),
        ("ok: `sqlite:ftc.db` can be created", Some(0))
    );
    assert!(!database.exists());
    fs::write(&database, "content").unwrap();
    let (told, code) = store_check(&installation, "sqlite:ftc.db");
    assert_eq!(
        (told.as_str(), code),
        ("ok: `sqlite:ftc.db` exists and is writable", Some(0))
    );
    assert_eq!(fs::read_to_string(&database).unwrap(), "content");
    let names: Vec<_> = fs::read_dir(installation.repository())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name != ".git")
        .collect();
    assert_eq!(names, ["ftc.db"]);
}

#[test]
fn a_store_that_cannot_be_opened_fails() {
    let installation = healthy();
    let (told, code) = store_check(&installation, "sqlite:missing/ftc.db");
    assert_eq!(code, Some(1));
    assert!(
        told.starts_with("fail: `sqlite:missing/ftc.db` cannot be used: ROOT/repository/missing: No such file or directory"),
        "{told}"
    );
    let (told, code) = store_check(&installation, "sqlite:.git");
    assert_eq!(code, Some(1));
    assert_eq!(
        told,
        "fail: `sqlite:.git` cannot be used: ROOT/repository/.git: not a regular file"
    );
}

#[test]
fn a_server_is_not_asked_and_its_password_not_told() {
    let (told, code) = store_check(&healthy(), "mysql://ci:hunter2@db/flaky");
    assert_eq!(
        told,
        "warn: `mysql://***@db/flaky` is well formed; the server was not asked"
    );
    assert_eq!(code, Some(0));
}
