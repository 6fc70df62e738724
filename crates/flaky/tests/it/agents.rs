//! What agents do wrong, and what comes of it: a reason, no pull request, and a branch that is as it was.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use ftc_agent::AgentOutcome;
use ftc_flaky::FailureError;
use ftc_state::LifecycleState;

use crate::support::{Project, TEST, World, command, does, edits, git, outcome};

/// Lets this edit of the worktree be judged, and tells the stage in which it ended, and why.
fn judged(project: &Project, edit: impl Fn(&Path) + Send + Sync + 'static) -> (String, String) {
    let mut world = World::with(project);
    world.agent = Some(edits(edit));
    world.attempt();
    world.refusal()
}

fn fix(worktree: &Path) {
    fs::write(worktree.join("src/mode"), "fixed\n").unwrap();
}

#[test]
fn an_agent_that_changes_nothing() {
    let (stage, reason) = judged(&Project::default(), |_| {});
    assert_eq!(stage, "agent");
    assert_eq!(reason, "the agent changed nothing: it ended as no change");
}

#[test]
fn an_agent_that_says_it_changed_something_and_did_not() {
    let mut world = World::new();
    world.agent = Some(outcome(AgentOutcome::Changed));
    world.attempt();
    let (stage, reason) = world.refusal();
    assert_eq!(
        (stage.as_str(), reason.as_str()),
        ("agent", "the agent changed nothing")
    );
}

#[test]
fn an_agent_that_fails_is_not_believed_although_it_edited() {
    let mut world = World::new();
    world.agent = Some(command("echo fixed >src/mode; echo sorry; exit 3", ""));
    world.attempt();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "agent");
    assert!(
        reason.starts_with("the agent ended as \"failed\": "),
        "{reason}"
    );
    assert!(reason.contains("sorry"), "{reason}");
}

#[test]
fn an_agent_that_hangs_is_stopped() {
    let mut world = World::new();
    world.agent = Some(command(
        "echo fixed >src/mode; while :; do read -r line </dev/zero; done",
        "idle_timeout = \"300ms\"",
    ));
    world.attempt();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "agent");
    assert!(
        reason.starts_with("the agent ended as \"timed out\": "),
        "{reason}"
    );
}

#[test]
fn an_agent_that_is_unavailable_changes_no_state() {
    let mut world = World::new();
    world.agent = Some(outcome(AgentOutcome::Unavailable));
    let report = world.attempt();
    let error = report.failures[0].error.as_ref().unwrap();
    assert!(matches!(error, FailureError::AgentUnavailable { .. }));
    assert!(error.is_retryable());
    assert!(report.is_partial());
    assert_eq!(world.state(), LifecycleState::ApprovedToFix);
    // As soon as there is one, the approval still counts.
    world.agent = World::new().agent;
    world.pass();
    assert_eq!(world.state(), LifecycleState::PrOpen);
}

#[test]
fn an_agent_that_edits_outside_of_its_scope() {
    let (stage, reason) = judged(&Project::default(), |worktree| {
        fix(worktree);
        fs::write(worktree.join("run-tests.sh"), "exit 0\n").unwrap();
    });
    assert_eq!(stage, "judgement");
    assert!(reason.starts_with("the WriteGate says DENY"), "{reason}");
    assert!(reason.contains("`run-tests.sh`"), "{reason}");
    assert!(!reason.contains("src/mode"), "{reason}");
}

#[test]
fn an_agent_that_writes_thousands_of_files_is_refused_like_any_other() {
    let (stage, reason) = judged(&Project::default(), |worktree| {
        for number in 0..3000 {
            let name = format!("a-file-that-nobody-asked-for-and-nobody-needs-{number}.txt");
            fs::write(worktree.join(name), "x\n").unwrap();
        }
    });
    assert_eq!(stage, "judgement");
    assert!(reason.starts_with("the WriteGate says DENY"), "{reason}");
    assert!(reason.len() < 64 * 1024, "{} bytes", reason.len());
}

#[test]
fn an_agent_that_deletes_the_test() {
    let (stage, reason) = judged(&Project::default(), |worktree| {
        let list = "steady adds_a_mirror\nsteady removes_a_mirror\n";
        fs::write(worktree.join("tests/list"), list).unwrap();
    });
    assert_eq!(stage, "gates");
    assert_eq!(
        reason,
        "2 tests ran where 3 ran before: the change takes tests away"
    );
}

#[test]
fn an_agent_that_puts_another_test_in_the_place_of_the_flaky_one() {
    let (stage, reason) = judged(&Project::default(), |worktree| {
        let list = "steady adds_a_mirror\nsteady always_true\nsteady removes_a_mirror\n";
        fs::write(worktree.join("tests/list"), list).unwrap();
    });
    assert_eq!(stage, "proof");
    assert!(
        reason.starts_with("in run 1 of 9 0 tests ran where 1 ran before the change"),
        "{reason}"
    );
}

#[test]
fn an_agent_that_lets_the_test_be_skipped() {
    let (stage, reason) = judged(&Project::default(), |worktree| {
        let list = format!("steady adds_a_mirror\nignored {TEST}\nsteady removes_a_mirror\n");
        fs::write(worktree.join("tests/list"), list).unwrap();
    });
    assert_eq!(stage, "gates");
    assert_eq!(
        reason,
        "2 tests ran where 3 ran before: the change takes tests away"
    );
}

#[test]
fn an_agent_whose_change_does_not_help() {
    let (stage, reason) = judged(&Project::default(), |worktree| {
        fs::write(worktree.join("src/cache.rs"), "// I tried.\n").unwrap();
    });
    // Three runs of four fail, so the gates are nearly always red; whether it is the gates or the proof that sees it is the
    // counter's matter, and here it is the gates.
    assert_eq!(stage, "gates");
    assert!(reason.contains(TEST), "{reason}");
}

#[test]
fn an_agent_that_commits_is_judged_by_its_difference_all_the_same() {
    let mut world = World::new();
    world.agent = Some(edits(|worktree| {
        fix(worktree);
        git(worktree, &["add", "--all"]);
        git(worktree, &["commit", "-q", "-m", "mine"]);
        fs::write(worktree.join("src/cache.rs"), "// and more\n").unwrap();
    }));
    let pull = world.propose();
    let head = world.head_of(pull);
    let changed = git(&world.origin(), &["diff", "--name-only", "main", &head]);
    assert_eq!(changed, "src/cache.rs\nsrc/mode");
    let log = git(
        &world.origin(),
        &["log", "--format=%an", &format!("main..{head}")],
    );
    assert_eq!(
        log, "ftc",
        "the commit of the agent is not among those of the branch"
    );
}

#[test]
fn an_agent_that_commits_and_then_undoes_changed_nothing() {
    let (stage, _) = judged(&Project::default(), |worktree| {
        fix(worktree);
        git(worktree, &["commit", "-q", "-am", "mine"]);
        fs::write(worktree.join("src/mode"), "racy\n").unwrap();
    });
    assert_eq!(stage, "agent");
}

#[test]
fn an_agent_that_moves_a_branch() {
    let mut world = World::new();
    let project = world.project();
    world.agent = Some(edits(move |worktree| {
        fix(worktree);
        git(worktree, &["commit", "-q", "-am", "mine"]);
        git(&project, &["branch", "-f", "side", "main"]);
        git(worktree, &["update-ref", "refs/heads/main", "HEAD"]);
    }));
    git(&world.project(), &["branch", "side", "main"]);
    world.attempt();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "agent");
    assert!(
        reason.starts_with("`refs/heads/main` was moved"),
        "{reason}"
    );
}

#[test]
fn an_agent_that_makes_or_deletes_a_branch() {
    for words in [&["branch", "new"][..], &["branch", "-D", "side"]] {
        let mut world = World::new();
        git(&world.project(), &["branch", "side", "main"]);
        world.agent = Some(edits(move |worktree| {
            fix(worktree);
            git(worktree, words);
        }));
        world.attempt();
        let (stage, reason) = world.refusal();
        assert_eq!(stage, "agent");
        let name = words.last().unwrap();
        assert!(
            reason.starts_with(&format!("`refs/heads/{name}` was moved")),
            "{reason}"
        );
    }
}

#[test]
fn an_agent_that_makes_a_link() {
    let (stage, reason) = judged(&Project::default(), |worktree| {
        fix(worktree);
        symlink("../../../secret", worktree.join("src/link")).unwrap();
    });
    assert_eq!(stage, "judgement");
    assert_eq!(
        reason,
        "`src/link` is a symbolic link, and only regular files are changed"
    );
}

#[test]
fn an_agent_that_replaces_a_folder_by_a_link() {
    let (stage, reason) = judged(&Project::default(), |worktree| {
        fs::remove_dir_all(worktree.join("tests")).unwrap();
        symlink("src", worktree.join("tests")).unwrap();
    });
    assert_eq!(stage, "judgement");
    assert!(reason.contains("`tests` is a symbolic link"), "{reason}");
}

#[test]
fn files_of_a_repository_that_an_agent_leaves_behind_are_files() {
    let mut world = World::new();
    world.agent = Some(edits(|worktree| {
        fix(worktree);
        let nested = worktree.join("src/vendored");
        fs::create_dir(&nested).unwrap();
        git(&nested, &["init", "-q"]);
        fs::write(nested.join("file"), "x\n").unwrap();
        git(&nested, &["add", "--all"]);
        git(&nested, &["commit", "-q", "-m", "x"]);
    }));
    let head = world.propose();
    let head = world.head_of(head);
    let changed = git(&world.origin(), &["diff", "--name-only", "main", &head]);
    assert_eq!(changed, "src/mode\nsrc/vendored/file");
}

#[test]
fn an_agent_that_writes_into_the_folder_of_the_executor() {
    let (stage, reason) = judged(&Project::default(), |worktree| {
        fix(worktree);
        fs::create_dir_all(worktree.join(".ftc/journal")).unwrap();
        fs::write(worktree.join(".ftc/journal/1"), "lies\n").unwrap();
    });
    assert_eq!(stage, "judgement");
    assert!(reason.contains(".ftc"), "{reason}");
}

#[test]
fn an_agent_that_edits_what_it_is_judged_by() {
    let policy = "version: 1\nexecutor:\n  allowed_paths: [\"**\"]\n  constraints: { max_files_touched: 9 }\n  forbidden_paths: [gates.yaml, ftc-policy.yaml]\n";
    for (name, text) in [
        (
            "gates.yaml",
            "version: 1\ngates:\n  - id: test\n    argv: [\"true\"]\n",
        ),
        (
            "ftc-policy.yaml",
            "version: 1\nexecutor:\n  allowed_paths: [\"**\"]\n",
        ),
    ] {
        let mut world = World::with(&Project::default().with("ftc-policy.yaml", policy));
        world.options.scope = vec!["**".to_owned()];
        world.agent = Some(edits(move |worktree| {
            fix(worktree);
            fs::write(worktree.join(name), text).unwrap();
        }));
        world.attempt();
        let (stage, reason) = world.refusal();
        assert_eq!(stage, "judgement");
        assert!(reason.contains("DENY"), "{reason}");
        assert!(reason.contains(&format!("`{name}`")), "{reason}");
    }
}

#[test]
fn gates_that_the_policy_lets_an_agent_edit_are_those_of_the_base_for_this_change() {
    let policy = "version: 1\nexecutor:\n  allowed_paths: [\"**\"]\n  review_defaults: false\n";
    let mut world = World::with(&Project::default().with("ftc-policy.yaml", policy));
    world.options.scope = vec!["**".to_owned()];
    // It does not mend the race, and lets a gate pass that says nothing.
    world.agent = Some(edits(|worktree| {
        let gates = "version: 1\ngates:\n  - id: test\n    argv: [\"true\"]\n";
        fs::write(worktree.join("gates.yaml"), gates).unwrap();
    }));
    world.attempt();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "gates");
    assert!(reason.contains(TEST), "{reason}");
}

#[test]
fn an_agent_is_told_what_fails_and_what_it_may_edit() {
    let mut world = World::new();
    let seen = Arc::new(AtomicU32::new(0));
    let told = Arc::clone(&seen);
    world.agent = Some(does(move |task| {
        assert!(
            task.prompt.contains(&format!("The test `{TEST}`")),
            "{}",
            task.prompt
        );
        assert!(
            task.prompt.contains("It failed in 3 of 4 runs."),
            "{}",
            task.prompt
        );
        assert!(task.prompt.contains("src/**, tests/**"), "{}", task.prompt);
        told.fetch_add(1, Ordering::Relaxed);
        fix(task.worktree);
    }));
    world.propose();
    assert_eq!(seen.load(Ordering::Relaxed), 1);
}
