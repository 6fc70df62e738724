//! Findings for the tests of the forms.

use std::time::Duration;

use ftc_fingerprint::{Class, FINGERPRINT_VERSION, Fingerprint, Kind};
use jiff::Timestamp;

use super::Renderer;
use crate::model::{FILE_SCHEMA, FileFailure, FileResult, Seen, Summary, Unreadable};

/// A failure with a fingerprint of this byte.
pub fn failure(test: &str, byte: u8) -> FileFailure {
    FileFailure {
        test: Some(test.to_owned()),
        kind: Kind::Assertion,
        detail: None,
        framework: "go-test",
        message: "lease expired after 31ms".to_owned(),
        class: Class::Unknown,
        evidence: vec!["one failure in one log".to_owned()],
        fingerprint: Fingerprint([byte; 32]),
        fingerprint_version: FINGERPRINT_VERSION.to_owned(),
        passed_on_retry: false,
        first_line: 12,
        last_line: 14,
        seen: None,
        excerpt_numbers: vec![14, 12],
        excerpt_is_cut: false,
        suite: Some("example.com/lease".to_owned()),
        excerpt: "--- FAIL: TestLease (0.01s)\n    lease_test.go:41: lease expired after 31ms"
            .to_owned(),
    }
}

/// A file without failures.
pub fn file(name: &str, class: Class) -> FileResult {
    FileResult {
        schema: FILE_SCHEMA,
        file: name.to_owned(),
        frameworks: vec!["go-test"],
        class,
        confidence: 0.9,
        evidence: Vec::new(),
        notes: Vec::new(),
        failures: Vec::new(),
    }
}

/// One file with failures that were seen before, one with a failure of the build, one that passed.
pub fn files() -> Vec<FileResult> {
    let since: Timestamp = "2026-11-02T10:11:12Z".parse().expect("a time");
    let seen = |times, is_new| {
        Some(Seen {
            times,
            since,
            is_new,
        })
    };
    let lease = FileResult {
        evidence: vec!["passed on attempt 2 of 2".to_owned()],
        failures: vec![
            FileFailure {
                seen: seen(3, false),
                ..failure(
                    "TestLease/expires_after_the_renewal_was_refused_by_the_leader",
                    0x3f,
                )
            },
            FileFailure {
                kind: Kind::Timeout,
                class: Class::Flaky,
                evidence: vec!["passed on attempt 2 of 2".to_owned()],
                passed_on_retry: true,
                seen: seen(1, true),
                ..failure("TestElection", 0xa1)
            },
        ],
        ..file("unit/lease.log", Class::Flaky)
    };
    let build = FileResult {
        evidence: vec!["compile error E0308".to_owned()],
        notes: vec![
            "the tool counted 4 failures and 3 were found, so look at the log itself before you trust this list".to_owned(),
        ],
        frameworks: vec!["cargo-test"],
        failures: vec![FileFailure {
            test: None,
            kind: Kind::Build,
            detail: Some("E0308".to_owned()),
            framework: "cargo-test",
            class: Class::Regression,
            message: "error[E0308]: mismatched types\nexpected `u32`".to_owned(),
            evidence: vec!["compile error E0308".to_owned()],
            suite: None,
            seen: seen(1, true),
            ..failure("", 0x07)
        }],
        ..file("build.zip!/1_build.txt", Class::Regression)
    };
    vec![lease, build, file("pass.log", Class::Pass)]
}

/// The totals of [`files`], and one input that could not be read.
pub fn summary() -> Summary {
    let mut summary = Summary {
        errors: vec![Unreadable {
            file: "broken.gz".to_owned(),
            error: "`broken.gz` is cut off: its gzip data ends early".to_owned(),
        }],
        elapsed: Duration::from_millis(1234),
        ..Summary::default()
    };
    for file in files() {
        summary.add(&file);
    }
    summary
}

/// All that a renderer writes.
pub fn render(renderer: &mut dyn Renderer, files: &[FileResult], summary: &Summary) -> String {
    let mut out = Vec::new();
    renderer.begin(&mut out).expect("a vector takes everything");
    for file in files {
        renderer
            .file(file, &mut out)
            .expect("a vector takes everything");
    }
    renderer
        .end(summary, &mut out)
        .expect("a vector takes everything");
    String::from_utf8(out).expect("every form is UTF-8")
}
