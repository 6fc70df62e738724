use ftc_changeset::{ChangeSet, ChangeSetError, Checksum};
use serde_json::Value;

use crate::support::{Case, path};

fn vectors() -> Vec<Value> {
    let text = include_str!("../../testdata/checksum-vectors.json");
    serde_json::from_str(text).expect("the script writes JSON")
}

#[test]
fn the_checksum_is_the_one_of_the_second_implementation() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 5);
    for vector in vectors {
        let expected = vector["change_set"]["checksum"].as_str().unwrap();
        let set = ChangeSet::from_json(&vector["change_set"].to_string())
            .unwrap_or_else(|error| panic!("{}: {error}", vector["name"]));
        assert_eq!(set.checksum().to_string(), expected, "{}", vector["name"]);
        // Writing and reading it again changes nothing.
        assert_eq!(ChangeSet::from_json(&set.to_json()).unwrap(), set);
    }
}

#[test]
fn white_space_and_the_order_of_keys_do_not_matter() {
    let text = r#"{
        "ops" : [], "plan_id":"plan_0",
        "checksum": "ftc1:8f715c440b6db5dc8dd96903bdfd6a43f81b322819cc0edabab1b3ac6a2b4a97",
        "base": {"repository": "example\/project"}, "schema": 1}"#;
    assert!(ChangeSet::from_json(text).is_ok());
}

#[test]
fn only_one_spelling_of_a_checksum_is_read() {
    let checksum = Case::touching(&["a"]).change_set.checksum();
    let text = checksum.to_string();
    assert_eq!(text.parse::<Checksum>().unwrap(), checksum);
    assert_eq!(format!("ftc1:{}", checksum.digest()), text);
    for wrong in [
        &text[5..],
        &text.to_uppercase(),
        &text.replace("ftc1", "ftc2"),
        &text[..68],
        &format!(" {text}"),
        "",
    ] {
        assert!(wrong.parse::<Checksum>().is_err(), "{wrong}");
    }
}

/// The third acceptance case of the governed executor, byte by byte: no changed ChangeSet is read as another one.
#[test]
fn each_flipped_byte_of_a_changeset_is_noticed() {
    let case = Case::new(|builder| {
        let old = ftc_changeset::OldFile::regular(b"old\n");
        builder
            .modify(path("src/a.rs"), old, b"new\n", None)
            .delete(path("src/b.rs"), old)
    });
    let text = case.change_set.to_json();
    let mut tried = 0;
    for place in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            tried += 1;
            match ChangeSet::from_json(&changed) {
                // White space for white space outside of strings, or another spelling of one.
                Ok(set) => assert_eq!(set, case.change_set, "{changed}"),
                Err(ChangeSetError::ChecksumMismatch { recorded, computed }) => {
                    assert_ne!(recorded, computed);
                }
                Err(_) => {}
            }
        }
    }
    assert!(tried > 5_000, "{tried}");
}
