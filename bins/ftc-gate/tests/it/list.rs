//! `ftc-gate list`.

use ftc_durable::Digest;
use insta::assert_snapshot;
use serde_json::Value;

use crate::project::{Project, gates};

const GATES: [&str; 2] = [
    "id: unit, argv: [cargo, test, --, 'a b'], evidence: {min_tests: 3}",
    "id: lint, argv: [cargo, clippy], tier: slow, advisory: true, timeout: 90s",
];

#[test]
fn gates_are_shown_and_not_run() {
    let project = Project::new(&gates(&GATES));
    let commit = project.git(&["rev-parse", "--short=12", "HEAD"]);
    let run = project.run(&["list"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_snapshot!(run.out.replace(&commit, "COMMIT"), @r"
    unit  fast  cargo test -- 'a b'
    lint  slow  cargo clippy  (only advises)

    2 gates of COMMIT:gates.yaml, not trusted: run `ftc trust`
    ");
    project.trust(&gates(&GATES));
    assert!(
        project
            .run(&["list"])
            .out
            .ends_with("gates.yaml, trusted\n")
    );
}

#[test]
fn json_has_a_schema() {
    let project = Project::new(&gates(&GATES));
    let json: Value =
        serde_json::from_str(&project.run(&["list", "--format", "json"]).out).unwrap();
    assert_eq!(json["schema"], "ftc.gates/1");
    assert_eq!(
        json["digest"],
        Digest::of_content(gates(&GATES).as_bytes()).to_string()
    );
    assert_eq!(json["trusted"], false);
    assert_eq!(json["gates"][0]["argv"][3], "a b");
    assert_eq!(json["gates"][0]["min_tests"], 3);
    assert_eq!(json["gates"][1]["tier"], "slow");
    assert_eq!(json["gates"][1]["timeout_ms"], 90_000);
}
