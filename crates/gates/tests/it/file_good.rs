//! Gate files that are right.

use std::time::Duration;

use ftc_gates::{DEFAULT_TIMEOUT, GateFile, Leaks, LogUse, ReportFormat, Tier};
use ftc_process::confine::{Network, ResourceLimits};
use proptest::prelude::*;

use crate::support::file;

#[test]
fn a_gate_needs_an_id_and_an_argument_list() {
    let file = file("version: 1\ngates:\n  - id: unit\n    argv: [make, test]\n");
    let [gate] = file.gates.as_slice() else {
        panic!("{file:?}")
    };
    assert_eq!(gate.id, "unit");
    assert_eq!(gate.argv, ["make", "test"]);
    assert_eq!(gate.cwd.as_str(), ".");
    assert_eq!(gate.tier, Tier::Fast);
    assert_eq!(gate.timeout, DEFAULT_TIMEOUT);
    assert_eq!(gate.idle_timeout, None);
    assert!(gate.env.pass.is_empty() && gate.env.set.is_empty());
    assert!(gate.reports.is_empty());
    assert_eq!(gate.evidence.min_tests, None);
    assert_eq!(gate.log, LogUse::Auto);
    assert_eq!(gate.success, [0]);
    assert_eq!(gate.rerun, None);
    assert!(!gate.advisory);
    assert_eq!(gate.network, Network::Off);
    assert_eq!(gate.leaks, Leaks::Allow);
    assert_eq!(gate.limits, ResourceLimits::default());
}

/// The original loop ran its gates without any limit.
#[test]
fn loop_w04_a_gate_without_a_timeout_has_one() {
    assert_eq!(DEFAULT_TIMEOUT, Duration::from_secs(600));
}

#[test]
fn everything_can_be_said() {
    let text = r#"
version: 1
gates:
  - id: unit-tests_2
    argv: [cargo, test, --workspace]
    cwd: crates/core
    tier: slow
    timeout: 15m
    idle_timeout: 90s
    env:
      pass: [CARGO_HOME, RUSTUP_HOME]
      set: {RUST_BACKTRACE: "1", THREADS: 4}
    reports:
      - {path: target/junit.xml, format: junit}
      - {path: target/extra.xml, format: junit, required: false}
    evidence: {min_tests: 12}
    log: never
    success: [0, 5]
    rerun: [cargo, test, --, --exact, "{test}"]
    advisory: true
    network: on
    leaks: fail
    limits: {processes: 512, open_files: 1024, memory: 4GiB, file_size: 100MiB, cpu: 10m}
"#;
    let gate = &file(text).gates[0];
    assert_eq!(gate.id, "unit-tests_2");
    assert_eq!(gate.cwd.as_str(), "crates/core");
    assert_eq!(gate.tier, Tier::Slow);
    assert_eq!(gate.timeout, Duration::from_secs(900));
    assert_eq!(gate.idle_timeout, Some(Duration::from_secs(90)));
    assert_eq!(gate.env.pass, ["CARGO_HOME", "RUSTUP_HOME"]);
    assert_eq!(gate.env.set["RUST_BACKTRACE"], "1");
    assert_eq!(gate.env.set["THREADS"], "4");
    let reports: Vec<_> = gate
        .reports
        .iter()
        .map(|report| (report.path.as_str(), report.format, report.required))
        .collect();
    assert_eq!(
        reports,
        [
            ("target/junit.xml", ReportFormat::Junit, true),
            ("target/extra.xml", ReportFormat::Junit, false)
        ]
    );
    assert_eq!(gate.evidence.min_tests, Some(12));
    assert_eq!(gate.log, LogUse::Never);
    assert_eq!(gate.success, [0, 5]);
    assert_eq!(
        gate.rerun.as_deref().unwrap(),
        ["cargo", "test", "--", "--exact", "{test}"]
    );
    assert!(gate.advisory);
}

#[test]
fn words_in_an_argument_list_stay_as_they_are_written() {
    let file =
        file("version: 1\ngates:\n  - {id: a, argv: [x, no, 1.10, 0o17, 2026-01-02, '', on]}\n");
    assert_eq!(
        file.gates[0].argv,
        ["x", "no", "1.10", "0o17", "2026-01-02", "", "on"]
    );
}

#[test]
fn an_anchor_saves_writing() {
    let text = "version: 1\ngates:\n  - {id: a, argv: [x], env: &env {pass: [HOME]}}\n  - {id: b, argv: [y], env: *env}\n";
    assert_eq!(file(text).gates[1].env.pass, ["HOME"]);
}

#[test]
fn durations_have_a_unit() {
    for (text, milliseconds) in [
        ("250ms", 250),
        ("90s", 90_000),
        ("10m", 600_000),
        ("2h", 7_200_000),
    ] {
        let text = format!("version: 1\ngates:\n  - {{id: a, argv: [x], timeout: {text}}}\n");
        assert_eq!(
            file(&text).gates[0].timeout,
            Duration::from_millis(milliseconds)
        );
    }
}

/// So that a person can check with `sha256sum gates.yaml` what was trusted.
#[test]
fn the_digest_is_that_of_the_text() {
    let file = file("version: 1\ngates: [{id: a, argv: [\"true\"]}]\n");
    assert_eq!(
        file.digest().to_string(),
        "c9d771281f19dda7342f1e116572a1a0fe50c9cb54153a4aab329be8b2d15811"
    );
}

#[test]
fn a_gate_is_found_by_its_name() {
    let file = file("version: 1\ngates:\n  - {id: a, argv: [x]}\n  - {id: b, argv: [y]}\n");
    assert_eq!(file.gate(&crate::support::id("b")).unwrap().argv, ["y"]);
    assert_eq!(file.gate(&crate::support::id("c")), None);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in r"(version: 1\n)?(gates:\n)?[ -~\n\t&*!|>{}\[\]:,é]{0,200}") {
        let _ = GateFile::parse(&text, "gates.yaml");
    }
}
