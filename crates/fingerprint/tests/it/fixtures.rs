//! The repository's own CI logs, each with its truth.

use std::path::{Path, PathBuf};

use ftc_testkit::corpus::{Predictions, load_truths, score};

use crate::support::scan;

/// One log of `fixtures/ci-logs`.
pub struct Fixture {
    /// Path below `fixtures/ci-logs`.
    pub name: String,
    pub bytes: Vec<u8>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/ci-logs")
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("the fixtures are part of the repository");
    for entry in entries {
        let path = entry.expect("the fixtures can be listed").path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// All fixtures, reports included.
pub fn all() -> Vec<Fixture> {
    let root = folder();
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| Fixture {
            name: path
                .strip_prefix(&root)
                .expect("it was found below")
                .display()
                .to_string(),
            bytes: std::fs::read(&path).expect("a fixture can be read"),
        })
        .collect()
}

/// All logs, wrapped ones included.
pub fn logs() -> Vec<Fixture> {
    all()
        .into_iter()
        .filter(|fixture| {
            Path::new(&fixture.name)
                .extension()
                .is_some_and(|end| end == "log")
        })
        .collect()
}

/// Logs as the tools printed them.
pub fn plain_logs() -> Vec<Fixture> {
    let is_wrapped = |name: &str| name.contains("_gha.") || name.contains("_ghview.");
    logs()
        .into_iter()
        .filter(|fixture| !is_wrapped(&fixture.name))
        .collect()
}

#[test]
fn every_fixture_is_read_as_its_truth_says() {
    let truths = load_truths(&folder().join("../truth")).expect("the truths can be read");
    assert!(truths.len() >= 100, "{} truths", truths.len());
    let lines: Vec<String> = all().iter().map(prediction).collect();
    let predictions = Predictions::parse(&lines.join("\n")).expect("each line is a prediction");
    let score = score(&truths, &predictions);
    let details: Vec<String> = score.details.iter().map(ToString::to_string).collect();
    assert!(details.is_empty(), "{}", details.join("\n"));
    assert_eq!(score.without_prediction, 0);
    assert_eq!(score.passing.clean, score.passing.files);
}

/// What `ftc-scan --format jsonl` says of a file, as far as it is scored.
fn prediction(fixture: &Fixture) -> String {
    let scan = scan(&fixture.bytes);
    let failures: Vec<_> = scan
        .failures
        .iter()
        .map(|failure| {
            serde_json::json!({
                "test": failure.test, "kind": failure.kind, "fingerprint": failure.keys.exact,
            })
        })
        .collect();
    serde_json::json!({ "file": fixture.name, "class": scan.class, "failures": failures })
        .to_string()
}
