//! What `ftc-gate run` answers.

use ftc_gates::{GateRun, RUN_FILE, Verdict};
use insta::assert_snapshot;
use serde_json::Value;

use crate::project::{Project, gates};

const GREEN: &str = "id: green, argv: ['true']";

/// What cargo prints for a run of two tests of which one fails.
const CARGO: &str = "
running 2 tests
test lease::renews ... ok
test lease::expires ... FAILED

failures:

---- lease::expires stdout ----

thread 'lease::expires' panicked at src/lease.rs:41:5:
assertion failed: lease.is_live()

failures:
    lease::expires

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
";

fn artifacts(project: &Project) -> Vec<std::path::PathBuf> {
    let runs = project.path(".ftc/gates");
    let Ok(entries) = std::fs::read_dir(runs) else {
        return Vec::new();
    };
    entries
        .map(|entry| entry.expect("the directory can be read").path())
        .collect()
}

#[test]
fn green_gates_end_with_0() {
    let project = Project::trusted(&gates(&[
        GREEN,
        "id: other, argv: [sh, -c, 'echo hello'], tier: slow",
    ]));
    let tree = project.git(&["rev-parse", "HEAD^{tree}"]);
    let run = project.run(&["run"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    assert_snapshot!(run.out.replace(&tree[..12], "TREE"), @r"
    pass       green  fast  TIME
    pass       other  slow  TIME

    pass: 2 of 2 gates passed on tree TREE
      .ftc/gates/RUN/gate-run.json
    ");
}

#[test]
fn a_red_gate_ends_with_1_and_says_what_to_look_at() {
    let project = Project::trusted(&gates(&[
        "id: words, argv: [sh, -c, 'echo first; echo last; exit 3']",
        GREEN,
        "id: advice, argv: ['false'], advisory: true",
        "id: late, argv: ['true'], tier: slow",
    ]));
    let tree = project.git(&["rev-parse", "HEAD^{tree}"]);
    let run = project.run(&["run"]);
    assert_eq!((run.code, run.err.as_str()), (1, ""), "{}", run.out);
    assert_snapshot!(run.out.replace(&tree[..12], "TREE"), @r"
    fail       words   fast  TIME
      exit code 3
        first
        last
      log: .ftc/gates/RUN/words.log
    pass       green   fast  TIME
    fail       advice  fast  TIME  (only advises)
      exit code 1
      log: .ftc/gates/RUN/advice.log
    cancelled  late    slow
      gate `words` did not pass

    fail: 1 of 4 gates passed on tree TREE
      .ftc/gates/RUN/gate-run.json
    ");
}

/// The log is read by the recognisers of ftc-fingerprint.
#[test]
fn failed_tests_are_named_and_have_fingerprints() {
    let project = Project::trusted(&gates(&[
        "id: unit, argv: [sh, -c, 'cat log.txt; exit 101'], evidence: {min_tests: 1}",
    ]));
    project.write("log.txt", CARGO);
    let run = project.run(&["run", "--format", "json"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let json: Value = serde_json::from_str(&run.out).unwrap();
    let gate = &json["gates"][0];
    assert_eq!(gate["tests_run"], 2);
    assert_eq!(gate["failed"][0]["name"], "lease::expires");
    assert_eq!(gate["failed"][0]["fingerprint"].as_str().unwrap().len(), 64);
    assert_eq!(gate["reasons"][1], "1 test failed: `lease::expires`");
}

#[test]
fn gates_zero_tests_is_not_green() {
    let project = Project::trusted(&gates(&[
        "id: unit, argv: [cat, log.txt], evidence: {min_tests: 1}",
    ]));
    project.write("log.txt", "\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.00s\n\n");
    let run = project.run(&["run"]);
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(
        run.out
            .contains("evidence: 0 tests ran, and at least 1 must"),
        "{}",
        run.out
    );
}

#[test]
fn what_cannot_be_said_ends_with_2() {
    let project = Project::trusted(&gates(&["id: lint, argv: [no-such-program]"]));
    let run = project.run(&["run"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(
        run.out.contains("program `no-such-program` was not found"),
        "{}",
        run.out
    );
    let project = Project::trusted(&gates(&[GREEN]));
    let run = project.run(&["run", "--tier", "slow"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(
        run.out.contains("no required gate was to be run"),
        "{}",
        run.out
    );
}

#[test]
fn the_answer_in_json_is_the_file_that_is_left() {
    let project = Project::trusted(&gates(&[GREEN]));
    let run = project.run(&["run", "--format", "json"]);
    let [artifacts] = artifacts(&project).try_into().unwrap();
    let left: Value =
        serde_json::from_slice(&std::fs::read(artifacts.join(RUN_FILE)).unwrap()).unwrap();
    let mut printed: Value = serde_json::from_str(&run.out).unwrap();
    // The masks of the test stand in the path.
    printed["gates"][0]["log"] = left["gates"][0]["log"].clone();
    assert_eq!(printed, left);
    assert_eq!(left["base"], project.git(&["rev-parse", "HEAD"]));
}

#[test]
fn the_verdict_is_about_the_worktree_with_its_uncommitted_changes() {
    let project = Project::trusted(&gates(&["id: unit, argv: [test, -e, new.txt]"]));
    assert_eq!(project.run(&["run"]).code, 1);
    project.write("new.txt", "hello\n");
    let out = project.path("out");
    assert_eq!(project.run(&["run", "--artifacts", "../out"]).code, 0);
    assert!(!out.exists());
    let run = GateRun::load(&project.root().join("out").join(RUN_FILE)).unwrap();
    project.git(&["add", "--all"]);
    assert_eq!(run.tree, project.git(&["write-tree"]));
    assert_eq!(run.verdict, Verdict::Pass);
}

#[test]
fn what_a_run_leaves_is_no_part_of_the_tree() {
    let project = Project::trusted(&gates(&[GREEN]));
    project.run(&["run"]);
    project.run(&["run"]);
    assert_eq!(artifacts(&project).len(), 2);
    assert_eq!(project.git(&["status", "--porcelain"]), "");
}

/// The fixer of the original could edit the gates that judged it.
#[test]
fn loop_w04_the_gates_are_those_of_the_commit() {
    let project = Project::trusted(&gates(&["id: unit, argv: ['false']"]));
    project.write("gates.yaml", &gates(&["id: unit, argv: ['true']"]));
    let run = project.run(&["run"]);
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(
        run.err
            .starts_with("warning: `gates.yaml` in the worktree differs from that of commit"),
        "{}",
        run.err
    );
    // Not even a commit helps when the base is named.
    project.commit("Make the gates green");
    let run = project.run(&["run", "--base", "HEAD~1"]);
    assert_eq!(run.code, 1, "{} {}", run.out, run.err);
}

#[test]
fn gates_can_be_selected() {
    let project = Project::trusted(&gates(&[
        GREEN,
        "id: red, argv: ['false']",
        "id: late, argv: ['true'], tier: slow",
    ]));
    assert_eq!(
        project
            .run(&["run", "--only", "green", "--only", "late"])
            .code,
        0
    );
    assert_eq!(project.run(&["run", "--tier", "slow"]).code, 0);
    assert_eq!(project.run(&["run", "--tier", "fast"]).code, 1);
    let run = project.run(&["run", "--only", "green"]);
    assert!(
        run.out.contains("pass: 1 of 1 gates passed on tree"),
        "{}",
        run.out
    );
    assert!(run.out.contains(", a part of the gates\n"), "{}", run.out);
}

#[test]
fn it_runs_from_any_folder_and_on_another_repository() {
    let project = Project::trusted(&gates(&["id: here, argv: [test, -e, gates.yaml]"]));
    project.write("a/b/file", "");
    assert_eq!(project.run(&["run", "--repository", "a/b"]).code, 0);
}

#[test]
fn narration_is_for_whoever_asks() {
    let project = Project::trusted(&gates(&["id: red, argv: [sh, -c, 'exit 1']"]));
    let run = project.run(&["run", "-v"]);
    assert_eq!(run.err, "running red: sh -c 'exit 1'\nred: fail\n");
}

#[test]
fn escape_codes_in_a_log_do_not_reach_the_terminal() {
    let project = Project::trusted(&gates(&[
        "id: red, argv: [sh, -c, 'printf \"\\\\033[2Jgone\\\\n\"; exit 1']",
    ]));
    let run = project.run(&["run"]);
    assert!(
        run.out.contains("    gone\n") && !run.out.contains('\u{1b}'),
        "{:?}",
        run.out
    );
}
