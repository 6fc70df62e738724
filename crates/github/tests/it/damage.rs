//! Files of the local forge that somebody else wrote.

use std::fs;
use std::os::unix::fs::symlink;

use ftc_github::{
    APPROVAL_LABEL, CheckConclusion, ChecksRead as _, ChecksWrite as _, CiState, Effect,
    IssueFilter, IssueNumber, IssuesRead as _, IssuesWrite as _, Marker, NewCheck, PageRequest,
    PeopleRead as _, PlannedWrite, Refusal, ensure,
};

use crate::support::{World, kind, login, open_issue, wait};

const ONE: IssueNumber = IssueNumber(1);

fn marker() -> Marker {
    Marker::new("issue", "1f2e")
}

fn planned() -> PlannedWrite {
    PlannedWrite::EnsureIssue {
        marker: marker(),
        title: "flaky".to_owned(),
        body: "body".to_owned(),
        labels: Vec::new(),
    }
}

#[test]
fn a_file_edited_by_hand_is_shown_and_not_believed() {
    let world = World::new();
    open_issue(&world.forge, "before");
    world.edit("issues/0001/issue.md", "before", "after");
    let issue = wait(world.forge.issue(ONE)).unwrap().unwrap();
    assert_eq!(issue.title, "after");
    assert!(!issue.verified);
    // Every byte counts: of the head, of the body, of the seal, of the ends of lines.
    for (from, to) in [
        ("author = \"cleaner\"", "author = \"alice\""),
        ("\nbody\n", "\nbody \n"),
        ("seal = \"", "seal = \"0"),
        ("\n+++\n", "\r\n+++\r\n"),
        ("+++\nseal", "+++\n\nseal"),
    ] {
        let world = World::new();
        open_issue(&world.forge, "issue");
        world.edit("issues/0001/issue.md", from, to);
        let issue = wait(world.forge.issue(ONE)).unwrap().unwrap();
        assert!(!issue.verified, "{from:?} to {to:?}");
    }
}

#[test]
fn a_hand_edited_object_is_not_ours_and_writing_does_not_make_it_so() {
    let world = World::new();
    wait(ensure(&world.forge, &planned())).unwrap();
    world.edit(
        "issues/0001/issue.md",
        "title = \"flaky\"",
        "title = \"forged\"",
    );
    wait(world.by("alice").add_labels(ONE, &["x".to_owned()])).unwrap();
    assert!(!wait(world.forge.issue(ONE)).unwrap().unwrap().verified);
    let blocks = PlannedWrite::UpdateBlocks {
        issue: ONE,
        blocks: vec![("A".to_owned(), "x".to_owned())],
    };
    let error = wait(ensure(&world.forge, &blocks)).unwrap_err();
    assert_eq!(kind(&error), "forbidden");
    let ensured = wait(ensure(&world.forge, &planned())).unwrap();
    assert_eq!(
        (ensured.effect, ensured.number),
        (Effect::Created, Some(IssueNumber(2)))
    );
}

#[test]
fn nothing_written_by_hand_approves() {
    let world = World::new();
    let other = open_issue(&world.forge, "other").number;
    let number = open_issue(&world.forge, "issue").number;
    // Real approvals of something else, copied to here.
    world.forge.approve(other, &login("bob")).unwrap();
    wait(world.by("bob").create_comment(other, "/ai-fix")).unwrap();
    wait(
        world
            .by("bob")
            .add_labels(other, &[APPROVAL_LABEL.to_owned()]),
    )
    .unwrap();
    for file in ["issue.md", "approvals/0001.md", "comments/0001.md"] {
        let to = world.file(&format!("issues/0002/{file}"));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(world.file(&format!("issues/0001/{file}")), to).unwrap();
    }
    assert_eq!(wait(world.forge.approvals(other)).unwrap().len(), 3);
    assert_eq!(wait(world.forge.approvals(number)).unwrap(), []);
    let judged = world.forge.judge_approvals(number, None).unwrap();
    assert_eq!(judged.len(), 3);
    assert!(
        judged
            .iter()
            .all(|judged| judged.refused == Some(Refusal::Unverified))
    );
}

#[test]
fn editing_the_red_check_does_not_make_it_green() {
    let world = World::new();
    let sha = world.change("new\n");
    for (name, conclusion) in [
        ("build", CheckConclusion::Success),
        ("tests", CheckConclusion::Failure),
    ] {
        let check = NewCheck {
            sha: sha.clone(),
            name: name.to_owned(),
            conclusion,
            summary: String::new(),
        };
        wait(world.forge.create_check(&check)).unwrap();
    }
    world.edit(&format!("checks/{sha}/tests.md"), "failure", "success");
    assert_eq!(wait(world.forge.ci_state(&sha)).unwrap(), CiState::Unknown);
}

#[test]
fn a_damaged_file_is_an_error_that_names_it_and_never_absent() {
    for text in [
        "",
        "no border",
        "+++\nno end",
        "+++\ntitle = 3\n+++\n\nbody\n",
        "+++\nnot toml\n+++\n\nbody\n",
        "+++\nunknown = 1\n+++\n",
    ] {
        let world = World::new();
        wait(ensure(&world.forge, &planned())).unwrap();
        fs::write(world.file("issues/0001/issue.md"), text).unwrap();
        let error = wait(world.forge.issue(ONE)).unwrap_err();
        assert_eq!(kind(&error), "damaged", "{text:?}");
        assert!(
            error.to_string().contains("issues/0001/issue.md"),
            "{error}"
        );
        // A look-up that fails never means that a second one may be opened.
        assert_eq!(
            kind(&wait(ensure(&world.forge, &planned())).unwrap_err()),
            "damaged"
        );
    }
}

#[test]
fn what_is_no_regular_file_is_not_read() {
    let world = World::new();
    open_issue(&world.forge, "issue");
    let path = world.file("issues/0001/issue.md");
    let elsewhere = world.file("elsewhere.md");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    assert_eq!(kind(&wait(world.forge.issue(ONE)).unwrap_err()), "io");
    assert!(wait(world.forge.add_labels(ONE, &["x".to_owned()])).is_err());
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(kind(&wait(world.forge.issue(ONE)).unwrap_err()), "io");
    fs::remove_dir(&path).unwrap();
    fs::write(&path, vec![b'x'; 5 << 20]).unwrap();
    assert_eq!(kind(&wait(world.forge.issue(ONE)).unwrap_err()), "damaged");
    fs::write(&path, b"\xff\xfe").unwrap();
    assert_eq!(kind(&wait(world.forge.issue(ONE)).unwrap_err()), "damaged");
}

#[test]
fn strange_names_are_passed_over_and_what_a_crash_left_is_used_again() {
    let world = World::new();
    for name in [
        "issues/1",
        "issues/00002",
        "issues/x",
        "issues/0001",
        "pulls/0003",
    ] {
        fs::create_dir_all(world.file(name)).unwrap();
    }
    fs::write(world.file("issues/0001/.ftc-tmp-abcdefghijkl"), "half").unwrap();
    fs::write(world.file("issues/note.md"), "mine").unwrap();
    assert_eq!(open_issue(&world.forge, "first").number, ONE);
    assert!(!world.file("issues/0001/.ftc-tmp-abcdefghijkl").exists());
    let all = wait(
        world
            .forge
            .issues(&IssueFilter::default(), PageRequest::default()),
    )
    .unwrap();
    assert_eq!(all.items.len(), 1);
}

#[test]
fn files_are_readable() {
    let world = World::new();
    wait(ensure(
        &world.forge,
        &PlannedWrite::EnsureIssue {
            marker: marker(),
            title: "[flaky] test_a | `x`".to_owned(),
            body: ftc_github::blocks::block("SUMMARY", "It fails."),
            labels: vec!["flaky".to_owned()],
        },
    ))
    .unwrap();
    let text = world.read("issues/0001/issue.md");
    let (seal, rest) = text.split_once("\"\n").unwrap();
    assert_eq!(seal.len(), "+++\nseal = \"".len() + 64);
    insta::assert_snapshot!(rest, @r#"
    title = "[flaky] test_a | `x`"
    state = "open"
    author = "cleaner"
    created_at = "2023-11-14T22:13:21Z"
    updated_at = "2023-11-14T22:13:21Z"

    [[labels]]
    name = "flaky"
    by = "cleaner"
    at = "2023-11-14T22:13:21Z"
    +++

    <!-- ftc:v1 kind=issue key=1f2e -->
    <!-- FTC:SUMMARY_START -->
    It fails.
    <!-- FTC:SUMMARY_END -->
    "#);
}
