//! No command of a repository runs before the person has allowed it.

use ftc_durable::Digest;
use insta::assert_snapshot;

use crate::project::{Project, gates};

const RAN: &str = "id: unit, argv: [touch, ran]";

#[test]
fn a_gate_file_that_is_not_trusted_does_not_run() {
    let text = gates(&[RAN]);
    let project = Project::new(&text);
    let commit = project.git(&["rev-parse", "--short=12", "HEAD"]);
    let run = project.run(&["run"]);
    assert_eq!((run.code, run.out.as_str()), (4, ""));
    let digest = Digest::of_content(text.as_bytes()).to_string();
    assert_snapshot!(run.err.replace(&commit, "COMMIT").replace(&digest, "DIGEST"), @r"
    error: the commands of `COMMIT:gates.yaml` are not trusted
    hint: `ftc trust` shows them and allows them to run until the file changes
    hint: in CI, set `FTC_TRUST=DIGEST`
    ");
    assert!(!project.path("ran").exists() && !project.path(".ftc").exists());
}

#[test]
fn a_changed_gate_file_is_not_trusted() {
    let project = Project::trusted(&gates(&["id: unit, argv: ['true']"]));
    assert_eq!(project.run(&["run"]).code, 0);
    project.write("gates.yaml", &gates(&[RAN]));
    project.commit("Do something else");
    assert_eq!(project.run(&["run"]).code, 4);
    assert_eq!(project.run(&["run", "--base", "HEAD~1"]).code, 0);
    assert!(!project.path("ran").exists());
}

#[test]
fn ci_trusts_by_a_variable() {
    let text = gates(&[RAN]);
    let project = Project::new(&text);
    let digest = Digest::of_content(text.as_bytes()).to_string();
    assert_eq!(
        project.run_with(&["run"], &[("FTC_TRUST", &digest)]).code,
        0
    );
    assert!(project.path("ran").exists());
    let run = project.run_with(&["run"], &[("FTC_TRUST", "yes")]);
    assert_eq!(run.code, 2, "{}", run.err);
}

#[test]
fn a_file_that_the_person_names_needs_no_trust() {
    let project = Project::new(&gates(&["id: unit, argv: ['false']"]));
    project.write("mine.yaml", &gates(&[RAN]));
    let run = project.run(&["run", "--gates", "mine.yaml"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(project.path("ran").exists());
}

#[test]
fn a_list_of_trust_that_others_could_have_written_is_refused() {
    let project = Project::trusted(&gates(&[RAN]));
    let list = project.home().join(".local/state/ftc/trust.json");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(list, mode).unwrap();
    let run = project.run(&["run"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("trust.json` is writable by others"),
        "{}",
        run.err
    );
    assert!(!project.path("ran").exists());
}

/// The advice leads to the file that was refused.
#[test]
fn another_commit_is_named_in_the_advice() {
    let project = Project::new(&gates(&[RAN]));
    let commit = project.git(&["rev-parse", "--short=12", "HEAD"]);
    project.commit_gates(&gates(&["id: unit, argv: ['true']"]));
    let run = project.run(&["run", "--base", "HEAD~1"]);
    assert_eq!(run.code, 4);
    assert!(
        run.err
            .contains(&format!("hint: `ftc trust --commit {commit}` shows them")),
        "{}",
        run.err
    );
}
