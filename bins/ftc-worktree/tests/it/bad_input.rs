//! What cannot work.

use std::fs;

use crate::support::Place;

#[test]
fn wrong_usage_is_2_and_leases_nothing() {
    let place = Place::new();
    let cases: &[(&[&str], &str)] = &[
        (&[], "Usage"),
        (&["acquire", "--ttl", "soon"], "invalid value 'soon'"),
        (&["acquire", "--ttl", "-1h"], "-1"),
        (&["acquire", "--capacity", "0"], "invalid value '0'"),
        (
            &["acquire", "--rev", "absent"],
            "error: revision `absent` was not found",
        ),
        (&["acquire", "--rev", "--help"], "--help"),
        (
            &["acquire", "--pid", "4000000000"],
            "error: there is no process `4000000000`",
        ),
        (
            &["acquire", "--owner", ""],
            "error: the owner of the lease is empty",
        ),
        (&["acquire", "--keep", "a/b"], "error: `a/b` cannot be kept"),
        (&["acquire", "--repository", "absent"], "absent"),
        (&["release"], "Usage"),
    ];
    for (arguments, message) in cases {
        let run = place.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(
            run.stderr.contains(message),
            "{arguments:?}: {}",
            run.stderr
        );
    }
    let slots = place.json(&["list"]);
    assert_eq!(slots["slots"].as_array().unwrap().len(), 0);
}

#[test]
fn no_repository_and_no_git_are_2() {
    let place = Place::new();
    let outside = place.path("outside");
    fs::create_dir(&outside).unwrap();
    let run = place.run_in(&outside, &["acquire"]);
    assert_eq!(run.code, 2, "{run:?}");
    let output = place
        .command(&["acquire"])
        .env("PATH", &outside)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("git"));
}

#[test]
fn a_bare_repository_needs_a_root() {
    let place = Place::new();
    place.git(&["clone", "--quiet", "--bare", ".", "../hub.git"]);
    let hub = place.path("hub.git");
    let run = place.run_in(&hub, &["acquire"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("--root DIR"), "{run:?}");
    let run = place.run_in(&hub, &["acquire", "--root", "../pool"]);
    assert_eq!(
        run.stdout,
        format!("{}\n", place.path("pool/s/1").display())
    );
}

#[test]
fn a_foreign_registry_is_2_and_is_kept() {
    let place = Place::new();
    fs::create_dir(place.work().join(".worktrees")).unwrap();
    let index = place.work().join(".worktrees/index.json");
    fs::write(&index, "{\"mine\": true}").unwrap();
    for arguments in [&["acquire"][..], &["list"], &["release", "."]] {
        let run = place.run(arguments);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(
            run.stderr.contains("is not the registry of a pool"),
            "{run:?}"
        );
        assert!(run.stderr.contains("\nhint: "), "{run:?}");
    }
    assert_eq!(fs::read_to_string(&index).unwrap(), "{\"mine\": true}");
}
