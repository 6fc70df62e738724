//! How a story can end.

use ftc_flaky::Source;
use ftc_github::{
    CloseReason, IssueEdit, IssueNumber, IssueState, IssuesRead as _, IssuesWrite as _,
    PageRequest, PullEdit, PullState, PullsWrite as _,
};
use ftc_state::LifecycleState;

use crate::support::{BOT, MAINTAINER, Project, TEST, World, edits, forge_story, git, wait};

/// The comments of the cleaner that end a story.
fn endings(world: &World) -> usize {
    forge_story(&world.forge_of(MAINTAINER))
        .matches("kind=end")
        .count()
}

fn issue_state(world: &World, number: IssueNumber) -> IssueState {
    let issue = wait(world.forge_of(MAINTAINER).issue(number));
    issue.unwrap().unwrap().state
}

fn close_pull(world: &World, pull: IssueNumber) {
    let edit = PullEdit {
        state: Some(PullState::Closed),
        ..PullEdit::default()
    };
    wait(world.forge_of(MAINTAINER).edit_pull(pull, &edit)).unwrap();
}

#[test]
fn a_pull_request_that_is_closed_ends_it_with_one_comment() {
    let world = World::new();
    let pull = world.propose();
    close_pull(&world, pull);
    for _ in 0..3 {
        world.pass();
    }
    assert_eq!(world.state(), LifecycleState::ClosedWontfix);
    assert_eq!(endings(&world), 1);
    let issue = IssueNumber(world.lifecycle().issue.unwrap());
    assert_eq!(
        issue_state(&world, issue),
        IssueState::Closed(CloseReason::NotPlanned)
    );
    assert_eq!(world.on_main("src/mode"), "racy");
}

#[test]
fn cleaner_w10_merged_while_changes_requested() {
    let world = World::new();
    let pull = world.propose();
    world.ask_for_changes(pull, "Please say why.");
    // Without an agent the wish stays unanswered.
    let report = world.try_pass(None, |parts, _| parts.agent = None).unwrap();
    assert_eq!(
        report.failures[0].waits_for.as_deref(),
        Some("an agent: none is configured")
    );
    assert_eq!(world.state(), LifecycleState::PrNeedsChanges);
    world.merge(pull);
    for _ in 0..3 {
        world.pass();
    }
    assert_eq!(world.state(), LifecycleState::Merged);
    assert_eq!(endings(&world), 1);
    assert_eq!(world.on_main("src/mode"), "fixed");
}

#[test]
fn a_pull_request_that_is_closed_while_changes_are_asked_for_ends_it_too() {
    let world = World::new();
    let pull = world.propose();
    world.ask_for_changes(pull, "Please say why.");
    world.try_pass(None, |parts, _| parts.agent = None).unwrap();
    close_pull(&world, pull);
    world.pass();
    assert_eq!(world.state(), LifecycleState::ClosedWontfix);
    assert_eq!(endings(&world), 1);
}

#[test]
fn a_person_who_closes_the_issue_ends_it() {
    let world = World::new();
    let issue = world.discover();
    let edit = IssueEdit {
        state: Some(IssueState::Closed(CloseReason::NotPlanned)),
        ..IssueEdit::default()
    };
    wait(world.forge_of(MAINTAINER).edit_issue(issue, &edit)).unwrap();
    // A closed issue ends it, whoever allows what afterwards.
    world.approve(issue);
    world.pass();
    assert_eq!(world.state(), LifecycleState::Closed);
    let before = forge_story(&world.forge_of(MAINTAINER));
    world.pass_from(Source::Runs(4));
    assert_eq!(world.state(), LifecycleState::Closed);
    assert_eq!(forge_story(&world.forge_of(MAINTAINER)), before);
}

#[test]
fn cleaner_w08_second_discovery_files_no_second_issue() {
    let world = World::new();
    let issue = world.discover();
    let again = world.discover();
    assert_eq!(issue, again);
    let story = forge_story(&world.forge_of(MAINTAINER));
    assert_eq!(story.matches("kind=issue").count(), 1, "{story}");
    assert_eq!(story.matches("kind=analysis").count(), 1, "{story}");
    // Six of eight, at the same commit: the issue and the analysis say what is known now.
    assert!(story.contains("**6 of 8 runs (75 %)**"), "{story}");
    assert!(!story.contains("3 of 4 runs"), "{story}");
    assert_eq!(world.state(), LifecycleState::WaitingForSignal);
}

#[test]
fn cleaner_w09_human_labels_survive() {
    let world = World::new();
    let issue = world.discover();
    let forge = world.forge_of(MAINTAINER);
    let labels = [
        "area/cache".to_owned(),
        "Flaky-Test-Cleaner-of-mine".to_owned(),
    ];
    wait(forge.add_labels(issue, &labels)).unwrap();
    world.discover();
    world.approve(issue);
    world.pass();
    let pull = IssueNumber(world.lifecycle().pull.unwrap());
    wait(forge.add_labels(pull, &labels)).unwrap();
    world.ask_for_changes(pull, "Please say why.");
    world.pass();
    world.merge(pull);
    world.pass();
    let of_issue = wait(forge.issue(issue)).unwrap().unwrap().labels;
    let of_pull = wait(ftc_github::PullsRead::pull(&forge, pull))
        .unwrap()
        .unwrap()
        .labels;
    for label in &labels {
        assert!(of_issue.contains(label), "{of_issue:?}");
        assert!(of_pull.contains(label), "{of_pull:?}");
    }
}

#[test]
fn what_people_write_around_the_blocks_of_an_issue_survives() {
    let world = World::new();
    let issue = world.discover();
    let forge = world.forge_of(MAINTAINER);
    let body = wait(forge.issue(issue)).unwrap().unwrap().body;
    let edit = IssueEdit {
        title: Some("The cache is flaky".to_owned()),
        body: Some(format!(
            "Seen on my machine, too.\n\n{body}\n\nSee also the wiki.\n"
        )),
        ..IssueEdit::default()
    };
    // The body belongs to the author of the issue, so it is edited as the bot; people do so through the web page.
    wait(world.forge_of(BOT).edit_issue(issue, &edit)).unwrap();
    world.discover();
    let after = wait(forge.issue(issue)).unwrap().unwrap();
    assert_eq!(after.title, "The cache is flaky");
    assert!(after.body.starts_with("Seen on my machine, too.\n\n"));
    assert!(after.body.trim_end().ends_with("See also the wiki."));
    assert!(after.body.contains("6 of 8 runs"));
}

#[test]
fn cleaner_w13_fix_is_the_agents_diff_and_nothing_else() {
    let mut world = World::with(&leaves_files_behind());
    world.agent = Some(edits(|worktree| {
        std::fs::write(worktree.join("src/mode"), "fixed\n").unwrap();
        std::fs::write(worktree.join("src/new.rs"), "// new\n").unwrap();
        std::fs::remove_file(worktree.join("src/old.rs")).unwrap();
    }));
    // What a person has in the checkout is nobody's business.
    world.write("src/cache.rs", "half of an idea\n");
    world.write("notes.txt", "mine\n");
    let pull = world.propose();
    let head = wait(ftc_github::PullsRead::pull(&world.forge_of(BOT), pull))
        .unwrap()
        .unwrap()
        .head_sha;
    let changed = git(&world.origin(), &["diff", "--name-status", "main", &head]);
    assert_eq!(changed, "M\tsrc/mode\nA\tsrc/new.rs\nD\tsrc/old.rs");
    assert_eq!(
        git(&world.origin(), &["rev-parse", &format!("{head}^")]),
        git(&world.origin(), &["rev-parse", "main"])
    );
    let status = git(&world.project(), &["status", "--porcelain"]);
    assert_eq!(status, " M src/cache.rs\n?? notes.txt");
}

/// A project whose tests leave files behind that nobody told git to ignore.
fn leaves_files_behind() -> Project {
    let script = Project::default().text("run-tests.sh");
    let script = script.replacen("only=", "mkdir -p cache; echo run >>cache/log\nonly=", 1);
    Project::default()
        .with("run-tests.sh", &script)
        .with("src/old.rs", "// old\n")
}

#[test]
fn a_pass_over_a_finished_story_changes_nothing() {
    let world = World::new();
    let pull = world.propose();
    world.merge(pull);
    world.pass();
    let before = (forge_story(&world.forge_of(MAINTAINER)), world.lifecycle());
    let report = world.pass();
    assert!(report.writes.is_empty());
    assert_eq!(report.failures[0].path, [LifecycleState::Merged]);
    assert_eq!(report.failures[0].waits_for, None);
    assert_eq!(report.failures[0].test, TEST);
    let after = (forge_story(&world.forge_of(MAINTAINER)), world.lifecycle());
    assert_eq!(before, after);
    let page = PageRequest::first(10);
    assert_eq!(
        wait(world.forge_of(BOT).comments(pull, page))
            .unwrap()
            .items
            .len(),
        0
    );
}
