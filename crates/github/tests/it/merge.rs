//! Merging, reviewing, and what has become of a pull request.

use ftc_github::{
    CheckConclusion, ChecksWrite as _, IssueNumber, MergeError, MergeOptions, MergeProblem,
    NewCheck, NewPull, PullState, PullsRead as _, PullsWrite as _, RefsWrite as _, ReviewState,
};

use crate::support::{World, kind, login, wait};

const ONE: IssueNumber = IssueNumber(1);
const ONE_LINE: &str = "one changed\ntwo\nthree\n";

/// A pull request from `fix` with a green check.
fn world() -> World {
    let world = World::new();
    let sha = world.branch("fix", ONE_LINE);
    green(&world, &sha);
    open(&world);
    world
}

fn open(world: &World) {
    let pull = NewPull {
        title: "Fix it".to_owned(),
        body: "body".to_owned(),
        head: "fix".to_owned(),
        base: "main".to_owned(),
    };
    wait(world.forge.create_pull(&pull)).unwrap();
}

fn check(world: &World, sha: &str, conclusion: CheckConclusion) {
    let check = NewCheck {
        sha: sha.to_owned(),
        name: "gates".to_owned(),
        conclusion,
        summary: String::new(),
    };
    wait(world.forge.create_check(&check)).unwrap();
}

fn green(world: &World, sha: &str) {
    check(world, sha, CheckConclusion::Success);
}

fn merge(world: &World) -> Result<String, MergeError> {
    world
        .forge
        .merge(ONE, &login("alice"), &MergeOptions::default())
        .map(|merged| merged.sha)
}

fn problems(world: &World) -> Vec<MergeProblem> {
    let before = world.tip("main");
    let error = merge(world).unwrap_err();
    assert_eq!(world.tip("main"), before, "the base did not move");
    match error {
        MergeError::Refused { problems, .. } => problems,
        other => panic!("{other}"),
    }
}

fn state(world: &World) -> PullState {
    wait(world.forge.pull(ONE)).unwrap().unwrap().state
}

fn review(world: &World, by: &str, state: ReviewState) {
    world
        .forge
        .review(ONE, &login(by), state, "see above")
        .unwrap();
}

/// Pushes another commit to `fix`.
fn push_again(world: &World, readme: &str) -> String {
    let old = world.tip("fix");
    let new = world.commit(&[old], &[("README", readme)]).to_string();
    wait(
        world
            .forge
            .push_branch("fix", &new, Some(&old.to_string()), world.work_dir()),
    )
    .unwrap();
    green(world, &new);
    new
}

#[test]
fn a_merge_makes_a_commit_of_both_sides() {
    let world = world();
    // The base went on meanwhile, at another line.
    let main = world.tip("main");
    let other = world.commit(
        &[main],
        &[("README", "one\ntwo\nthree\n"), ("NEW", "new\n")],
    );
    world.set("main", other);
    let head = world.tip("fix");
    let sha = merge(&world).unwrap();
    assert_eq!(world.tip("main").to_string(), sha);
    for ancestor in [other, head] {
        assert!(
            world
                .origin
                .is_ancestor(ancestor, world.tip("main"))
                .unwrap()
        );
    }
    let read = |path| world.origin.read_file(world.tip("main"), path).unwrap();
    assert_eq!(read("README").as_deref(), Some(ONE_LINE.as_bytes()));
    assert_eq!(read("NEW").as_deref(), Some(&b"new\n"[..]));
    let pull = wait(world.forge.pull(ONE)).unwrap().unwrap();
    assert_eq!(
        (pull.state, pull.merged_sha),
        (PullState::Merged, Some(sha))
    );
    assert_eq!(pull.merged_by, Some(login("alice")));
    assert_eq!(problems(&world), [MergeProblem::NotOpen(PullState::Merged)]);
}

#[test]
fn a_merge_needs_somebody_who_may_write() {
    let world = world();
    let error = world
        .forge
        .merge(ONE, &login("tina"), &MergeOptions::default())
        .unwrap_err();
    assert!(matches!(error, MergeError::Forge(error) if kind(&error) == "forbidden"));
    assert_eq!(state(&world), PullState::Open);
}

#[test]
fn checks_that_do_not_vouch_stand_in_the_way() {
    let world = World::new();
    let sha = world.branch("fix", ONE_LINE);
    open(&world);
    let unknown = problems(&world);
    assert_eq!(unknown[0].to_string(), "no checks vouch for its head");
    check(&world, &sha, CheckConclusion::Pending);
    assert_eq!(problems(&world)[0].to_string(), "checks have not ended");
    assert!(merge(&world).unwrap_err().is_retryable());
    check(&world, &sha, CheckConclusion::Failure);
    assert_eq!(problems(&world)[0].to_string(), "checks failed: gates");
    let options = MergeOptions {
        without_checks: true,
        ..MergeOptions::default()
    };
    world.forge.merge(ONE, &login("alice"), &options).unwrap();
}

#[test]
fn requested_changes_stand_in_the_way_until_taken_back() {
    let world = world();
    review(&world, "rita", ReviewState::ChangesRequested);
    review(&world, "bob", ReviewState::ChangesRequested);
    review(&world, "bob", ReviewState::Commented);
    let expected = [MergeProblem::ChangesRequested(vec![login("bob")])];
    assert_eq!(problems(&world), expected);
    push_again(&world, "one changed again\ntwo\nthree\n");
    assert_eq!(problems(&world), expected);
    review(&world, "alice", ReviewState::Approved);
    assert_eq!(problems(&world), expected);
    review(&world, "bob", ReviewState::Approved);
    merge(&world).unwrap();
}

#[test]
fn an_approval_of_an_older_commit_is_none() {
    let world = world();
    review(&world, "bob", ReviewState::Approved);
    let head = push_again(&world, "one changed again\ntwo\nthree\n");
    assert_eq!(
        problems(&world),
        [MergeProblem::StaleApproval(vec![login("bob")])]
    );
    let old = MergeOptions {
        expected_head: Some("0".repeat(40)),
        ..MergeOptions::default()
    };
    review(&world, "bob", ReviewState::Approved);
    assert!(world.forge.merge(ONE, &login("alice"), &old).is_err());
    let now = MergeOptions {
        expected_head: Some(head),
        ..MergeOptions::default()
    };
    world.forge.merge(ONE, &login("alice"), &now).unwrap();
}

#[test]
fn a_conflict_names_the_files() {
    let world = world();
    let main = world.tip("main");
    world.set(
        "main",
        world.commit(&[main], &[("README", "ONE\ntwo\nthree\n")]),
    );
    let error = merge(&world).unwrap_err();
    assert_eq!(
        error.to_string(),
        "pull request #1 conflicts with its base branch in `README`"
    );
    assert_eq!(state(&world), PullState::Open);
}

#[test]
fn what_was_edited_by_hand_is_not_merged() {
    let world = world();
    review(&world, "bob", ReviewState::ChangesRequested);
    world.edit(
        "pulls/0001/reviews/0001.md",
        "changes_requested",
        "approved",
    );
    assert_eq!(problems(&world), [MergeProblem::UnverifiedReview]);
    world.edit("pulls/0001/pull.md", "Fix it", "Fix IT");
    assert_eq!(
        problems(&world),
        [MergeProblem::Unverified, MergeProblem::UnverifiedReview]
    );
}

#[test]
fn reviews_have_rules() {
    let world = world();
    let bob = login("bob");
    let own = world
        .forge
        .review(ONE, &login("cleaner"), ReviewState::Approved, "");
    assert_eq!(kind(&own.unwrap_err()), "forbidden");
    let silent = world
        .forge
        .review(ONE, &bob, ReviewState::ChangesRequested, " ");
    assert_eq!(kind(&silent.unwrap_err()), "validation");
    let strange = world.forge.review(ONE, &bob, ReviewState::Dismissed, "x");
    assert_eq!(kind(&strange.unwrap_err()), "validation");
    let nobody = world
        .forge
        .review(ONE, &login("nobody"), ReviewState::Commented, "x");
    assert_eq!(kind(&nobody.unwrap_err()), "forbidden");
    let given = world
        .forge
        .review(ONE, &bob, ReviewState::Approved, "")
        .unwrap();
    assert_eq!(given.commit, world.tip("fix").to_string());
    let listed = wait(world.forge.reviews(ONE, ftc_github::PageRequest::default())).unwrap();
    assert_eq!(listed.items, [given]);
    merge(&world).unwrap();
    let late = world.forge.review(ONE, &bob, ReviewState::Approved, "");
    assert!(late.unwrap_err().is_conflict());
}

#[test]
fn a_merge_made_with_git_is_seen() {
    let world = world();
    let head = world.tip("fix");
    world.set("main", head);
    let pull = wait(world.forge.pull(ONE)).unwrap().unwrap();
    assert_eq!(
        (pull.state, pull.merged_sha),
        (PullState::Merged, Some(head.to_string()))
    );
}

#[test]
fn a_head_moved_back_is_not_merged() {
    let world = world();
    world.set("fix", world.tip("main"));
    assert_eq!(state(&world), PullState::Open);
}

#[test]
fn a_branch_removed_with_git_closes_its_pull_request() {
    let world = world();
    let name = "refs/heads/fix";
    world
        .origin
        .update_ref(name, None, ftc_vcs::Expected::Any)
        .unwrap();
    assert_eq!(state(&world), PullState::Closed);
    assert_eq!(problems(&world), [MergeProblem::NotOpen(PullState::Closed)]);
}
