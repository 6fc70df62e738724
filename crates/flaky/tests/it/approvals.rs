//! Whose word counts, and for how long.

use std::fs;

use ftc_github::{IssueNumber, IssuesWrite as _, Label};
use ftc_state::LifecycleState;

use crate::support::{BOT, MAINTAINER, World, edits, wait};

const LABEL: &str = "flaky-test-cleaner/ai-fix-approved";

/// A world whose flake is filed, and in which an agent must not run.
fn filed() -> (World, IssueNumber) {
    let mut world = World::new();
    let issue = world.discover();
    world.agent = Some(edits(|_| panic!("the agent ran")));
    (world, issue)
}

fn still_waits(world: &World) {
    let report = world.pass();
    assert!(report.writes.is_empty(), "{:?}", report.writes);
    assert_eq!(world.state(), LifecycleState::WaitingForSignal);
}

#[test]
fn nobody_who_may_not_write_allows_a_fix() {
    let (world, issue) = filed();
    world.comment("mallory", issue, "/ai-fix");
    still_waits(&world);
}

#[test]
fn the_cleaner_does_not_allow_itself_a_fix() {
    let (world, issue) = filed();
    world.comment(BOT, issue, "/ai-fix");
    wait(world.forge_of(BOT).add_labels(issue, &[LABEL.to_owned()])).unwrap();
    still_waits(&world);
}

#[test]
fn words_in_a_sentence_are_no_approval() {
    let (world, issue) = filed();
    for body in [
        "Do not write /ai-fix before Friday.",
        "> /ai-fix",
        "```\n/ai-fix\n```",
        "/ai-fixes",
        "<!--\n/ai-fix\n-->",
    ] {
        world.comment(MAINTAINER, issue, body);
    }
    still_waits(&world);
}

#[test]
fn a_file_that_was_written_by_hand_is_no_approval() {
    let (world, issue) = filed();
    world.comment("mallory", issue, "/ai-fix");
    // The comment becomes one of the maintainer, and a copy of a good one is put beside it.
    let folder = world.path("forge").join("issues/0001/comments");
    let files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let mut edited = 0;
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        if text.contains("mallory") {
            fs::write(&path, text.replace("mallory", MAINTAINER)).unwrap();
            edited += 1;
        }
    }
    assert_eq!(edited, 1);
    still_waits(&world);
}

#[test]
fn a_comment_of_a_maintainer_counts() {
    let world = World::new();
    let issue = world.discover();
    world.comment(MAINTAINER, issue, "Go on.\n\n/ai-fix\n");
    world.pass();
    let approval = world.memo().approval.unwrap();
    assert_eq!(
        (approval.by.as_str(), approval.how.as_str()),
        (MAINTAINER, "comment")
    );
    assert_eq!(world.state(), LifecycleState::PrOpen);
}

#[test]
fn a_label_of_a_maintainer_counts() {
    let world = World::new();
    let issue = world.discover();
    let forge = world.forge_of(MAINTAINER);
    let label = Label {
        name: LABEL.to_owned(),
        color: "ededed".to_owned(),
        description: String::new(),
    };
    wait(forge.ensure_label(&label)).unwrap();
    wait(forge.add_labels(issue, &[LABEL.to_owned()])).unwrap();
    world.pass();
    let approval = world.memo().approval.unwrap();
    assert_eq!(
        (approval.by.as_str(), approval.how.as_str()),
        (MAINTAINER, "label")
    );
}

#[test]
fn an_approval_is_used_up_by_an_attempt_that_failed() {
    let mut world = World::new();
    let mend = world.agent.replace(edits(|_| {}));
    let issue = world.discover();
    world.comment(MAINTAINER, issue, "/ai-fix");
    world.pass();
    world.refusal();
    // The agent would do it now, and nobody asks it to.
    world.agent = mend;
    still_waits(&world);
    let waits = world.pass().failures[0].waits_for.clone().unwrap();
    assert_eq!(
        waits,
        "a maintainer's new approval of issue #1: the last attempt ended in its stage \"agent\": the agent changed nothing: it \
         ended as no change"
    );
    world.comment(MAINTAINER, issue, "/ai-fix");
    world.pass();
    assert_eq!(world.state(), LifecycleState::PrOpen);
}

#[test]
fn a_label_is_taken_off_with_the_attempt_and_counts_when_it_is_put_on_again() {
    let mut world = World::new();
    let mend = world.agent.replace(edits(|_| {}));
    let issue = world.discover();
    let forge = world.forge_of(MAINTAINER);
    let labels = [LABEL.to_owned()];
    wait(forge.add_labels(issue, &labels)).unwrap();
    world.pass();
    world.refusal();
    world.agent = mend;
    still_waits(&world);
    wait(forge.add_labels(issue, &labels)).unwrap();
    world.pass();
    assert_eq!(world.state(), LifecycleState::PrOpen);
}

#[test]
fn three_attempts_are_three_comments() {
    let mut world = World::new();
    world.agent = Some(edits(|_| {}));
    let issue = world.discover();
    for _ in 0..3 {
        world.approve(issue);
        world.pass();
    }
    assert_eq!(world.memo().failed_attempts.len(), 3);
    world.refusal();
}
