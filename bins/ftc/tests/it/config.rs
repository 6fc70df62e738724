//! `ftc config explain`.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::installation::Installation;

fn configured() -> Installation {
    let installation = Installation::new();
    fs::write(
        installation.repository().join("ftc.toml"),
        "[scan]\njobs = 2\nformat = \"json\"\n",
    )
    .expect("the directory exists");
    fs::write(
        installation.user_file(),
        "store = \"mysql://ci:hunter2@db/flaky\"\nscan.jobs = 4\n",
    )
    .expect("the directory exists");
    installation
}

#[test]
fn every_key_has_a_line_with_its_origin() {
    let outcome =
        configured().run_with(&["config", "explain"], &[("FTC_REPOSITORY", "tikv/pd")], "");
    assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""));
    assert_snapshot!(outcome.out, @r"
    clean.agent      (not set)
    clean.base       main                  default
    clean.directory  (not set)
    clean.gate       (not set)
    clean.login      ftc-bot               default
    clean.remote     (not set)
    clean.scope      **                    default
    clean.source     (not set)
    clean.work       (not set)
    forge            (not set)
    forge_login      (not set)
    output.color     auto                  default
    repository       tikv/pd               FTC_REPOSITORY
    scan.format      json                  ROOT/repository/ftc.toml:3:10
    scan.jobs        4                     ROOT/home/.config/ftc/config.toml:2:13
    scan.masks       (not set)
    scan.platform    (not set)
    scan.words       (not set)
    store            mysql://***@db/flaky  ROOT/home/.config/ftc/config.toml:1:9
    ");
}

#[test]
fn one_key_is_explained_in_full() {
    let outcome = configured().run(&["config", "explain", "scan.jobs"]);
    assert_eq!(outcome.code, Some(0));
    assert_snapshot!(outcome.out, @r"
    scan.jobs = 4
      how many files are scanned at once; one per processor when not set
      from: ROOT/home/.config/ftc/config.toml:2:13
      instead of: 2 from ROOT/repository/ftc.toml:2:8
      environment variable: FTC_SCAN_JOBS
      a repository's ftc.toml may set it
    ");
}

#[test]
fn a_flag_beats_and_is_named() {
    let outcome = configured().run(&["config", "explain", "output.color", "--color", "never"]);
    assert!(
        outcome.out.starts_with("output.color = never\n"),
        "{}",
        outcome.out
    );
    assert!(
        outcome
            .out
            .contains("\n  from: --color\n  instead of: auto from default\n"),
        "{}",
        outcome.out
    );
}

#[test]
fn a_table_shows_its_keys() {
    let outcome = configured().run(&["config", "explain", "scan"]);
    let keys: Vec<_> = outcome
        .out
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(
        keys,
        [
            "scan.format",
            "scan.jobs",
            "scan.masks",
            "scan.platform",
            "scan.words"
        ]
    );
}

#[test]
fn json_has_a_schema_and_no_secret() {
    let outcome = configured().run(&["config", "explain", "--format", "json"]);
    assert!(!outcome.out.contains("hunter2"), "{}", outcome.out);
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(report["schema"], "ftc.config/1");
    let settings = report["settings"].as_array().unwrap();
    let jobs = settings
        .iter()
        .find(|setting| setting["key"] == "scan.jobs")
        .unwrap();
    assert_eq!(jobs["value"], "4");
    assert_eq!(jobs["origin"]["layer"], "user");
    assert_eq!(
        jobs["replaced"][0]["origin"]["place"],
        "ROOT/repository/ftc.toml:2:8"
    );
}

#[test]
fn an_unknown_key_is_wrong_usage() {
    let outcome = configured().run(&["config", "explain", "scan.job"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), ""));
    assert_eq!(
        outcome.err,
        "error: there is no configuration key `scan.job`\nhint: did you mean `scan.jobs`?\n"
    );
}

#[test]
fn a_file_that_sets_what_it_may_not_is_an_error_with_its_place() {
    let installation = Installation::new();
    fs::write(
        installation.repository().join("ftc.toml"),
        "# ours\nstore = \"sqlite:/etc/x\"\n",
    )
    .unwrap();
    let outcome = installation.run(&["config", "explain"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), ""));
    assert_snapshot!(outcome.err, @r"
    error: ROOT/repository/ftc.toml:2:1: a repository may not set the key `store`
    hint: set `store` in your own configuration file or with `FTC_STORE`; a repository is not trusted with it
    ");
}
