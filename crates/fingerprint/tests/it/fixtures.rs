//! The repository's own CI logs, each with its truth.

use std::path::{Path, PathBuf};

use crate::support::scan;
use crate::truth::{self, Comparison};

/// One log of `fixtures/ci-logs`.
pub struct Fixture {
    /// Path below `fixtures/ci-logs`.
    pub name: String,
    pub bytes: Vec<u8>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/ci-logs")
}

pub fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
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
    let truths = truth::load(&folder().join("../truth"));
    assert!(truths.len() >= 100, "{} truths", truths.len());
    let mut comparison = Comparison::default();
    for truth in &truths {
        let log = std::fs::read(folder().join(&truth.file))
            .unwrap_or_else(|error| panic!("{}: {error}", truth.file));
        comparison.add(truth, &scan(&log));
    }
    let wrong = comparison.finish();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One of several forms for a fixture, chosen by its name, so that all fixtures together have every form.
pub fn choice<T>(fixture: &Fixture, salt: usize, forms: &[T]) -> T
where
    T: Clone,
{
    let sum = fixture.name.bytes().fold(salt, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(byte))
    });
    forms[sum % forms.len()].clone()
}
