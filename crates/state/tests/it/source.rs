//! The names that keys are made from.

use std::collections::HashSet;

use ftc_durable::Digest;
use ftc_state::{FingerprintPrefix, OccurrenceSource, RepositoryName, RepositoryNameError};
use insta::assert_snapshot;

const URL: &str = "https://ci.example.com/runs/7";

#[test]
fn every_part_of_a_source_counts() {
    let digest = Digest::of_content;
    let sources = [
        OccurrenceSource::run(URL, 1, "unit.log"),
        OccurrenceSource::run(URL, 2, "unit.log"),
        OccurrenceSource::run(URL, 1, "other.log"),
        OccurrenceSource::run("https://ci.example.com/runs/8", 1, "unit.log"),
        // Joined without lengths, these two would be the first one or each other.
        OccurrenceSource::run("https://ci.example.com/runs/7u", 1, "nit.log"),
        OccurrenceSource::run("https://ci.example.com/runs/", 7, "1unit.log"),
        OccurrenceSource::file("unit.log", digest(b"a")),
        OccurrenceSource::file("unit.log", digest(b"b")),
        OccurrenceSource::file("other.log", digest(b"a")),
    ];
    let keys: HashSet<_> = sources.iter().map(OccurrenceSource::key).collect();
    assert_eq!(keys.len(), sources.len());
    assert_eq!(
        OccurrenceSource::run(URL, 1, "unit.log").key(),
        sources[0].key()
    );
}

#[test]
fn long_names_that_begin_alike_stay_apart() {
    let long = "d/".repeat(10_000);
    let one = OccurrenceSource::run(URL, 1, &format!("{long}1.log"));
    let two = OccurrenceSource::run(URL, 1, &format!("{long}2.log"));
    assert_ne!(one.key(), two.key());
    assert!(one.file_name().len() < 5_000, "what is shown is cut");
}

#[test]
fn a_source_shows_its_parts() {
    let run = OccurrenceSource::run(URL, 2, "unit.log");
    assert_eq!(
        run.to_string(),
        "https://ci.example.com/runs/7 attempt 2 unit.log"
    );
    assert_eq!(run.run_url(), Some(URL));
    let file = OccurrenceSource::file("logs/unit.log", Digest::of_content(b""));
    assert_eq!(file.to_string(), "logs/unit.log");
    assert_eq!((file.run_url(), file.file_name()), (None, "logs/unit.log"));
}

/// The key's definition, computed apart from this program:
/// `(printf '\0\0\0\0\0\0\0\022ftc.state.source/1'; printf '\0\0\0\0\0\0\0\003run'; ...) | sha256sum`.
#[test]
fn the_key_of_a_source_does_not_change() {
    let source = OccurrenceSource::run("u", 1, "f");
    assert_eq!(
        source.key().to_string(),
        "04fa59c8e84008144649778062fa1237dfb4554959ba7b61bf211a096a2245f8"
    );
}

#[test]
fn repository_names_are_checked() {
    assert_eq!(RepositoryName::new("tikv/pd").unwrap().as_str(), "tikv/pd");
    assert_eq!(RepositoryName::new(""), Err(RepositoryNameError::Empty));
    let error = RepositoryName::new(&"r".repeat(192)).unwrap_err();
    assert_snapshot!(error, @"the repository name `rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr..` has 192 bytes, more than 191");
    assert!(RepositoryName::new(&"r".repeat(191)).is_ok());
    for name in [" tikv/pd", "tikv/pd\n", "a\u{1b}[31mb"] {
        let error = RepositoryName::new(name).unwrap_err();
        assert!(
            matches!(error, RepositoryNameError::Unprintable { .. }),
            "{error}"
        );
        assert!(!error.to_string().contains(char::is_control));
    }
}

#[test]
fn prefixes_are_checked() {
    let prefix: FingerprintPrefix = "ABc1".parse().unwrap();
    assert_eq!(prefix.as_str(), "abc1");
    for text in ["", "abc", "abcg", "abc\n1", &"a".repeat(65)] {
        assert!(text.parse::<FingerprintPrefix>().is_err(), "{text:?}");
    }
    assert_snapshot!(
        "xyz\u{7}1".parse::<FingerprintPrefix>().unwrap_err().to_string(),
        @"`xyz1` is not the beginning of a fingerprint: 4 to 64 hexadecimal digits are needed"
    );
}
