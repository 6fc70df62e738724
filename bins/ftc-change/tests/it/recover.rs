//! `ftc-change recover`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::support::Place;

fn state(place: &Place) {
    fs::create_dir(place.path("live/.ftc")).unwrap();
    fs::set_permissions(place.path("live/.ftc"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn there_is_mostly_nothing_to_recover() {
    let place = Place::new();
    for arguments in [&["recover", "live"][..], &["recover", "live", "--dry-run"]] {
        let run = place.run(arguments).expect(0);
        assert_eq!(run.stdout, "nothing to recover\n");
    }
    assert!(!place.path("live/.ftc").exists());
    let document = place
        .run(&["recover", "live", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(document["schema"], "ftc.change.recover/1");
    assert_eq!(document["transactions"].as_array().unwrap().len(), 0);
}

#[test]
fn what_had_not_begun_is_discarded() {
    let place = Place::new();
    state(&place);
    place.write("live/.ftc/txn/1/new/0", "half");
    let run = place.run(&["recover", "live", "--dry-run"]).expect(0);
    assert_eq!(
        run.stdout,
        "would be discarded, nothing had been changed: 1\n"
    );
    assert!(place.path("live/.ftc/txn/1").exists());
    let run = place.run(&["recover", "live"]).expect(0);
    assert_eq!(run.stdout, "discarded, nothing had been changed: 1\n");
    assert!(!place.path("live/.ftc/txn").exists());
}

#[test]
fn a_planted_journal_is_refused_until_a_person_has_looked() {
    let place = Place::new();
    state(&place);
    place.write("live/.ftc/txn/1/journal", "rm -rf everything\n");
    let run = place.run(&["recover", "live"]).expect(75);
    assert!(
        run.stdout
            .starts_with("refused, its journal is not believed: 1\n"),
        "{run:?}"
    );
    place.write("agent/src/new.rs", "// new\n");
    place.check(&[]).expect(0);
    let run = place.apply(&[]).expect(75);
    assert!(
        run.stderr.contains("has to be brought to an end first"),
        "{run:?}"
    );
    fs::remove_dir_all(place.path("live/.ftc/txn/1")).unwrap();
    place.apply(&[]).expect(0);
}

#[test]
fn a_state_directory_of_somebody_else_is_refused() {
    let place = Place::new();
    fs::create_dir(place.path("live/.ftc")).unwrap();
    fs::set_permissions(place.path("live/.ftc"), fs::Permissions::from_mode(0o755)).unwrap();
    let run = place.run(&["recover", "live"]).expect(2);
    assert!(run.stderr.contains("its mode is not 0700"), "{run:?}");
}

/// What was left behind is in the root, and a person may be anywhere.
#[test]
fn it_is_found_from_any_folder_of_the_checkout() {
    let place = Place::new();
    state(&place);
    place.write("live/.ftc/txn/1/new/0", "half");
    let run = place.run(&["recover", "live/src"]).expect(0);
    assert_eq!(run.stdout, "discarded, nothing had been changed: 1\n");
    let run = place.run(&["recover", "."]).expect(2);
    assert!(run.stderr.contains("is not in a git repository"), "{run:?}");
}
