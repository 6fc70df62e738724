//! What every forge promises, run against the local forge and against a dry run on it.
//!
//! A case gets a world and the forge to be tested, which acts as `cleaner`. What other people do happens on the local forge.

use std::path::Path;
use std::sync::Arc;

use ftc_github::{
    CheckConclusion, CiState, CloseReason, CommentId, Cursor, DryRun, Effect, Forge, IssueEdit,
    IssueFilter, IssueNumber, IssueState, IssuesWrite as _, Label, NewCheck, NewIssue, NewPull,
    PageRequest, PullEdit, PullFilter, PullState, StateFilter, all_pages,
};

use crate::support::{World, kind, login, new_issue, open_issue, wait};

type Make = fn(&World) -> Arc<dyn Forge>;

fn real(world: &World) -> Arc<dyn Forge> {
    world.forge_face()
}

fn dry(world: &World) -> Arc<dyn Forge> {
    Arc::new(DryRun::new(world.forge_face()))
}

macro_rules! forge_contract {
    ($($case:ident),* $(,)?) => {
        mod on_the_local_forge {
            $(#[test] fn $case() { super::run(super::real, super::$case); })*
        }
        mod on_a_dry_run {
            $(#[test] fn $case() { super::run(super::dry, super::$case); })*
        }
    };
}

fn run(make: Make, case: fn(&World, &dyn Forge)) {
    let world = World::new();
    let forge = make(&world);
    case(&world, &*forge);
}

forge_contract! {
    issues_are_numbered_and_come_back,
    an_issue_is_edited_in_parts,
    numbers_are_shared_with_pull_requests,
    hostile_text_comes_back_as_it_is,
    what_a_forge_does_not_take_is_refused,
    comments_come_back_and_tell_that_they_were_edited,
    labels_are_added_and_removed_one_by_one,
    a_label_keeps_its_colour,
    lists_are_complete_whatever_the_size_of_pages,
    lists_are_filtered,
    branches_move_by_compare_and_swap,
    the_default_branch_is_protected,
    names_that_git_refuses_are_refused,
    a_pull_request_follows_its_branch,
    a_pull_request_needs_a_change_and_has_no_twin,
    cleaner_w11_ci_state_reads_checks,
    one_does_not_take_the_place_of_anothers_check,
    what_is_not_there_is_not_found,
    who_may_not_is_refused,
}

const UNKNOWN: &str = "0123456789abcdef0123456789abcdef01234567";

fn issues_are_numbered_and_come_back(_: &World, forge: &dyn Forge) {
    let new = NewIssue {
        title: "Ünïcode 🦀 \"quoted\"".to_owned(),
        body: "line\n\nline".to_owned(),
        labels: vec!["a".to_owned(), "A".to_owned(), "b".to_owned()],
    };
    let first = wait(forge.create_issue(&new)).unwrap();
    let second = open_issue(forge, "second");
    assert_eq!(
        (first.number, second.number),
        (IssueNumber(1), IssueNumber(2))
    );
    assert_eq!(first.labels, ["a", "b"]);
    assert_eq!(first.author, login("Cleaner"));
    assert!(first.verified && first.state.is_open());
    assert_eq!(wait(forge.issue(first.number)).unwrap(), Some(first));
    assert_eq!(wait(forge.issue(second.number)).unwrap(), Some(second));
}

fn an_issue_is_edited_in_parts(_: &World, forge: &dyn Forge) {
    let issue = open_issue(forge, "title");
    let closed = IssueState::Closed(CloseReason::Other("moved".to_owned()));
    let edit = IssueEdit {
        state: Some(closed.clone()),
        ..IssueEdit::default()
    };
    let edited = wait(forge.edit_issue(issue.number, &edit)).unwrap();
    assert_eq!(
        (edited.title.as_str(), edited.body.as_str()),
        ("title", "body")
    );
    assert_eq!(edited.state, closed);
    assert!(edited.updated_at > edited.created_at);
    let edit = IssueEdit {
        title: Some("other".to_owned()),
        body: Some(String::new()),
        state: Some(IssueState::Open),
    };
    let edited = wait(forge.edit_issue(issue.number, &edit)).unwrap();
    assert_eq!((edited.title.as_str(), edited.body.as_str()), ("other", ""));
    assert_eq!(wait(forge.issue(issue.number)).unwrap(), Some(edited));
}

fn new_pull(head: &str) -> NewPull {
    NewPull {
        title: "a pull request".to_owned(),
        body: "body".to_owned(),
        head: head.to_owned(),
        base: "main".to_owned(),
    }
}

fn numbers_are_shared_with_pull_requests(world: &World, forge: &dyn Forge) {
    let issue = open_issue(forge, "issue");
    push(world, forge, "fix");
    let pull = wait(forge.create_pull(&new_pull("fix"))).unwrap();
    let next = open_issue(forge, "next");
    assert_eq!((issue.number.0, pull.number.0, next.number.0), (1, 2, 3));
    assert_eq!(wait(forge.issue(pull.number)).unwrap(), None);
    assert_eq!(wait(forge.pull(issue.number)).unwrap(), None);
    // Comments and labels do not care which it is.
    wait(forge.create_comment(pull.number, "a comment")).unwrap();
    wait(forge.add_labels(pull.number, &["x".to_owned()])).unwrap();
    let comments = wait(forge.comments(pull.number, PageRequest::default())).unwrap();
    assert_eq!(comments.items[0].issue, pull.number);
    assert_eq!(
        wait(forge.pull(pull.number)).unwrap().unwrap().labels,
        ["x"]
    );
}

fn hostile_text_comes_back_as_it_is(_: &World, forge: &dyn Forge) {
    let longest = "🦀".repeat(65_536);
    for body in [
        "",
        "\n",
        "\n\n+++\nseal = \"x\"\n+++\n\n",
        "+++\n",
        "ends with \r\n",
        "\r",
        "\u{1b}[31mred\u{0} \u{202e}rtl \u{feff}",
        "'''\"\"\"\\ | ` <!-- FTC:A_START --> <script>",
        "٣٤٥ ‏עברית 日本語 e\u{301}",
        longest.as_str(),
    ] {
        let issue = wait(forge.create_issue(&new_issue("hostile", body))).unwrap();
        let found = wait(forge.issue(issue.number)).unwrap().unwrap();
        assert_eq!(found.body, body, "{:?}", &body[..body.len().min(40)]);
        assert!(found.verified);
    }
}

fn what_a_forge_does_not_take_is_refused(_: &World, forge: &dyn Forge) {
    let issue = open_issue(forge, "issue");
    let long = "x".repeat(65_537);
    for (title, body, label) in [
        ("", "", None),
        (" \t", "", None),
        ("two\nlines", "", None),
        ("nul\u{0}", "", None),
        (&*"é".repeat(257), "", None),
        ("t", long.as_str(), None),
        ("t", "", Some("")),
        ("t", "", Some("a\nb")),
        ("t", "", Some(&*"x".repeat(51))),
    ] {
        let new = NewIssue {
            title: title.to_owned(),
            body: body.to_owned(),
            labels: label.iter().map(|label| (*label).to_owned()).collect(),
        };
        let error = wait(forge.create_issue(&new)).unwrap_err();
        assert_eq!(kind(&error), "validation", "{title:?} {label:?}");
    }
    for body in ["", " \n", &long] {
        let error = wait(forge.create_comment(issue.number, body)).unwrap_err();
        assert_eq!(kind(&error), "validation");
    }
    let label = Label {
        name: "x".to_owned(),
        color: "red".to_owned(),
        description: String::new(),
    };
    assert_eq!(
        kind(&wait(forge.ensure_label(&label)).unwrap_err()),
        "validation"
    );
    let all = wait(forge.issues(&IssueFilter::default(), PageRequest::default())).unwrap();
    assert_eq!(all.items.len(), 1);
}

fn comments_come_back_and_tell_that_they_were_edited(world: &World, forge: &dyn Forge) {
    let number = open_issue(&world.forge, "issue").number;
    let theirs = wait(world.by("rita").create_comment(number, "theirs")).unwrap();
    let ours = wait(forge.create_comment(number, "ours")).unwrap();
    assert!(ours.id > theirs.id && !ours.is_edited());
    let edited = wait(forge.edit_comment(ours.id, "changed")).unwrap();
    assert!(edited.is_edited());
    assert_eq!(edited.created_at, ours.created_at);
    let all = wait(forge.comments(number, PageRequest::default())).unwrap();
    assert_eq!(all.items, [theirs.clone(), edited.clone()]);
    assert_eq!(wait(forge.comment(edited.id)).unwrap(), Some(edited));
    // Who may write may edit what others said; it shows.
    assert!(
        wait(forge.edit_comment(theirs.id, "/ai-fix"))
            .unwrap()
            .is_edited()
    );
}

fn labels_are_added_and_removed_one_by_one(world: &World, forge: &dyn Forge) {
    let number = open_issue(&world.forge, "issue").number;
    wait(world.by("alice").add_labels(number, &["Human".to_owned()])).unwrap();
    wait(forge.add_labels(number, &["human".to_owned(), "ours".to_owned()])).unwrap();
    let labels = || wait(forge.issue(number)).unwrap().unwrap().labels;
    assert_eq!(labels(), ["Human", "ours"]);
    wait(forge.remove_label(number, "OURS")).unwrap();
    wait(forge.remove_label(number, "never")).unwrap();
    assert_eq!(labels(), ["Human"]);
}

fn a_label_keeps_its_colour(_: &World, forge: &dyn Forge) {
    let label = |name: &str, color: &str| Label {
        name: name.to_owned(),
        color: color.to_owned(),
        description: String::new(),
    };
    let first = label("Flaky", "ededed");
    assert_eq!(wait(forge.ensure_label(&first)).unwrap(), Effect::Created);
    let again = label("flaky", "000000");
    assert_eq!(wait(forge.ensure_label(&again)).unwrap(), Effect::Unchanged);
    assert_eq!(wait(forge.label("FLAKY")).unwrap(), Some(first));
    assert_eq!(wait(forge.label("other")).unwrap(), None);
}

fn lists_are_complete_whatever_the_size_of_pages(world: &World, forge: &dyn Forge) {
    for on in [&world.forge as &dyn Forge, forge] {
        for number in 0..7 {
            open_issue(on, &format!("issue {number}"));
            wait(on.create_comment(IssueNumber(1), "a comment")).unwrap();
        }
    }
    let filter = IssueFilter::default();
    let all = wait(all_pages(|page| forge.issues(&filter, page))).unwrap();
    let comments = wait(all_pages(|page| forge.comments(IssueNumber(1), page))).unwrap();
    let numbers: Vec<u64> = all.iter().map(|issue| issue.number.0).collect();
    assert!(
        numbers.is_sorted_by(|left, right| left > right),
        "{numbers:?}"
    );
    assert!(comments.is_sorted_by_key(|comment| comment.id));
    for limit in [1, 2, 3, 100] {
        let resized = |page: PageRequest| {
            let first = PageRequest::first(limit);
            page.cursor()
                .cloned()
                .map_or(first.clone(), |cursor| first.after(cursor))
        };
        let issues = wait(all_pages(|page| forge.issues(&filter, resized(page)))).unwrap();
        assert_eq!(issues, all, "{limit}");
        let listed = wait(all_pages(|page| {
            forge.comments(IssueNumber(1), resized(page))
        }));
        assert_eq!(listed.unwrap(), comments, "{limit}");
    }
    let foreign = PageRequest::default().after(Cursor("?".to_owned()));
    assert!(wait(forge.issues(&filter, foreign)).is_err());
}

fn lists_are_filtered(world: &World, forge: &dyn Forge) {
    let labelled = NewIssue {
        labels: vec!["X".to_owned()],
        ..new_issue("labelled", "")
    };
    wait(world.by("alice").create_issue(&labelled)).unwrap();
    let late = open_issue(&world.forge, "late").number;
    wait(forge.create_issue(&labelled)).unwrap();
    let edit = IssueEdit {
        state: Some(IssueState::Closed(CloseReason::Completed)),
        ..IssueEdit::default()
    };
    wait(forge.edit_issue(IssueNumber(1), &edit)).unwrap();
    wait(forge.add_labels(late, &["x".to_owned()])).unwrap();
    let numbers = |filter: IssueFilter| {
        let issues = wait(all_pages(|page| forge.issues(&filter, page))).unwrap();
        issues
            .iter()
            .map(|issue| issue.number.0)
            .collect::<Vec<_>>()
    };
    let all = IssueFilter::default;
    assert_eq!(
        numbers(IssueFilter {
            state: StateFilter::Open,
            ..all()
        }),
        [3, 2]
    );
    assert_eq!(
        numbers(IssueFilter {
            state: StateFilter::Closed,
            ..all()
        }),
        [1]
    );
    assert_eq!(
        numbers(IssueFilter {
            author: Some(login("ALICE")),
            ..all()
        }),
        [1]
    );
    assert_eq!(
        numbers(IssueFilter {
            label: Some("x".to_owned()),
            ..all()
        }),
        [3, 2, 1]
    );
    assert_eq!(
        numbers(IssueFilter {
            label: Some("y".to_owned()),
            ..all()
        }),
        [0; 0]
    );
}

/// Pushes a change through the forge.
fn push(world: &World, forge: &dyn Forge, branch: &str) -> String {
    let sha = world.change(&format!("change for {branch}\n"));
    wait(forge.push_branch(branch, &sha, None, world.work_dir())).unwrap();
    sha
}

fn branches_move_by_compare_and_swap(world: &World, forge: &dyn Forge) {
    assert_eq!(wait(forge.default_branch()).unwrap(), "main");
    assert_eq!(wait(forge.branch("ai/fix/1")).unwrap(), None);
    let first = push(world, forge, "ai/fix/1");
    assert_eq!(wait(forge.branch("ai/fix/1")).unwrap(), Some(first.clone()));
    let second = world.change("second\n");
    let work = world.work_dir();
    for expected in [None, Some(second.as_str())] {
        let result = wait(forge.push_branch("ai/fix/1", &second, expected, work));
        assert!(result.unwrap_err().is_conflict());
    }
    let absent = wait(forge.push_branch("other", &second, Some(&first), work));
    assert!(absent.unwrap_err().is_conflict());
    wait(forge.push_branch("ai/fix/1", &second, Some(&first), work)).unwrap();
    let wrong = wait(forge.delete_branch("ai/fix/1", &first));
    assert!(wrong.unwrap_err().is_conflict());
    wait(forge.delete_branch("ai/fix/1", &second)).unwrap();
    wait(forge.delete_branch("ai/fix/1", &second)).unwrap();
    assert_eq!(wait(forge.branch("ai/fix/1")).unwrap(), None);
}

fn the_default_branch_is_protected(world: &World, forge: &dyn Forge) {
    let sha = world.change("new\n");
    let main = world.tip("main").to_string();
    let push = wait(forge.push_branch("main", &sha, Some(&main), world.work_dir()));
    assert_eq!(kind(&push.unwrap_err()), "forbidden");
    let delete = wait(forge.delete_branch("main", &main));
    assert_eq!(kind(&delete.unwrap_err()), "forbidden");
}

fn names_that_git_refuses_are_refused(world: &World, forge: &dyn Forge) {
    let sha = world.change("new\n");
    for name in [
        "", "-f", "a..b", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a b", "a~1", "a:b", "a\nb",
        "@", "a@{1}", "HEAD", "a.", "../x", "x\\y",
    ] {
        let result = wait(forge.push_branch(name, &sha, None, world.work_dir()));
        assert_eq!(kind(&result.unwrap_err()), "validation", "{name:?}");
    }
    for sha in ["", "abc", "main", &"g".repeat(40), &UNKNOWN.to_uppercase()] {
        let result = wait(forge.push_branch("fix", sha, None, Path::new(".")));
        assert_eq!(kind(&result.unwrap_err()), "validation", "{sha:?}");
    }
}

fn a_pull_request_follows_its_branch(world: &World, forge: &dyn Forge) {
    let first = push(world, forge, "fix");
    let pull = wait(forge.create_pull(&new_pull("fix"))).unwrap();
    assert_eq!((&pull.head_sha, &pull.state), (&first, &PullState::Open));
    let second = world.change("second\n");
    wait(forge.push_branch("fix", &second, Some(&first), world.work_dir())).unwrap();
    let read = || wait(forge.pull(pull.number)).unwrap().unwrap();
    assert_eq!(read().head_sha, second);
    let state = |state| PullEdit {
        state: Some(state),
        ..PullEdit::default()
    };
    wait(forge.edit_pull(pull.number, &state(PullState::Closed))).unwrap();
    assert_eq!(
        (read().state, read().head_sha),
        (PullState::Closed, second.clone())
    );
    wait(forge.edit_pull(pull.number, &state(PullState::Open))).unwrap();
    assert_eq!(read().state, PullState::Open);
    let merged = wait(forge.edit_pull(pull.number, &state(PullState::Merged)));
    assert_eq!(kind(&merged.unwrap_err()), "validation");
    wait(forge.delete_branch("fix", &second)).unwrap();
    assert_eq!(read().state, PullState::Closed);
    let open = PullFilter {
        state: StateFilter::Open,
        ..PullFilter::default()
    };
    let listed = wait(forge.pulls(&open, PageRequest::default())).unwrap();
    assert_eq!(listed.items, []);
    let reopened = wait(forge.edit_pull(pull.number, &state(PullState::Open)));
    assert!(reopened.is_err());
}

fn a_pull_request_needs_a_change_and_has_no_twin(world: &World, forge: &dyn Forge) {
    let none = wait(forge.create_pull(&new_pull("fix"))).unwrap_err();
    assert!(none.is_not_found());
    let main = world.tip("main").to_string();
    wait(forge.push_branch("same", &main, None, world.work_dir())).unwrap();
    let same = wait(forge.create_pull(&new_pull("same"))).unwrap_err();
    assert_eq!(kind(&same), "validation");
    let itself = wait(forge.create_pull(&new_pull("main"))).unwrap_err();
    assert_eq!(kind(&itself), "validation");
    push(world, forge, "fix");
    wait(forge.create_pull(&new_pull("fix"))).unwrap();
    let twin = wait(forge.create_pull(&new_pull("fix"))).unwrap_err();
    assert!(twin.is_conflict());
    let pulls = wait(forge.pulls(&PullFilter::default(), PageRequest::default())).unwrap();
    assert_eq!(pulls.items.len(), 1);
    let reviews = wait(forge.reviews(pulls.items[0].number, PageRequest::default())).unwrap();
    assert_eq!(reviews.items, []);
}

fn check(sha: &str, name: &str, conclusion: CheckConclusion) -> NewCheck {
    NewCheck {
        sha: sha.to_owned(),
        name: name.to_owned(),
        conclusion,
        summary: format!("about {name}"),
    }
}

fn cleaner_w11_ci_state_reads_checks(world: &World, forge: &dyn Forge) {
    use CheckConclusion::{Failure, Other, Pending, Skipped, Success};
    let sha = world.change("new\n");
    let state = || wait(forge.ci_state(&sha)).unwrap();
    let report = |name: &str, conclusion| {
        wait(forge.create_check(&check(&sha, name, conclusion))).unwrap();
    };
    assert_eq!(state(), CiState::Unknown);
    report("build", Pending);
    assert_eq!(state(), CiState::Pending);
    report("build", Success);
    report("docs", Skipped);
    assert_eq!(state(), CiState::Green);
    report("tests / ubuntu-22.04", Failure);
    report("lint", Other("timed_out".to_owned()));
    let CiState::Red(failed) = state() else {
        panic!("{:?}", state());
    };
    let names: Vec<&str> = failed.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(names, ["lint", "tests / ubuntu-22.04"]);
    assert_eq!(failed[1].summary, "about tests / ubuntu-22.04");
    // The latest of a name counts, and another commit has nothing to do with it.
    report("tests / ubuntu-22.04", Success);
    report("lint", Success);
    assert_eq!(state(), CiState::Green);
    assert_eq!(wait(forge.ci_state(UNKNOWN)).unwrap(), CiState::Unknown);
    let names: Vec<String> = wait(all_pages(|page| forge.checks(&sha, page)))
        .unwrap()
        .into_iter()
        .map(|check| check.name)
        .collect();
    assert_eq!(names, ["build", "docs", "lint", "tests / ubuntu-22.04"]);
}

fn one_does_not_take_the_place_of_anothers_check(world: &World, forge: &dyn Forge) {
    use ftc_github::ChecksWrite as _;
    let sha = world.change("new\n");
    let theirs = check(&sha, "tests", CheckConclusion::Failure);
    wait(world.by("bob").create_check(&theirs)).unwrap();
    let ours = check(&sha, "tests", CheckConclusion::Success);
    assert!(wait(forge.create_check(&ours)).unwrap_err().is_conflict());
    let long = check(&sha, &"../é".repeat(25), CheckConclusion::Success);
    wait(forge.create_check(&long)).unwrap();
    assert!(wait(forge.create_check(&check("main", "x", CheckConclusion::Success))).is_err());
    assert!(wait(forge.ci_state("../..")).is_err());
}

fn what_is_not_there_is_not_found(_: &World, forge: &dyn Forge) {
    let number = IssueNumber(7);
    assert_eq!(wait(forge.issue(number)).unwrap(), None);
    assert_eq!(wait(forge.pull(number)).unwrap(), None);
    assert_eq!(wait(forge.comment(CommentId(7_000_001))).unwrap(), None);
    let page = PageRequest::default;
    assert!(
        wait(forge.comments(number, page()))
            .unwrap_err()
            .is_not_found()
    );
    assert!(
        wait(forge.reviews(number, page()))
            .unwrap_err()
            .is_not_found()
    );
    assert!(wait(forge.approvals(number)).unwrap_err().is_not_found());
    let edit = IssueEdit::default();
    assert!(
        wait(forge.edit_issue(number, &edit))
            .unwrap_err()
            .is_not_found()
    );
    let edit = PullEdit::default();
    assert!(
        wait(forge.edit_pull(number, &edit))
            .unwrap_err()
            .is_not_found()
    );
    assert!(
        wait(forge.create_comment(number, "x"))
            .unwrap_err()
            .is_not_found()
    );
    assert!(
        wait(forge.edit_comment(CommentId(1), "x"))
            .unwrap_err()
            .is_not_found()
    );
    assert!(
        wait(forge.add_labels(number, &["x".to_owned()]))
            .unwrap_err()
            .is_not_found()
    );
    assert!(
        wait(forge.remove_label(number, "x"))
            .unwrap_err()
            .is_not_found()
    );
}

fn who_may_not_is_refused(world: &World, forge: &dyn Forge) {
    let number = open_issue(&world.by("alice"), "issue").number;
    let theirs = wait(world.by("alice").create_comment(number, "theirs")).unwrap();
    let mut people = ftc_github::Permission::ALL.into_iter();
    assert_eq!(people.next(), Some(ftc_github::Permission::None));
    world
        .forge
        .set_permission(&login("cleaner"), ftc_github::Permission::Read)
        .unwrap();
    let refused = |error: ftc_github::Error| {
        assert_eq!(kind(&error), "forbidden");
        assert!(!error.hints().is_empty());
    };
    wait(forge.create_comment(number, "may")).unwrap();
    refused(wait(forge.add_labels(number, &["x".to_owned()])).unwrap_err());
    refused(wait(forge.remove_label(number, "x")).unwrap_err());
    refused(wait(forge.edit_issue(number, &IssueEdit::default())).unwrap_err());
    refused(wait(forge.edit_comment(theirs.id, "x")).unwrap_err());
    let sha = world.change("new\n");
    refused(wait(forge.push_branch("fix", &sha, None, world.work_dir())).unwrap_err());
    let conclusion = CheckConclusion::Success;
    refused(wait(forge.create_check(&check(&sha, "x", conclusion))).unwrap_err());
    let labelled = NewIssue {
        labels: vec!["x".to_owned()],
        ..new_issue("t", "")
    };
    refused(wait(forge.create_issue(&labelled)).unwrap_err());
    world
        .forge
        .set_permission(&login("cleaner"), ftc_github::Permission::None)
        .unwrap();
    refused(wait(forge.create_comment(number, "x")).unwrap_err());
    refused(wait(forge.create_issue(&new_issue("t", ""))).unwrap_err());
}
