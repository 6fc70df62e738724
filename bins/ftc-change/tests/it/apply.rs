//! `ftc-change apply`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::support::Place;

/// An agent's change of all sorts, checked and written into a bundle.
fn bundled() -> Place {
    let place = Place::new();
    place.write("agent/src/lib.rs", "pub fn one() -> u32 {\n    2\n}\n");
    place.write("agent/docs/page.md", "Another page.\r\n\0");
    place.write("agent/docs/run.sh", "#!/bin/sh\n");
    fs::set_permissions(
        place.path("agent/docs/run.sh"),
        fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    fs::remove_file(place.path("agent/src/old.rs")).unwrap();
    place
}

#[test]
fn a_bundle_becomes_the_change_it_was_made_from() {
    let place = bundled();
    // A binary file asks for a person's look.
    let check = place.check(&[]);
    assert_eq!(check.code, 4, "{check:?}");
    let run = place.apply(&["--approve-as", "grace"]).expect(0);
    assert!(run.stdout.starts_with("applied: execution "), "{run:?}");
    let theirs = place.git("agent", &["status", "--porcelain", "-uall"]);
    assert_eq!(place.status(), theirs);
    assert_eq!(place.read("live/docs/page.md"), "Another page.\r\n\0");
    let bits = fs::metadata(place.path("live/docs/run.sh"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(bits & 0o111, 0o111);

    let again = place.apply(&["--approve-as", "grace"]).expect(0);
    assert!(
        again.stdout.starts_with("already applied: execution "),
        "{again:?}"
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let place = Place::new();
    place.write("agent/src/new.rs", "// new\n");
    place.check(&[]).expect(0);
    let run = place.apply(&["--dry-run"]).expect(0);
    assert_eq!(run.stdout, "would be applied:\n  create  src/new.rs\n");
    assert_eq!(place.status(), "");
    assert!(!place.path("live/.ftc").exists());
    let document = place
        .apply(&["--dry-run", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(document["schema"], "ftc.change.apply/1");
    assert_eq!(document["files"][0]["path"], "src/new.rs");
    let document = place.apply(&["--format", "json"]).expect(0).json();
    assert_eq!(document["outcome"], "applied");
    assert_eq!(place.status(), "?? src/new.rs");
}

#[test]
fn approval_counts_up_to_medium_and_not_by_the_author() {
    let place = Place::new();
    place.write("agent/src/schema/a.sql", "create table a (id bigint);\n");
    place.check(&["--author", "bot"]).expect(4);
    place.apply(&[]).expect(4);
    place.apply(&["--approve-as", "bot"]).expect(4);
    assert_eq!(place.status(), "");
    place.apply(&["--approve-as", "grace"]).expect(0);

    let place = Place::new();
    place.write("agent/src/core/a.rs", "// other\n");
    place.check(&[]).expect(4);
    let run = place.apply(&["--approve-as", "grace"]).expect(4);
    assert!(run.stderr.contains("hint: approval `"), "{run:?}");
    assert_eq!(place.status(), "");
}

#[test]
fn a_bundle_that_was_touched_is_refused() {
    let place = Place::new();
    place.write("agent/src/new.rs", "// new\n");
    place.check(&[]).expect(0);
    let change_set = place.read("bundle/changeset.json");
    let plan = place.read("bundle/plan.json");

    place.write(
        "bundle/changeset.json",
        change_set.replace("src/new.rs", "src/evil.rs"),
    );
    let run = place.apply(&[]).expect(2);
    assert!(run.stderr.contains("changeset.json"), "{run:?}");
    place.write("bundle/changeset.json", &change_set);

    place.write("bundle/plan.json", plan.replace("\"risk\"", "\"risks\""));
    place.apply(&[]).expect(2);
    place.write("bundle/plan.json", &plan);

    for blob in walk(&place.path("bundle/blobs")) {
        fs::set_permissions(&blob, fs::Permissions::from_mode(0o644)).unwrap();
        fs::write(&blob, "evil").unwrap();
    }
    let run = place.apply(&[]);
    assert!(run.code == 1 || run.code == 2, "{run:?}");
    assert_eq!(place.status(), "");
    fs::remove_dir_all(place.path("bundle/blobs")).unwrap();
    let run = place.apply(&[]);
    assert!(run.code == 1 || run.code == 2, "{run:?}");
    assert_eq!(place.status(), "");
}

fn walk(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}

#[test]
fn the_checkout_must_be_what_the_change_starts_from() {
    let place = Place::new();
    place.write("agent/src/lib.rs", "// all new\n");
    place.check(&[]).expect(0);

    place.write("live/src/lib.rs", "// edited\n");
    let run = place.apply(&[]).expect(6);
    assert!(run.stderr.contains("`src/lib.rs` should be"), "{run:?}");
    assert_eq!(place.read("live/src/lib.rs"), "// edited\n");
    place.git("live", &["checkout", "-q", "."]);

    place.write("live/notes.txt", "mine");
    let run = place.apply(&[]).expect(6);
    assert!(run.stderr.contains("has changes of its own"), "{run:?}");
    fs::remove_file(place.path("live/notes.txt")).unwrap();

    place.git("live", &["commit", "-q", "--allow-empty", "-m", "second"]);
    let run = place.apply(&[]).expect(6);
    assert!(run.stderr.contains("the checkout is at"), "{run:?}");
    place.git("live", &["reset", "-q", "--hard", "HEAD~1"]);
    place.apply(&[]).expect(0);
}

#[test]
fn a_commit_with_a_state_directory_is_refused() {
    let place = Place::new();
    place.write("live/.ftc/txn/1/journal", "ftc-log 1\n");
    place.git("live", &["add", "-f", ".ftc"]);
    place.git("live", &["commit", "-q", "-m", "planted"]);
    place.git(
        "agent",
        &["checkout", "-q", &place.git("live", &["rev-parse", "HEAD"])],
    );
    place.write("agent/src/new.rs", "// new\n");
    let base = place.git("live", &["rev-parse", "HEAD"]);
    place.check(&["--base", &base]).expect(0);
    let run = place.apply(&[]).expect(2);
    assert!(run.stderr.contains("has files in `.ftc`"), "{run:?}");
}

#[test]
fn commands_of_a_plan_run_only_with_consent_and_failing_ones_take_it_back() {
    let place = Place::new();
    place.write("agent/src/new.rs", "// new\n");
    place.check(&[]).expect(0);
    let plan = place.read("bundle/plan.json");
    let with = |command: &str| {
        let check = format!(
            "\"health_checks\": [{{\"id\": \"look\", \"timeout_ms\": 20000, \"check\": \
             {{\"kind\": \"command\", \"argv\": {command}, \"success\": [0]}}}}]"
        );
        let begin = plan
            .find("\"health_checks\": [")
            .expect("a plan names its checks");
        let end = begin + plan[begin..].find(']').expect("it is a list") + 1;
        place.write(
            "bundle/plan.json",
            format!("{}{check}{}", &plan[..begin], &plan[end..]),
        );
    };
    with(r#"["sh", "-c", "touch ../ran; exit 7"]"#);
    let run = place.apply(&[]).expect(2);
    assert!(run.stderr.contains("is a command"), "{run:?}");
    assert!(!place.path("ran").exists());
    let run = place
        .apply(&["--allow-commands", "--confine", "none"])
        .expect(5);
    assert!(
        run.stderr
            .contains("health check `look` failed: exit code 7"),
        "{run:?}"
    );
    assert!(place.path("ran").exists());
    assert_eq!(place.status(), "");

    // Whether this system can confine files shows in that nothing is written; that they were tried shows in the exit code.
    place.write("kept/none", "");
    let kept = place.path("kept");
    let kept = kept.to_str().unwrap();
    with(&format!(r#"["sh", "-c", "echo > {kept}/health; exit 8"]"#));
    place
        .apply(&["--allow-commands", "--write", kept])
        .expect(5);
    assert!(place.path("kept/health").exists());
    let run = place
        .apply(&["--allow-commands", "--confine", "none", "--write", kept])
        .expect(2);
    assert!(run.stderr.contains("leaves nothing"), "{run:?}");
    with(r#"["test", "-f", "src/new.rs"]"#);
    let run = place.apply(&["--allow-commands"]).expect(0);
    assert!(run.stdout.contains("health check look: passed"), "{run:?}");
    assert_eq!(place.status(), "?? src/new.rs");
}

#[test]
fn a_bundle_that_is_none_is_named() {
    let place = Place::new();
    let run = place.apply(&[]).expect(2);
    assert!(run.stderr.starts_with("error: failed to read `"), "{run:?}");
    assert!(
        run.stderr.contains("hint: a bundle is the folder"),
        "{run:?}"
    );
}
