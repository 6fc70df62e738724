//! Names of objects.

use ftc_vcs::ObjectId;

use crate::support::Fixture;

const HEX: &str = "0123456789abcdef0123456789abcdef01234567";

#[test]
fn prints_and_parses_as_forty_digits() {
    let id: ObjectId = HEX.parse().unwrap();
    assert_eq!(id.to_string(), HEX);
    assert_eq!(id.short(), "0123456789ab");
    assert_eq!(HEX.to_uppercase().parse::<ObjectId>().unwrap(), id);
    assert_eq!(id.as_bytes()[1], 0x23);
}

#[test]
fn refuses_what_is_not_a_whole_id() {
    for text in [
        "",
        "HEAD",
        &HEX[1..],
        &format!("{HEX}0"),
        &HEX.replace('0', "g"),
        &"\u{e9}".repeat(20),
    ] {
        text.parse::<ObjectId>().unwrap_err();
    }
    let error = "x".repeat(500).parse::<ObjectId>().unwrap_err();
    assert!(error.to_string().len() < 200, "{error}");
}

#[test]
fn is_a_string_in_json() {
    let id: ObjectId = HEX.parse().unwrap();
    let json = serde_json::to_string(&id).unwrap();
    assert_eq!(json, format!("\"{HEX}\""));
    assert_eq!(serde_json::from_str::<ObjectId>(&json).unwrap(), id);
    serde_json::from_str::<ObjectId>("\"beef\"").unwrap_err();
}

#[test]
fn the_empty_tree_has_the_id_that_git_gives_it() {
    let fixture = Fixture::new();
    fixture.write("../empty", "");
    let id = fixture.git(["hash-object", "-t", "tree", "../empty"]);
    assert_eq!(ObjectId::EMPTY_TREE.to_string(), id);
}
