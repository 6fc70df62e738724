//! The cleaner with children that are held and confined.

use std::sync::Arc;

use ftc_flaky::Children;
use ftc_process::confine::{Profile, Require};
use ftc_process::{Confinement, Containment, Shim};
use ftc_state::LifecycleState;

use crate::support::{Project, World, driver};

fn shim() -> Shim {
    ftc_testkit::shim::example("flaky-shim")
}

/// Tests that reach for what is not theirs: beside the repository, and in it.
fn reaching() -> World {
    let project = Project::default();
    let script = project.text("run-tests.sh");
    let reach = "echo evil >\"$FTC_COUNTER.evil\"\ngit config core.pager evil\n";
    let script = script.replacen(
        "#!/bin/sh\n",
        &format!("#!/bin/sh\n{{\n{reach}}} >/dev/null 2>&1\n"),
        1,
    );
    World::with(&project.with("run-tests.sh", &script))
}

fn has_reached(world: &World) -> (bool, bool) {
    let configuration = std::fs::read_to_string(world.project().join(".git/config")).unwrap();
    (
        world.path("counter.evil").exists(),
        configuration.contains("evil"),
    )
}

#[test]
fn without_confinement_tests_reach_what_the_user_can() {
    let world = reaching();
    world.attempt();
    assert_eq!(has_reached(&world), (true, true));
}

#[test]
fn a_fix_is_found_and_proved_by_confined_children() {
    let mut world = reaching();
    std::fs::write(world.path("counter"), "0\n").unwrap();
    world.children = Children {
        shim: Some(shim()),
        confinement: Some(Require::BestEffort),
        writable: vec![world.path("counter")],
        ..Children::default()
    };
    let agent = driver(
        "echo evil >>../../../counter.evil; echo fixed >src/mode",
        "",
    );
    let confinement = Confinement::new(Profile::Agent).readable(world.project().join(".git"));
    world.agent = Some(Arc::new(agent.shim(shim()).confine(confinement)));
    let report = world.attempt();
    assert_eq!(world.state(), LifecycleState::PrOpen, "{report:?}");
    if has_landlock() {
        assert_eq!(has_reached(&world), (false, false));
    }
}

/// Whether the kernel lists Landlock among what is switched on.
fn has_landlock() -> bool {
    std::fs::read_to_string("/sys/kernel/security/lsm").is_ok_and(|list| list.contains("landlock"))
}

#[test]
fn an_agent_that_breaks_out_has_failed_once() {
    let mut world = World::new();
    let agent = driver("echo fixed >src/mode; kill -9 $PPID; sleep 600", "");
    world.agent = Some(Arc::new(agent.shim(shim()).require(Containment::Subreaper)));
    world.attempt();
    let (stage, reason) = world.refusal();
    assert_eq!(stage, "agent");
    assert!(reason.starts_with("the agent broke out: "), "{reason}");
    let report = world.pass();
    assert!(report.failures[0].error.is_none(), "{report:?}");
    assert_eq!(world.memo().failed_attempts.len(), 1);
}

#[test]
fn gates_that_cannot_be_held_as_required_prove_nothing() {
    let mut world = World::new();
    world.children.containment = Containment::Subreaper;
    let error = world
        .try_pass(Some(ftc_flaky::Source::Runs(1)), |_, _| {})
        .unwrap_err();
    let chain = format!("{error:?}");
    assert!(chain.contains("only `group` can be had"), "{chain}");
}
