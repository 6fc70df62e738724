//! The committed logs and their truths belong together.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ftc_testkit::corpus::load_truths;
use sha2::{Digest as _, Sha256};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// The files below `folder`, named from there.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it is below the folder");
                found.insert(name.to_str().expect("names are UTF-8").to_owned());
            }
        }
    }
    found
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes all");
        text
    })
}

#[test]
fn every_log_has_a_truth_and_every_truth_a_log() {
    let truths = load_truths(&fixtures().join("truth")).unwrap();
    let named: BTreeSet<String> = truths.iter().map(|truth| truth.file.clone()).collect();
    assert_eq!(named, files(&fixtures().join("ci-logs")));
    assert_eq!(truths.len(), files(&fixtures().join("truth")).len());
    for truth in &truths {
        assert_eq!(truth.folder(), truth.framework, "{}", truth.file);
    }
}

#[test]
fn truths_describe_the_logs_as_they_are() {
    for truth in load_truths(&fixtures().join("truth")).unwrap() {
        let file = &truth.file;
        let bytes = fs::read(fixtures().join("ci-logs").join(file)).unwrap();
        assert_eq!(truth.sha256, Some(hex(&Sha256::digest(&bytes))), "{file}");
        // A log may tell of no failure and still not prove a success: a download that was refused, a rerun without a name.
        let may_be_empty = ["pass", "flaky", "unknown"].contains(&truth.class.as_str());
        assert!(may_be_empty || !truth.failures.is_empty(), "{file}");
        assert!(truth.class != "pass" || truth.failures.is_empty(), "{file}");
    }
}

#[test]
fn logs_stay_small_and_name_no_home_of_their_maker() {
    let mut total = 0;
    for file in files(&fixtures().join("ci-logs")) {
        let bytes = fs::read(fixtures().join("ci-logs").join(&file)).unwrap();
        total += bytes.len();
        let text = String::from_utf8(bytes).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(!text.contains("/root"), "{file}");
    }
    assert!(total < 3_000_000, "{total} bytes");
}
