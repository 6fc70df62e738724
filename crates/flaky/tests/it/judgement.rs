//! What a change is judged by: the policy and the gates of the base commit.

use std::fs;
use std::sync::atomic::Ordering;

use ftc_flaky::{DiscoverError, FailureError, PassError, RunsError, Source};
use ftc_state::LifecycleState;

use crate::support::{Project, TEST, World, edits};

fn gates_of(project: &Project, change: impl FnOnce(String) -> String) -> Project {
    project
        .clone()
        .with("gates.yaml", &change(project.text("gates.yaml")))
}

/// The stage and the reason of the attempt of a good fix.
fn attempted(project: &Project) -> (String, String) {
    let world = World::with(project);
    world.attempt();
    world.refusal()
}

#[test]
fn a_policy_that_denies() {
    let policy = "version: 1\nexecutor:\n  allowed_paths: [\"docs/**\"]\n";
    let (stage, reason) = attempted(&Project::default().with("ftc-policy.yaml", policy));
    assert_eq!(stage, "judgement");
    assert_eq!(
        reason,
        "the WriteGate says DENY (risk LOW): no pattern allows this path (`src/mode`)\n- DENY allowed_paths: no pattern allows this path (`src/mode`)"
    );
}

#[test]
fn a_policy_that_asks_for_a_person() {
    let policy = "version: 1\nexecutor:\n  allowed_paths: [\"src/**\"]\n  risk:\n    approvals: { LOW: 1, MEDIUM: 1, HIGH: 1, CRITICAL: 1 }\n";
    let (stage, reason) = attempted(&Project::default().with("ftc-policy.yaml", policy));
    assert_eq!(stage, "judgement");
    assert!(
        reason.starts_with("the WriteGate says NEED_APPROVAL"),
        "{reason}"
    );
}

#[test]
fn no_policy_allows_nothing() {
    let (stage, reason) = attempted(&Project::default().without("ftc-policy.yaml"));
    assert_eq!(stage, "judgement");
    assert!(
        reason.ends_with("has no `ftc-policy.yaml`, and what no policy allows is not changed"),
        "{reason}"
    );
}

#[test]
fn a_broken_policy_allows_nothing_and_says_where_it_is_broken() {
    let policy = "version: 1\nexecutor:\n  alowed_paths: [\"src/**\"]\n";
    let (stage, reason) = attempted(&Project::default().with("ftc-policy.yaml", policy));
    assert_eq!(stage, "judgement");
    assert!(
        reason.contains("`ftc-policy.yaml` cannot be read"),
        "{reason}"
    );
    assert!(reason.contains("3:3"), "{reason}");
}

#[test]
fn a_policy_that_is_broken_is_found_before_the_agent_runs() {
    let mut world = World::with(&Project::default().with("ftc-policy.yaml", "version: 2\n"));
    world.agent = Some(edits(|_| panic!("the agent ran")));
    world.attempt();
    world.refusal();
}

/// The error of a discovery.
fn discovery_error(project: &Project) -> RunsError {
    let world = World::with(project);
    runs_error(&world)
}

fn runs_error(world: &World) -> RunsError {
    let result = world.try_pass(Some(Source::Runs(2)), |_, _| {});
    let error = result.unwrap_err();
    assert!(!error.is_retryable());
    match error {
        PassError::Discover(DiscoverError::Runs(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn no_gate_file() {
    let error = discovery_error(&Project::default().without("gates.yaml"));
    assert!(matches!(error, RunsError::NoGateFile { .. }), "{error:?}");
}

#[test]
fn a_wrong_gate_file_says_line_and_column() {
    let project = gates_of(&Project::default(), |text| {
        text.replace("timeout", "timeuot")
    });
    let error = discovery_error(&project);
    let RunsError::GateFile { source, .. } = error else {
        panic!("{error:?}");
    };
    // `    timeuot: 1m` is the fifth line.
    assert!(source.to_string().contains("gates.yaml:5:5"), "{source}");
}

#[test]
fn a_gate_file_that_nobody_trusts_runs_nothing() {
    let world = World::new();
    world.trusts.store(false, Ordering::Relaxed);
    let error = runs_error(&world);
    assert!(matches!(error, RunsError::Untrusted { .. }), "{error:?}");
    assert!(!world.path("counter").exists());
    assert!(world.lifecycles().is_empty());
}

#[test]
fn a_gate_file_that_is_not_trusted_any_more_stops_an_attempt_before_the_agent() {
    let mut world = World::new();
    let issue = world.discover();
    world.approve(issue);
    world.trusts.store(false, Ordering::Relaxed);
    let mend = world.agent.replace(edits(|_| panic!("the agent ran")));
    let report = world.pass();
    let error = report.failures[0].error.as_ref().unwrap();
    assert!(
        matches!(error, FailureError::GateFile(RunsError::Untrusted { .. })),
        "{error:?}"
    );
    assert!(error.hints().iter().any(|hint| hint.contains("ftc trust")));
    assert_eq!(world.state(), LifecycleState::ApprovedToFix);
    // As soon as a person trusts it, it goes on without another approval.
    world.trusts.store(true, Ordering::Relaxed);
    world.agent = mend;
    world.pass();
    assert_eq!(world.state(), LifecycleState::PrOpen);
}

#[test]
fn a_gate_that_does_not_exist() {
    let world = World::new();
    let result = world.try_pass(Some(Source::Runs(2)), |_, options| {
        options.gate = Some("integration".to_owned());
    });
    let Err(PassError::Discover(DiscoverError::Runs(RunsError::NoSuchGate { gate, .. }))) = result
    else {
        panic!("{result:?}");
    };
    assert_eq!(gate, "integration");
}

#[test]
fn a_program_that_does_not_exist() {
    let project = gates_of(&Project::default(), |text| {
        text.replacen("argv: [sh,", "argv: [no-such-program,", 1)
    });
    let world = World::with(&project);
    let result = world.try_pass(Some(Source::Runs(2)), |_, _| {});
    let Err(PassError::Discover(DiscoverError::Runs(RunsError::NotStarted { reason, .. }))) =
        result
    else {
        panic!("{result:?}");
    };
    assert!(reason.contains("no-such-program"), "{reason}");
}

#[test]
fn gates_that_change_the_tree_that_they_judge() {
    let mut world = World::new();
    world.agent = Some(edits(|worktree| {
        fs::write(worktree.join("src/mode"), "writes\n").unwrap();
    }));
    world.attempt();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "gates");
    assert_eq!(
        reason,
        "the gates changed files of the tree that they judge: src/cache.rs"
    );
}

#[test]
fn another_gate_that_is_red() {
    let project = gates_of(&Project::default(), |text| {
        format!("{text}  - id: lint\n    argv: [sh, -c, \"grep -q racy src/mode\"]\n")
    });
    let (stage, reason) = attempted(&project);
    assert_eq!(stage, "gates");
    assert!(
        reason.starts_with("the verdict of the gates is"),
        "{reason}"
    );
    assert!(reason.contains("gate `lint`: fail"), "{reason}");
}

#[test]
fn a_change_that_does_not_build() {
    let mut world = World::new();
    world.agent = Some(edits(|worktree| {
        fs::write(worktree.join("src/mode"), "nobuild\n").unwrap();
    }));
    world.attempt();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "gates");
    assert!(reason.contains("mismatched types"), "{reason}");
}

#[test]
fn a_command_that_reruns_no_test_proves_nothing() {
    let project = gates_of(&Project::default(), |text| {
        text.replace("\"{test}\"]", "\"{test}\", more]").replace(
            "[sh, run-tests.sh, \"{test}\", more]",
            "[sh, run-tests.sh, no_such_test, \"{test}\"]",
        )
    });
    let (stage, reason) = attempted(&project);
    assert_eq!(stage, "proof");
    assert_eq!(
        reason,
        "the command `rerun` of gate `test` runs no test at the base commit, so it proves nothing"
    );
}

#[test]
fn without_a_command_that_reruns_one_test_the_whole_gate_is_the_proof() {
    let project = gates_of(&Project::default(), |text| {
        text.replace("    rerun: [sh, run-tests.sh, \"{test}\"]\n", "")
    });
    let world = World::with(&project);
    world.propose();
    assert_eq!(world.memo().fix.unwrap().proof_runs, 9);
}

#[test]
fn a_gate_that_says_nothing_of_tests_proves_nothing() {
    let script = Project::default().text("run-tests.sh");
    // The flake is known from logs of another machine; here the gate is quiet.
    let world = World::with(&Project::default());
    world.discover();
    world.write(
        "run-tests.sh",
        &script.replacen("only=", "exec >/dev/null\nonly=", 1),
    );
    world.publish("Be quiet");
    world.approve(ftc_github::IssueNumber(1));
    world.pass();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "proof");
    assert!(reason.contains("says how many tests ran"), "{reason}");
}

#[test]
fn a_proof_that_takes_too_many_runs_is_not_tried() {
    let mut world = World::new();
    world.options.max_proof_runs = 8;
    world.attempt();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "proof");
    assert!(
        reason.contains("a proof takes 9 runs, and at most 8 are made"),
        "{reason}"
    );
}

#[test]
fn a_fix_that_holds_too_rarely_does_not_pass_the_proof() {
    // With a whole green run at the gates, and a failure in the proof: every fourth run passes, and the counter stands so
    // that the gates are that run.
    let mut world = World::new();
    let counter = world.path("counter");
    world.agent = Some(edits(move |worktree| {
        fs::write(worktree.join("src/cache.rs"), "// I tried.\n").unwrap();
        // The two runs of the baseline come first.
        fs::write(&counter, "1\n").unwrap();
    }));
    world.attempt();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "proof");
    assert!(
        reason.starts_with(&format!(
            "in run 1 of 9 the test did not pass: {TEST} failed: "
        )),
        "{reason}"
    );
}
