//! `ftc-change check`.

use std::os::unix::fs::symlink;

use super::support::{POLICY, Place};

#[test]
fn an_allowed_change_is_told_file_by_file() {
    let place = Place::new();
    place.write("agent/src/lib.rs", "pub fn one() -> u32 {\n    2\n}\n");
    place.write("agent/src/new.rs", "// new\n");
    std::fs::remove_file(place.path("agent/src/old.rs")).unwrap();
    let run = place.check(&[]).expect(0);
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines[0], "ALLOW: 3 files, risk LOW");
    assert_eq!(
        lines[1..4],
        [
            "  modify    src/lib.rs",
            "  create    src/new.rs",
            "  delete    src/old.rs"
        ]
    );
    assert!(lines[4].starts_with("checksum: ftc1:"), "{run:?}");
    let head = place.git("hub", &["rev-parse", "--short=12", "HEAD"]);
    assert_eq!(
        lines[5],
        format!("policy: ftc-policy.yaml of commit {head}")
    );
    for name in ["plan.json", "changeset.json", "decision.json", "blobs"] {
        assert!(place.path("bundle").join(name).exists(), "{name}");
    }
    // Neither the agent's worktree nor the repository is touched.
    assert_eq!(place.git("hub", &["status", "--porcelain"]), "");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let place = Place::new();
    place.write("agent/src/key.pem", "x");
    place.write("agent/elsewhere.txt", "x");
    place.write("agent/ftc-policy.yaml", "version: 1\n");
    symlink("lib.rs", place.path("agent/src/link")).unwrap();
    let run = place.check(&["--format", "json"]).expect(1);
    let document = run.json();
    assert_eq!(document["schema"], "ftc.change.check/1");
    assert_eq!(document["verdict"], "DENY");
    let found: Vec<_> = document["decision"]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            format!(
                "{} {}",
                finding["rule_id"].as_str().unwrap(),
                finding["path"].as_str().unwrap_or("-")
            )
        })
        .collect();
    for expected in [
        "forbidden_paths src/key.pem",
        "allowed_paths elsewhere.txt",
        "op.special_file src/link",
    ] {
        assert!(
            found.iter().any(|found| found == expected),
            "{expected}: {found:?}"
        );
    }
    assert!(
        found.iter().any(|found| found.ends_with("ftc-policy.yaml")),
        "{found:?}"
    );

    let human = place
        .run(&["check", "--repository", "hub", "--from", "agent"])
        .expect(1);
    assert!(human.stdout.starts_with("DENY: 3 files"), "{human:?}");
    assert!(human.stdout.contains("forbidden_paths"), "{human:?}");
}

#[test]
fn risk_asks_for_approval() {
    let place = Place::new();
    place.write("agent/src/schema/a.sql", "create table a (id bigint);\n");
    let run = place.check(&[]).expect(4);
    assert!(
        run.stdout
            .starts_with("NEED_APPROVAL: 1 file, risk MEDIUM (claimed LOW, raised by r-schema)\n"),
        "{run:?}"
    );
    assert!(run.stdout.contains("approvals needed: 1\n"), "{run:?}");
}

#[test]
fn the_policy_is_that_of_the_base_and_not_of_the_change() {
    let place = Place::new();
    // The agent allows itself everything.
    place.write(
        "agent/ftc-policy.yaml",
        "version: 1\nexecutor: {allowed_paths: ['**']}\n",
    );
    place.write("agent/Makefile", "all:\n");
    place.check(&[]).expect(1);
    // A person's word counts instead, but not for a change of that very file.
    place.write(
        "mine.yaml",
        POLICY.replace("'docs/**'", "'docs/**', Makefile, ftc-policy.yaml"),
    );
    let run = place.run(&[
        "check",
        "--repository",
        "hub",
        "--from",
        "agent",
        "--policy",
        "mine.yaml",
    ]);
    assert_ne!(run.code, 2, "{run:?}");
    assert!(run.stdout.contains("policy: "), "{run:?}");
    let run = place
        .run(&[
            "check",
            "--repository",
            "hub",
            "--from",
            "agent",
            "--policy",
            "agent/ftc-policy.yaml",
        ])
        .expect(1);
    assert!(run.stdout.contains("DENY"), "{run:?}");
}

#[test]
fn scope_and_intent_are_part_of_the_plan() {
    let place = Place::new();
    place.write("agent/src/new.rs", "// new\n");
    let arguments = [
        "--scope",
        "docs/**",
        "--intent",
        "Explain it",
        "--author",
        "bot",
        "--risk",
        "medium",
    ];
    let run = place.check(&arguments).expect(1);
    assert!(run.stdout.contains("op.outside_plan"), "{run:?}");
    let plan: serde_json::Value = serde_json::from_str(&place.read("bundle/plan.json")).unwrap();
    assert_eq!(plan["intent"], "Explain it");
    assert_eq!(plan["author"], "bot");
    assert_eq!(plan["scope"][0], "docs/**");
    assert_eq!(plan["risk"], "MEDIUM");
    assert_eq!(
        plan["base"]["commit"],
        place.git("hub", &["rev-parse", "HEAD"])
    );
}

#[test]
fn what_cannot_be_judged_is_said() {
    let place = Place::new();
    let refused = |arguments: &[&str], message: &str| {
        let run = place.run(arguments).expect(2);
        assert!(run.stderr.contains(message), "{message}: {run:?}");
    };
    refused(
        &["check", "--repository", "hub"],
        "does not differ from commit",
    );
    refused(
        &["check", "--repository", "hub", "--base", "nowhere"],
        "nowhere",
    );
    refused(
        &["check", "--repository", "."],
        "is not in a git repository",
    );
    refused(
        &["check", "--repository", "hub", "--policy", "none.yaml"],
        "failed to read policy",
    );
    refused(
        &["check", "--repository", "hub", "--risk", "huge"],
        "LOW, MEDIUM, HIGH and CRITICAL",
    );
    place.write(
        "bad.yaml",
        "version: 1\nexecutor:\n  allowed_path: ['**']\n",
    );
    refused(
        &["check", "--repository", "hub", "--policy", "bad.yaml"],
        "bad.yaml:3:",
    );
    place.write("full/file", "");
    place.write("agent/src/new.rs", "");
    refused(
        &[
            "check",
            "--repository",
            "hub",
            "--from",
            "agent",
            "--out",
            "full",
        ],
        "is not empty",
    );

    let bare = Place::with_policy(None);
    bare.write("agent/src/new.rs", "");
    let run = bare.check(&[]).expect(2);
    assert!(run.stderr.contains("has no `ftc-policy.yaml`"), "{run:?}");
    assert!(run.stderr.contains("hint: commit a policy"), "{run:?}");
}
