//! `release`.

use std::fs;

use crate::support::Place;

#[test]
fn work_is_saved_unless_it_is_to_be_thrown_away() {
    let place = Place::new();
    for discard in [false, true] {
        place.run(&["acquire"]);
        fs::write(place.slot(1).join("draft"), "mine").unwrap();
        let mut arguments = vec!["release", ".worktrees/s/1"];
        arguments.extend(discard.then_some("--discard"));
        let run = place.run(&arguments);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:?}");
        let saved = place.git(&["for-each-ref", "--format=%(refname)", "refs/ftc/salvage"]);
        let reference = saved.trim();
        assert_eq!(place.git(&["show", &format!("{reference}:draft")]), "mine");
        let expected = if discard {
            "slot 1 is free\n".to_owned()
        } else {
            format!("slot 1 is free; its work is saved as `{reference}`\n")
        };
        assert_eq!(run.stderr, expected);
    }
}

#[test]
fn it_works_from_anywhere_in_the_worktree() {
    let place = Place::new();
    place.run(&["acquire"]);
    let deep = place.slot(1).join("a/b");
    fs::create_dir_all(&deep).unwrap();
    assert_eq!(place.run_in(&deep, &["release", "."]).code, 0);
    assert_eq!(place.json(&["list"])["slots"][0]["state"], "idle");
}

#[test]
fn what_is_no_lease_is_1() {
    let place = Place::new();
    place.run(&["acquire"]);
    assert_eq!(place.run(&["release", ".worktrees/s/1"]).code, 0);
    let absent = "0198c2f4-6f0e-7d32-9a51-3c5be0d4a7f1";
    for lease in [
        absent,
        ".worktrees/s/1",
        ".worktrees/s",
        ".",
        "no/such",
        "..",
        "index.json",
    ] {
        let run = place.run(&["release", lease]);
        assert_eq!(run.code, 1, "{run:?}");
        assert_eq!(
            run.stderr,
            format!(
                "error: there is no lease `{lease}`\nhint: `ftc-worktree list` shows all leases\n"
            )
        );
    }
}
