//! Agents that leave a worktree behind that is none.

use ftc_state::LifecycleState;

use crate::support::{World, command};

/// An attempt that ended in an error would be made again by every pass, and agents cost money.
#[test]
fn an_agent_that_removes_its_worktree_has_failed_once() {
    let mut world = World::new();
    world.agent = Some(command("rm -rf \"$PWD\"", ""));
    world.attempt();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "agent");
    assert!(
        reason.starts_with("the agent left a worktree that cannot be read: "),
        "{reason}"
    );
    let report = world.pass();
    assert!(report.failures[0].error.is_none(), "{report:?}");
    assert_eq!(world.memo().failed_attempts.len(), 1);

    // The slot is made anew for the next one.
    world.agent = Some(command("echo fixed >src/mode", ""));
    world.approve(ftc_github::IssueNumber(1));
    world.pass();
    assert_eq!(world.state(), LifecycleState::PrOpen);
}

/// A gate that is red before anything changed, and says nothing of tests: the reason is quoted.
#[test]
fn a_gate_that_stopped_working_says_why() {
    let world = World::new();
    world.discover();
    world.write("run-tests.sh", "echo no compiler here; exit 3\n");
    world.publish("Break the tests");
    world.approve(ftc_github::IssueNumber(1));
    world.pass();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "proof");
    for word in ["says how many tests ran", "exit code 3", "no compiler here"] {
        assert!(reason.contains(word), "{word}: {reason}");
    }
}
