//! `store reindex`.

use crate::support::{FAILING, Place};

/// A repository with a log and a store that remembers it without masks; then masks come.
fn place() -> Place {
    let place = Place::new();
    for (file, tenant) in [("a.log", "blue"), ("b.log", "red")] {
        let message = format!("tenant {tenant} is gone");
        place.write(file, FAILING.replace("lease expired after 31ms", &message));
    }
    std::fs::create_dir(place.path(".git")).expect("a directory can be made");
    place.run(&["--store", "sqlite:s.db", "a.log", "b.log"]);
    place
}

fn reindex(place: &Place, more: &[&str]) -> crate::support::Run {
    place.run(&[&["store", "reindex", "--store", "sqlite:s.db"], more].concat())
}

fn fingerprint(place: &Place, file: &str) -> String {
    let objects = place.jsonl(&[file]);
    objects[0]["failures"][0]["fingerprint"]
        .as_str()
        .expect("it has one")
        .to_owned()
}

#[test]
fn what_is_remembered_follows_the_masks_of_the_project() {
    let place = place();
    let olds = [fingerprint(&place, "a.log"), fingerprint(&place, "b.log")];
    assert_ne!(olds[0], olds[1]);
    let run = reindex(&place, &[]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "everything is made by the rules f2 already\n")
    );

    place.write("ftc.toml", "scan.masks = ['tenant ([a-z]+)']\n");
    let new = fingerprint(&place, "a.log");
    let run = reindex(&place, &["--dry-run", "--format", "json"]);
    assert_eq!(run.code, 1, "there is something to do");
    let document = run.json();
    assert_eq!(document["schema"], "ftc.scan.reindex/1");
    assert_eq!(document["dry_run"], true);
    assert_eq!(document["occurrences"], 2);
    let replaced = document["replaced"].as_array().unwrap();
    assert_eq!(replaced.len(), 2);
    assert!(
        replaced
            .iter()
            .all(|one| one["to"] == new.as_str() && one["from_version"] == "f2")
    );
    // Nothing was changed.
    let shown = place.run(&["--store", "sqlite:s.db", "--show", &new]);
    assert_eq!(shown.code, 1, "{}", shown.stdout);

    let run = reindex(&place, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains(", joined with what was known by it"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("2 occurrences were made again by the rules f2+"),
        "{}",
        run.stdout
    );
    // By its new name and by each of the old ones.
    for name in [&new, &olds[0], &olds[1]] {
        let shown = place.run(&[
            "--store",
            "sqlite:s.db",
            "--format",
            "json",
            "--show",
            &name[..16],
        ]);
        let document = shown.json();
        assert_eq!(document["fingerprint"], new.as_str());
        assert_eq!(document["known"]["times_seen"], 2);
    }
    // The next scan finds what it knows, and nothing is left to do.
    let again = place.jsonl(&["--store", "sqlite:s.db", "a.log"]);
    assert_eq!(again[0]["failures"][0]["seen"]["new"], false);
    assert_eq!(reindex(&place, &["--dry-run"]).code, 0);
}

#[test]
fn without_a_store_there_is_nothing_to_do_it_to() {
    let run = Place::new().run(&["store", "reindex"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .starts_with("error: no store is named\nhint: name one with `--store sqlite:PATH`"),
        "{}",
        run.stderr
    );
}
