//! `acquire --dry-run` and `release --dry-run`.

use std::fs;

use crate::support::Place;

#[test]
fn a_rehearsed_lease_makes_nothing() {
    let place = Place::new();
    let run = place.run(&["acquire", "--dry-run"]);
    assert_eq!(run.stdout, format!("{}\n", place.slot(1).display()));
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (0, "would make and lease slot 1\n")
    );
    assert!(!place.work().join(".worktrees").exists());
    let exclude = fs::read_to_string(place.work().join(".git/info/exclude"));
    assert!(exclude.is_err() || !exclude.unwrap().contains(".worktrees"));

    place.run(&["acquire"]);
    let registry = place.work().join(".worktrees/index.json");
    let before = fs::read(&registry).unwrap();
    let told = place.json(&["acquire", "--dry-run"]);
    assert_eq!(told["schema"], "ftc.worktree.lease/1");
    assert_eq!((&told["dry_run"], &told["slot"]), (&true.into(), &2.into()));
    assert!(told["lease"].is_null());
    assert_eq!(
        place.run(&["acquire", "--capacity", "1", "--dry-run"]).code,
        75
    );
    assert_eq!(fs::read(&registry).unwrap(), before);
}

#[test]
fn what_would_be_refused_is_refused() {
    let place = Place::new();
    for wrong in [
        &["--rev", "nothing"][..],
        &["--owner", ""],
        &["--keep", "a/b"],
        &["--pid", "0"],
        &["--root", "readme"],
        &["--root", "no/such"],
        &["--root", "."],
    ] {
        let real = place.run(&[&["acquire"], wrong].concat());
        let rehearsed = place.run(&[&["acquire", "--dry-run"], wrong].concat());
        assert_eq!(real.code, 2, "{real:?}");
        assert_eq!((rehearsed.code, rehearsed.stderr), (real.code, real.stderr));
    }
}

#[test]
fn a_rehearsed_release_keeps_the_lease_and_tells_of_the_work() {
    let place = Place::new();
    place.run(&["acquire"]);
    let say = |arguments: &[&str]| {
        let run = place.run(&[&["release", "--dry-run"], arguments].concat());
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:?}");
        run.stderr
    };
    let slot = ".worktrees/s/1";
    assert_eq!(
        say(&[slot]),
        "slot 1 would be free; there is no work in it\n"
    );
    fs::write(place.slot(1).join("draft"), "mine").unwrap();
    assert_eq!(
        say(&[slot]),
        "slot 1 would be free; its work would be saved under `refs/ftc/salvage`\n"
    );
    assert_eq!(
        say(&[slot, "--discard"]),
        "slot 1 would be free; its work would be thrown away\n"
    );
    let told = place.json(&["release", "--dry-run", slot]);
    assert_eq!(
        (&told["dry_run"], &told["has_work"]),
        (&true.into(), &true.into())
    );
    assert!(place.slot(1).join("draft").exists());
    assert_eq!(place.json(&["list"])["slots"][0]["state"], "leased");
    assert_eq!(place.run(&["release", "--dry-run", "."]).code, 1);
}

/// A folder that is no pool stays none.
#[test]
fn looking_makes_no_pool() {
    let place = Place::new();
    fs::create_dir(place.work().join("src")).unwrap();
    for arguments in [&["list"][..], &["release", "."], &["acquire", "--dry-run"]] {
        place.run(&[arguments, &["--root", "src"]].concat());
        assert_eq!(fs::read_dir(place.work().join("src")).unwrap().count(), 0);
    }
}
