//! What gates may do when the program runs them.

use serde_json::Value;

use crate::project::{Project, gates};

/// How far the only gate was confined.
fn confined(json: &Value) -> &Value {
    &json["gates"][0]["confined"]
}

fn json(project: &Project, args: &[&str]) -> (i32, Value) {
    let run = project.run(&[&["run", "--format", "json"], args].concat());
    let json = serde_json::from_str(&run.out);
    (
        run.code,
        json.unwrap_or_else(|error| panic!("{error}: {run:?}")),
    )
}

fn are_files_confined(json: &Value) -> bool {
    confined(json)["landlock_abi"]
        .as_u64()
        .is_some_and(|abi| abi > 0)
}

const WRITES_BESIDE: &str = "id: beside, argv: [sh, -c, 'echo x > ../beside']";

#[test]
fn gates_are_confined_unless_the_person_says_otherwise() {
    let project = Project::trusted(&gates(&[WRITES_BESIDE]));
    let beside = project.path("../beside");
    let (code, answer) = json(&project, &["--confine", "none"]);
    assert_eq!((code, confined(&answer)), (0, &Value::Null));
    std::fs::remove_file(&beside).unwrap();

    // It may be written in the gate's own temporary folder, in which the project seems to lie.
    let (_, answer) = json(&project, &[]);
    assert_eq!(confined(&answer)["profile"], "gate");
    if are_files_confined(&answer) {
        assert!(!beside.exists(), "{answer:#}");
    }
    let root = project.root().to_str().unwrap().to_owned();
    let (code, answer) = json(&project, &["--write", &root]);
    assert_eq!((code, beside.exists()), (0, true), "{answer:#}");
}

/// A hook that a gate could place would run with the rights of the person, and later.
#[test]
fn a_gate_reads_the_repository_and_cannot_change_it() {
    let project = Project::trusted(&gates(&[
        "id: git, argv: [sh, -c, 'git log -1 --format=%s && ! echo x > .git/hooks/post-commit && ! git config core.pager evil']",
    ]));
    let (code, answer) = json(&project, &[]);
    if confined(&answer)["missing"] == Value::Array(Vec::new()) {
        assert_eq!(code, 0, "{answer:#}");
        assert!(!project.path(".git/hooks/post-commit").exists());
    }
}

#[test]
fn a_gate_does_not_see_its_own_log() {
    let project = Project::trusted(&gates(&[
        "id: log, argv: [sh, -c, 'ls -A .ftc out; test -z \"$(ls -A .ftc out/log.log 2>/dev/null)\"']",
    ]));
    project.write("out/kept", "");
    let (code, answer) = json(&project, &["--artifacts", "out"]);
    if confined(&answer)["missing"] == Value::Array(Vec::new()) {
        assert_eq!(code, 0, "{answer:#}");
    }
}

#[test]
fn a_person_who_wants_none_cannot_want_more_of_it() {
    let project = Project::trusted(&gates(&[WRITES_BESIDE]));
    let run = project.run(&["run", "--confine", "none", "--require-confinement"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("leaves nothing"), "{}", run.err);
    assert!(!project.path("../beside").exists());
}

#[test]
fn a_place_that_is_not_there_is_an_error() {
    let project = Project::trusted(&gates(&[WRITES_BESIDE]));
    let run = project.run(&["run", "--write", "absent"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(run.out.contains("absent`"), "{}", run.out);
}

/// An answer that says nothing of confinement would be taken for one.
#[test]
fn what_is_required_is_reached_or_no_gate_passes() {
    let project = Project::trusted(&gates(&["id: green, argv: ['true']"]));
    let (code, answer) = json(&project, &["--require-confinement"]);
    if code == 0 {
        assert_eq!(confined(&answer)["missing"], Value::Array(Vec::new()));
        assert_ne!(confined(&answer)["network"], "open");
    } else {
        assert_eq!((code, &answer["verdict"]), (2, &"error".into()));
        assert_eq!(confined(&answer), &Value::Null);
    }
}
