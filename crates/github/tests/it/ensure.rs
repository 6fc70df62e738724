//! Planned writes are made once.

use std::sync::Arc;

use ftc_github::{
    CheckConclusion, CloseReason, Effect, Ensured, IssueEdit, IssueFilter, IssueNumber, IssueState,
    IssuesRead as _, IssuesWrite as _, Marker, PageRequest, PlannedWrite, PullState,
    PullsRead as _, StateFilter, blocks, ensure,
};

use crate::support::{World, kind, login, new_issue, open_issue, wait};

const ONE: IssueNumber = IssueNumber(1);

fn issue(body: &str, labels: &[&str]) -> PlannedWrite {
    PlannedWrite::EnsureIssue {
        marker: Marker::new("issue", "1f2e"),
        title: "[flaky] test_a".to_owned(),
        body: body.to_owned(),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
    }
}

fn comment(body: &str) -> PlannedWrite {
    PlannedWrite::UpsertComment {
        issue: ONE,
        marker: Marker::new("analysis", "1f2e"),
        body: body.to_owned(),
    }
}

fn make(world: &World, write: &PlannedWrite) -> Ensured {
    let ensured = wait(ensure(&world.forge, write)).unwrap();
    let again = wait(ensure(&world.forge, write)).unwrap();
    assert_eq!(again.effect, Effect::Unchanged, "{write:?}");
    assert_eq!(
        (again.number, again.comment),
        (ensured.number, ensured.comment)
    );
    ensured
}

fn read(world: &World) -> ftc_github::Issue {
    wait(world.forge.issue(ONE)).unwrap().unwrap()
}

#[test]
fn an_issue_is_opened_once_with_its_marker() {
    let world = World::new();
    let ensured = make(&world, &issue("body", &["flaky", "FLAKY"]));
    assert_eq!(
        (ensured.effect, ensured.number),
        (Effect::Created, Some(ONE))
    );
    let issue = read(&world);
    assert_eq!(issue.body, "<!-- ftc:v1 kind=issue key=1f2e -->\nbody");
    assert_eq!(issue.labels, ["flaky"]);
}

#[test]
fn cleaner_w09_human_labels_survive() {
    let world = World::new();
    let body = |text: &str| format!("{}\n\nwords of ours", blocks::block("SUMMARY", text));
    make(&world, &issue(&body("old"), &["flaky"]));
    // What people do: labels, a title, a word in the body, the state.
    let alice = world.by("alice");
    let approved = "flaky-test-cleaner/ai-fix-approved".to_owned();
    wait(alice.add_labels(ONE, &[approved.clone(), "help wanted".to_owned()])).unwrap();
    let edit = IssueEdit {
        title: Some("A better title".to_owned()),
        body: Some(format!(
            "Seen on Monday too.\n\n{}\nSee #7.",
            read(&world).body
        )),
        state: Some(IssueState::Closed(CloseReason::NotPlanned)),
    };
    wait(alice.edit_issue(ONE, &edit)).unwrap();

    let ensured = make(
        &world,
        &issue(&body("new | `x`"), &["flaky", "needs-triage"]),
    );
    assert_eq!(
        (ensured.effect, ensured.number),
        (Effect::Updated, Some(ONE))
    );
    let issue = read(&world);
    assert_eq!(
        issue.labels,
        ["flaky", &approved, "help wanted", "needs-triage"]
    );
    assert_eq!(issue.title, "A better title");
    assert_eq!(issue.state, IssueState::Closed(CloseReason::NotPlanned));
    assert_eq!(
        issue.body,
        "Seen on Monday too.\n\n<!-- ftc:v1 kind=issue key=1f2e -->\n<!-- FTC:SUMMARY_START -->\nnew | `x`\n\
         <!-- FTC:SUMMARY_END -->\n\nwords of ours\nSee #7."
    );
    let remove = PlannedWrite::RemoveLabel {
        issue: ONE,
        label: "Needs-Triage".to_owned(),
    };
    make(&world, &remove);
    assert_eq!(read(&world).labels, ["flaky", &approved, "help wanted"]);
}

#[test]
fn somebody_elses_marker_is_not_ours() {
    let world = World::new();
    let forged = new_issue("forged", "<!-- ftc:v1 kind=issue key=1f2e -->");
    wait(world.by("alice").create_issue(&forged)).unwrap();
    let ensured = make(&world, &issue("body", &[]));
    assert_eq!(ensured.number, Some(IssueNumber(2)));
    wait(
        world
            .by("alice")
            .create_comment(ONE, "<!-- ftc:v1 kind=analysis key=1f2e -->"),
    )
    .unwrap();
    assert_eq!(make(&world, &comment("ours")).effect, Effect::Created);
    let update = PlannedWrite::UpdateBlocks {
        issue: ONE,
        blocks: vec![("A".to_owned(), "x".to_owned())],
    };
    assert_eq!(
        kind(&wait(ensure(&world.forge, &update)).unwrap_err()),
        "forbidden"
    );
}

#[test]
fn of_two_with_one_marker_the_lower_number_wins() {
    let world = World::new();
    for _ in 0..3 {
        let twin = new_issue("twin", "<!-- ftc:v1 kind=issue key=1f2e -->");
        wait(world.forge.create_issue(&twin)).unwrap();
    }
    let ensured = make(&world, &issue("body", &[]));
    assert_eq!(
        (ensured.effect, ensured.number),
        (Effect::Updated, Some(ONE))
    );
    let open = IssueFilter {
        state: StateFilter::Open,
        ..IssueFilter::default()
    };
    let open = wait(world.forge.issues(&open, PageRequest::default())).unwrap();
    assert_eq!(open.items.len(), 1);
    let third = wait(world.forge.issue(IssueNumber(3))).unwrap().unwrap();
    assert_eq!(third.state, IssueState::Closed(CloseReason::Duplicate));
}

#[test]
fn an_issue_is_found_behind_many_others() {
    let world = World::new();
    make(&world, &issue("body", &[]));
    for number in 0..120 {
        open_issue(&world.forge, &format!("issue {number}"));
    }
    assert_eq!(make(&world, &issue("body", &[])).effect, Effect::Unchanged);
}

#[test]
fn a_comment_of_ours_is_rewritten() {
    let world = World::new();
    open_issue(&world.by("alice"), "theirs");
    assert_eq!(make(&world, &comment("first")).effect, Effect::Created);
    assert_eq!(make(&world, &comment("second")).effect, Effect::Updated);
    let comments = wait(world.forge.comments(ONE, PageRequest::default())).unwrap();
    assert_eq!(comments.items.len(), 1);
    assert_eq!(
        comments.items[0].body,
        "<!-- ftc:v1 kind=analysis key=1f2e -->\nsecond"
    );
    // One with blocks keeps what people wrote around them.
    make(&world, &comment(&blocks::block("A", "1")));
    let id = make(&world, &comment(&blocks::block("A", "2")))
        .comment
        .unwrap();
    let present = wait(world.forge.comment(id)).unwrap().unwrap().body;
    let edited = format!("{present}\r\n\r\nA note.").replace("START -->\n", "START -->\r\n");
    wait(world.by("alice").edit_comment(id, &edited)).unwrap();
    make(&world, &comment(&blocks::block("A", "3")));
    let body = wait(world.forge.comment(id)).unwrap().unwrap().body;
    assert!(body.ends_with("A note."), "{body}");
    assert_eq!(blocks::read(&body, "A"), Some("3"));
    let missing = PlannedWrite::UpsertComment {
        issue: IssueNumber(9),
        marker: Marker::new("a", "b"),
        body: "x".to_owned(),
    };
    assert!(
        wait(ensure(&world.forge, &missing))
            .unwrap_err()
            .is_not_found()
    );
}

#[test]
fn nothing_secret_and_nothing_too_long_is_published() {
    let world = World::new();
    let secret = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
    let long = blocks::block("EXCERPT", &"0123456789\n".repeat(10_000));
    let write = PlannedWrite::EnsureIssue {
        marker: Marker::new("issue", "a1".repeat(32)),
        title: format!("{secret} {}", "long ".repeat(100)),
        body: format!("token {secret}\n\u{1b}[31m{long}"),
        labels: Vec::new(),
    };
    make(&world, &write);
    let text = world.read("issues/0001/issue.md");
    assert!(!text.contains(secret) && !text.contains('\u{1b}'));
    let issue = read(&world);
    assert!(issue.body.chars().count() <= 65_536);
    assert_eq!(issue.title.chars().count(), 256);
    assert!(issue.body.starts_with(&format!(
        "<!-- ftc:v1 kind=issue key={} -->",
        "a1".repeat(32)
    )));
    let update = PlannedWrite::UpdateBlocks {
        issue: ONE,
        blocks: vec![
            ("SUMMARY".to_owned(), format!("password={secret}")),
            ("EXCERPT".to_owned(), "9876543210\n".repeat(20_000)),
        ],
    };
    make(&world, &update);
    assert!(!read(&world).body.contains(secret));
}

#[test]
fn peoples_words_are_never_cut_for_ours() {
    let world = World::new();
    make(&world, &issue("body", &[]));
    let words = format!(
        "<!-- ftc:v1 kind=issue key=1f2e -->\n{}",
        "w".repeat(65_450)
    );
    let edit = IssueEdit {
        body: Some(words.clone()),
        ..IssueEdit::default()
    };
    wait(world.by("alice").edit_issue(ONE, &edit)).unwrap();
    let update = PlannedWrite::UpdateBlocks {
        issue: ONE,
        blocks: vec![("A".to_owned(), "x".repeat(100))],
    };
    assert_eq!(
        kind(&wait(ensure(&world.forge, &update)).unwrap_err()),
        "validation"
    );
    assert_eq!(read(&world).body, words);
}

fn branch(world: &World, name: &str, sha: &str, expected: Option<&str>) -> PlannedWrite {
    PlannedWrite::PushBranch {
        branch: name.to_owned(),
        sha: sha.to_owned(),
        expected: expected.map(ToOwned::to_owned),
        objects: world.work_dir().to_owned(),
    }
}

fn pull(labels: &[&str]) -> PlannedWrite {
    PlannedWrite::EnsurePull {
        marker: Marker::new("fix", "1f2e"),
        head: "ai/fix/1f2e".to_owned(),
        base: "main".to_owned(),
        title: "Stabilise test_a".to_owned(),
        body: blocks::block("SUMMARY", "what it does"),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
    }
}

#[test]
fn a_branch_and_its_pull_request_come_once() {
    let world = World::new();
    let first = world.change("first\n");
    let second = world.change("second\n");
    let push = branch(&world, "ai/fix/1f2e", &first, None);
    assert_eq!(make(&world, &push).effect, Effect::Created);
    assert_eq!(make(&world, &pull(&["ai"])).effect, Effect::Created);
    let again = branch(&world, "ai/fix/1f2e", &second, Some(&first));
    assert_eq!(make(&world, &again).effect, Effect::Updated);
    // The earlier push has lost its place.
    assert!(wait(ensure(&world.forge, &push)).unwrap_err().is_conflict());
    assert_eq!(make(&world, &pull(&["ai"])).effect, Effect::Unchanged);
    let found = wait(world.forge.pull(ONE)).unwrap().unwrap();
    assert_eq!(
        (found.head_sha, found.labels),
        (second, vec!["ai".to_owned()])
    );

    // Merged, closed or stripped of its marker, it stays the one.
    let strip = ftc_github::PullEdit {
        body: Some("my own words".to_owned()),
        ..ftc_github::PullEdit::default()
    };
    wait(ftc_github::PullsWrite::edit_pull(
        &world.by("alice"),
        ONE,
        &strip,
    ))
    .unwrap();
    assert_eq!(make(&world, &pull(&[])).number, Some(ONE));
    let close = PlannedWrite::CloseIssue {
        issue: ONE,
        reason: CloseReason::Completed,
    };
    assert_eq!(make(&world, &close).effect, Effect::Updated);
    assert_eq!(
        wait(world.forge.pull(ONE)).unwrap().unwrap().state,
        PullState::Closed
    );
    let reopen = PlannedWrite::ReopenIssue { issue: ONE };
    assert_eq!(make(&world, &reopen).effect, Effect::Updated);
}

#[test]
fn the_default_branch_is_never_pushed_to() {
    let world = World::new();
    let sha = world.change("x\n");
    let main = world.tip("main").to_string();
    for write in [
        branch(&world, "main", &sha, Some(&main)),
        branch(&world, "main", &main, Some(&main)),
    ] {
        assert_eq!(
            kind(&wait(ensure(&world.forge, &write)).unwrap_err()),
            "forbidden"
        );
    }
}

#[test]
fn a_check_is_reported_once() {
    let world = World::new();
    let check = |conclusion| PlannedWrite::CreateCheck {
        sha: "0123456789abcdef0123456789abcdef01234567".to_owned(),
        name: "gates".to_owned(),
        conclusion,
        summary: "text".to_owned(),
    };
    assert_eq!(
        make(&world, &check(CheckConclusion::Failure)).effect,
        Effect::Created
    );
    assert_eq!(
        make(&world, &check(CheckConclusion::Success)).effect,
        Effect::Updated
    );
}

#[test]
fn closing_keeps_the_reason_that_people_gave() {
    let world = World::new();
    make(&world, &issue("body", &[]));
    let close = |reason| PlannedWrite::CloseIssue { issue: ONE, reason };
    assert_eq!(
        make(&world, &close(CloseReason::NotPlanned)).effect,
        Effect::Updated
    );
    assert_eq!(
        make(&world, &close(CloseReason::Completed)).effect,
        Effect::Unchanged
    );
    assert_eq!(
        read(&world).state,
        IssueState::Closed(CloseReason::NotPlanned)
    );
    // Found by its marker it stays closed.
    make(&world, &issue("body", &[]));
    assert!(!read(&world).state.is_open());
}

#[test]
fn threads_open_one_issue() {
    let world = Arc::new(World::new());
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let world = Arc::clone(&world);
            std::thread::spawn(move || {
                let ensured = wait(ensure(&world.forge, &issue("body", &["flaky"]))).unwrap();
                assert_eq!(ensured.number, Some(ONE));
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    // Once all is quiet, one look makes one of however many there are.
    make(&world, &issue("body", &["flaky"]));
    let open = IssueFilter {
        state: StateFilter::Open,
        author: Some(login("cleaner")),
        ..IssueFilter::default()
    };
    let open = wait(world.forge.issues(&open, PageRequest::default())).unwrap();
    assert_eq!(open.items.len(), 1);
    assert_eq!(open.items[0].number, ONE);
}

#[test]
fn the_future_can_be_sent_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    let world = World::new();
    let write = issue("body", &[]);
    is_send(&ensure(&world.forge, &write));
}
