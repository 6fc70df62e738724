//! The whole story, and its ends.

use ftc_github::IssueNumber;
use ftc_state::LifecycleState;

use crate::support::{BOT, MAINTAINER, World, forge_story};

#[test]
fn a_flake_is_filed_fixed_reviewed_merged_and_closed() {
    let world = World::new();
    let issue = world.discover();
    assert_eq!(world.state(), LifecycleState::WaitingForSignal);
    world.approve(issue);
    world.pass();
    let pull = world.lifecycle().pull.map(IssueNumber).unwrap();
    world.ask_for_changes(pull, "Please say why.");
    world.pass();
    world.merge(pull);
    let report = world.pass();

    assert!(report.failures[0].error.is_none());
    assert_eq!(
        world.journal(),
        [
            "DISCOVERED",
            "ISSUE_OPEN",
            "TRIAGED",
            "WAITING_FOR_SIGNAL",
            "APPROVED_TO_FIX",
            "PR_OPEN",
            "PR_NEEDS_CHANGES",
            "PR_UPDATING",
            "PR_OPEN",
            "MERGED",
        ]
    );
    assert_eq!(world.on_main("src/mode"), "fixed");
    assert!(
        world
            .on_main("src/cache.rs")
            .starts_with("// Answers come in any order")
    );
    let story = forge_story(&world.forge_of(MAINTAINER));
    let count = |what: &str| story.matches(what).count();
    assert_eq!(
        (count("\nissue #"), story.starts_with("issue #1 Closed")),
        (0, true),
        "{story}"
    );
    assert_eq!(count("pull #"), 1);
    assert_eq!(count("kind=analysis"), 1);
    assert_eq!(count("kind=end"), 1);
    assert_eq!(count("kind=review"), 1);
    assert_eq!(count(&format!("comment by {BOT}")), 3, "{story}");
}
