//! `ftc forge ... --dry-run`.
#![expect(
    clippy::unwrap_used,
    reason = "helpers are parts of tests, which clippy does not see"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ftc_github::CheckConclusion;
use serde_json::Value;

use crate::forge::{World, directory};

/// Every file below a directory with its bytes, but for objects that nothing refers to.
fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("objects") {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn every_write_can_be_rehearsed() {
    let world = World::new();
    world.check(CheckConclusion::Success);
    let places = [
        directory(&world.installation),
        world.installation.root().join("origin.git"),
    ];
    for (args, said) in [
        (
            &["comment", "1", "Seen."][..],
            "would comment on #1 as `alice`",
        ),
        (&["label", "1", "slow"], "would add the label `slow` to #1"),
        (
            &["label", "1", "flaky", "--remove"],
            "would remove the label `flaky` from #1",
        ),
        (&["approve", "1"], "would approve #1 as `alice`"),
        (
            &["review", "2", "--approve"],
            "would approve #2 at HEAD as `alice`",
        ),
        (
            &["merge", "2"],
            "nothing speaks against merging #2 into `main`",
        ),
        (
            &["person", "rita", "write"],
            "`rita` would have the permission `write`",
        ),
    ] {
        let args = [args, &["--as", "alice"]].concat();
        let rehearsed = [&args[..], &["--dry-run"]].concat();
        let before = places.each_ref().map(|place| files(place));
        assert_eq!(world.say(&rehearsed), format!("{said}\n"));
        let told = world.say(&[&rehearsed[..], &["--format", "json"]].concat());
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(
            (&told["dry_run"], &told["changed"]),
            (&true.into(), &false.into())
        );
        assert_eq!(
            places.each_ref().map(|place| files(place)),
            before,
            "{args:?}"
        );

        world.say(&args);
        assert_ne!(
            places.each_ref().map(|place| files(place)),
            before,
            "{args:?}"
        );
    }
}

#[test]
fn making_a_forge_can_be_rehearsed() {
    let world = World::new();
    let args = [
        "init",
        "other",
        "--repo",
        "acme/widget",
        "--branches",
        "../origin.git",
        "--dry-run",
    ];
    assert_eq!(
        world.say(&args),
        "would make the local forge in ROOT/repository/other for acme/widget\n"
    );
    assert!(!world.installation.repository().join("other").exists());
    let there = [&["init", "../forge"], &args[2..]].concat();
    assert_eq!(world.run(&there).code, Some(2));
}

/// What would be refused is refused in the same words.
#[test]
fn a_rehearsal_refuses_what_the_real_thing_refuses() {
    let world = World::new();
    world.check(CheckConclusion::Success);
    for args in [
        &["approve", "1", "--as", "rita"][..],
        &["merge", "2", "--as", "rita"],
        &["label", "1", "x", "--as", "rita"],
        &["comment", "7", "x", "--as", "alice"],
        &["comment", "1", " ", "--as", "alice"],
        &["review", "1", "--approve", "--as", "alice"],
        &["review", "2", "--approve", "--as", "cleaner"],
        &["init", "x", "--repo", "acme", "--branches", "../origin.git"],
    ] {
        let rehearsed = world.run(&[args, &["--dry-run"]].concat());
        let real = world.run(args);
        assert_ne!(rehearsed.code, Some(0), "{args:?}");
        assert_eq!(
            (rehearsed.code, rehearsed.err),
            (real.code, real.err),
            "{args:?}"
        );
    }
}

#[test]
fn a_broken_file_is_named_with_the_place_in_it() {
    let world = World::new();
    let file = directory(&world.installation).join("forge.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}more = [\n")).unwrap();
    let line = text.lines().count() + 1;
    let outcome = world.run(&["list"]);
    assert_eq!(outcome.code, Some(2));
    let place = format!("`ROOT/forge/forge.toml` is damaged: line {line}, column ");
    assert!(outcome.err.contains(&place), "{}", outcome.err);
}
