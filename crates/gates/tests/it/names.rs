//! Ids and paths.

use ftc_gates::{GateId, RelativePath};

#[test]
fn an_id_is_a_word_that_is_safe_in_a_file_name() {
    for name in [
        "a",
        "unit",
        "unit-tests",
        "unit_tests",
        "7",
        "9lives",
        &"a".repeat(64),
    ] {
        assert_eq!(GateId::new(name).unwrap(), name);
    }
    for name in [
        "",
        "A",
        "-a",
        "_a",
        "a.b",
        "a/b",
        "..",
        "a b",
        "é",
        "a\n",
        &"a".repeat(65),
    ] {
        assert!(GateId::new(name).is_err(), "{name:?}");
    }
}

#[test]
fn an_id_survives_json_and_a_bad_one_does_not_come_in() {
    let id: GateId = serde_json::from_str("\"unit\"").unwrap();
    assert_eq!(serde_json::to_string(&id).unwrap(), "\"unit\"");
    assert!(serde_json::from_str::<GateId>("\"../unit\"").is_err());
}

#[test]
fn a_path_stays_in_the_worktree() {
    for path in [".", "a", "a/b.xml", ".config/x", "a b/c"] {
        assert_eq!(RelativePath::new(path).unwrap().as_str(), path);
    }
    for path in [
        "", "/", "/a", "..", "a/..", "../a", "a//b", "a/", "./a", "a/./b", "a\0b",
    ] {
        assert!(RelativePath::new(path).is_err(), "{path:?}");
    }
}
