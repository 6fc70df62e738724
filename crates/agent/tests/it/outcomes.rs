use std::fs;

use ftc_agent::{
    AgentDriver as _, AgentError, AgentOutcome, AgentTask, CommandDriver, WorktreeState,
};

use crate::support::Place;

#[test]
fn one_that_edits_has_changed() {
    let place = Place::new();
    let run = place.run_script("echo new >code", "");
    assert_eq!(run.outcome, AgentOutcome::Changed);
    assert_eq!(run.driver, "agent");
    assert_eq!(
        run.reason,
        "agent `agent` ended well and changed the worktree"
    );
    assert!(run.notes.is_empty(), "{:?}", run.notes);
}

#[test]
fn a_new_file_is_a_change() {
    let place = Place::new();
    let run = place.run_script("mkdir -p deep && echo x >deep/new", "");
    assert_eq!(run.outcome, AgentOutcome::Changed);
}

#[test]
fn one_that_only_says_so_has_not() {
    let place = Place::new();
    let run = place.run_script("echo 'I have fixed everything!'", "");
    assert_eq!(run.outcome, AgentOutcome::NoChange);
    assert_eq!(
        run.reason,
        "agent `agent` ended well and changed nothing, though a change was needed; its last words:\n\
         I have fixed everything!"
    );
}

#[test]
fn where_no_change_is_needed_the_reason_does_not_complain() {
    let place = Place::new();
    let driver = CommandDriver::new(place.profile("agent", "", ""), place.environment(&[]));
    let run = driver
        .run(&AgentTask {
            worktree: &place.worktree,
            prompt: "look",
            out: &place.out,
            watch: &crate::support::Files(place.worktree.clone()),
            needs_change: false,
        })
        .unwrap();
    assert_eq!(run.outcome, AgentOutcome::NoChange);
    assert_eq!(run.reason, "agent `agent` ended well and changed nothing");
}

#[test]
fn a_silent_one_is_stopped() {
    let place = Place::new();
    let run = place.run_script("echo thinking; sleep 1000", "idle_timeout = '300ms'\n");
    assert_eq!(run.outcome, AgentOutcome::TimedOut);
    assert!(
        run.reason
            .starts_with("agent `agent` was stopped after 300ms without output"),
        "{}",
        run.reason
    );
}

#[test]
fn one_that_takes_too_long_is_stopped_even_if_it_then_says_that_all_is_well() {
    let place = Place::new();
    let script = "trap 'exit 0' TERM; echo new >code; while :; do echo busy; sleep 0.01; done";
    let run = place.run_script(script, "timeout = '500ms'\n");
    assert_eq!(run.outcome, AgentOutcome::TimedOut);
    assert!(
        run.reason
            .starts_with("agent `agent` was stopped after 500ms"),
        "{}",
        run.reason
    );
}

#[test]
fn one_that_is_killed_is_interrupted() {
    let place = Place::new();
    let run = place.run_script("echo new >code; kill -9 $$", "");
    assert_eq!(run.outcome, AgentOutcome::Interrupted);
    assert_eq!(run.reason, "agent `agent` ended by signal 9");
}

#[test]
fn one_that_leaves_something_running_is_interrupted() {
    let place = Place::new();
    let script = "cd \"$3\"; setsid sh -c 'echo $$ >pid.new; mv pid.new pid; exec sleep 1000' &
        while ! [ -e pid ]; do sleep 0.02; done
        echo new >\"$2/code\"";
    let run = place.run_script(script, "");
    let pid = fs::read_to_string(place.out.join("pid")).unwrap();
    let killed = ftc_process::Spawn::new(["sh", "-c", &format!("kill -9 {pid}")])
        .inherit_from(&ftc_process::ParentEnv::capture())
        .run();
    assert!(killed.unwrap().success());
    assert_eq!(run.outcome, AgentOutcome::Interrupted);
    assert_eq!(
        run.reason,
        "agent `agent` ended with exit code 0 and left a process behind that still runs"
    );
}

#[test]
fn another_exit_code_is_a_failure_whatever_was_changed() {
    for script in ["exit 3", "echo new >code; exit 3"] {
        let place = Place::new();
        let run = place.run_script(script, "unavailable_exit_codes = [69]\n");
        assert_eq!(run.outcome, AgentOutcome::Failed);
        assert_eq!(run.reason, "agent `agent` ended with exit code 3");
    }
}

#[test]
fn an_exit_code_can_stand_for_unavailable() {
    let place = Place::new();
    let run = place.run_script(
        "echo 'please log in' >&2; exit 69",
        "unavailable_exit_codes = [7, 69]\n",
    );
    assert_eq!(run.outcome, AgentOutcome::Unavailable);
    assert_eq!(
        run.reason,
        "agent `agent` ended with exit code 69, which stands for unavailable; its last words:\nplease log in"
    );
}

#[test]
fn one_that_has_changed_something_was_not_unavailable() {
    let place = Place::new();
    let run = place.run_script(
        "echo half >code; exit 69",
        "unavailable_exit_codes = [69]\n",
    );
    assert_eq!(run.outcome, AgentOutcome::Failed);
    assert_eq!(
        run.reason,
        "agent `agent` ended with exit code 69, which stands for unavailable, but had changed the worktree"
    );
}

#[test]
fn a_missing_program_is_unavailable() {
    let place = Place::new();
    for argv in ["['no-such-agent-anywhere']", "['/no/such/agent']"] {
        let text = format!("name = 'ghost'\nargv = {argv}\n");
        let profile = ftc_agent::Profile::parse(&text, "ghost.toml").unwrap();
        let driver = CommandDriver::new(profile, place.environment(&[]));
        let run = place.run(&driver, "do it").unwrap();
        assert_eq!(run.outcome, AgentOutcome::Unavailable);
        assert!(
            run.reason
                .starts_with("agent `ghost` cannot be used: program `")
                && run.reason.ends_with("` was not found"),
            "{}",
            run.reason
        );
        assert_eq!(fs::read_to_string(&run.transcript).unwrap(), "");
    }
}

#[test]
fn a_file_that_is_no_program_is_unavailable() {
    let place = Place::new();
    let file = place.path("plain");
    fs::write(&file, "text").unwrap();
    let text = format!("name = 'plain'\nargv = ['{}']\n", file.display());
    let profile = ftc_agent::Profile::parse(&text, "plain.toml").unwrap();
    let run = place
        .run(
            &CommandDriver::new(profile, place.environment(&[])),
            "do it",
        )
        .unwrap();
    assert_eq!(run.outcome, AgentOutcome::Unavailable);
}

#[test]
fn outcomes_have_stable_names() {
    for (outcome, name, text) in [
        (AgentOutcome::Changed, "changed", "changed"),
        (AgentOutcome::NoChange, "no_change", "no change"),
        (AgentOutcome::Denied, "denied", "denied"),
        (AgentOutcome::Interrupted, "interrupted", "interrupted"),
        (AgentOutcome::TimedOut, "timed_out", "timed out"),
        (AgentOutcome::Unavailable, "unavailable", "unavailable"),
        (AgentOutcome::Failed, "failed", "failed"),
    ] {
        assert_eq!(outcome.as_str(), name);
        assert_eq!(outcome.to_string(), text);
        let json = serde_json::to_string(&outcome).unwrap();
        assert_eq!(json, format!("\"{name}\""));
        assert_eq!(
            serde_json::from_str::<AgentOutcome>(&json).unwrap(),
            outcome
        );
    }
}

struct Blind;

impl WorktreeState for Blind {
    fn tree(&self) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        Err("cannot see".into())
    }
}

#[test]
fn a_worktree_that_cannot_be_read_is_our_error_and_leaves_no_home() {
    let place = Place::new();
    let driver = CommandDriver::new(place.profile("agent", "", ""), place.environment(&[]));
    let task = AgentTask {
        worktree: &place.worktree,
        prompt: "do it",
        out: &place.out,
        watch: &Blind,
        needs_change: true,
    };
    let error = driver.run(&task).unwrap_err();
    assert!(matches!(error, AgentError::Watch { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        format!(
            "failed to tell the state of the worktree `{}`",
            place.worktree.display()
        )
    );
    assert!(!place.out.join("home").exists());
    assert!(!error.is_retryable() && error.hints().is_empty());
}

#[test]
fn what_a_run_leaves_must_not_look_like_the_agents_work() {
    let place = Place::new();
    let driver = CommandDriver::new(place.profile("agent", "", ""), place.environment(&[]));
    let link = place.path("link");
    std::os::unix::fs::symlink(&place.worktree, &link).unwrap();
    for out in [
        &place.worktree,
        &place.worktree.join("a/b"),
        &link.join("a"),
    ] {
        let task = AgentTask {
            worktree: &place.worktree,
            prompt: "do it",
            out,
            watch: &Blind,
            needs_change: true,
        };
        let error = driver.run(&task).unwrap_err();
        assert!(
            matches!(error, AgentError::OutInWorktree { .. }),
            "{error:?}"
        );
        assert_eq!(error.hints(), ["choose a folder outside of the worktree"]);
    }
    assert!(!place.worktree.join("a").exists());
}
