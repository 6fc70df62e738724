//! A dry run reaches nothing, and says what the real run then says.

use std::fmt::Write as _;
use std::sync::Arc;

use ftc_github::{
    CheckConclusion, CloseReason, DryRun, Effect, Forge, IssueFilter, IssueNumber,
    IssuesWrite as _, LocalForge, Marker, PlannedWrite, PullFilter, all_pages, blocks, ensure,
};
use proptest::prelude::*;

use crate::support::{World, login, open_issue, ticking, wait};

/// One write out of a small world, so that writes meet one another. Commits are known only once there is a world.
#[derive(Debug, Clone)]
enum Step {
    Write(PlannedWrite),
    Push {
        branch: usize,
        to: usize,
        from: Option<usize>,
    },
    Check {
        of: usize,
        conclusion: CheckConclusion,
    },
}

const LABELS: [&str; 4] = [
    "flaky",
    "Flaky",
    "needs-triage",
    "flaky-test-cleaner/ai-fix-approved",
];
const BRANCHES: [&str; 3] = ["ai/fix/a", "ai/fix/b", "main"];

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zé ]{0,12}".prop_map(|text| blocks::block("A", &text)),
        "[a-z\n]{0,12}".prop_map(|text| format!("x\n{}\ny", blocks::block("B", &text))),
        "[a-z<!🦀|` ]{1,12}",
        Just("0123456789\n".repeat(7_000)),
        Just("token=ghp_0123456789abcdefghijklmnopqrstuvwxyz".to_owned()),
    ]
}

fn marker() -> impl Strategy<Value = Marker> {
    "[ab]".prop_map(|key| Marker::new("kind", key))
}

fn labels() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(
        proptest::sample::select(LABELS.as_slice()).prop_map(ToOwned::to_owned),
        0..3,
    )
}

fn conclusion() -> impl Strategy<Value = CheckConclusion> {
    prop_oneof![
        Just(CheckConclusion::Success),
        Just(CheckConclusion::Failure),
        Just(CheckConclusion::Pending),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let number = || (1_u64..6).prop_map(IssueNumber);
    let branch = || proptest::sample::select(BRANCHES.as_slice()).prop_map(ToOwned::to_owned);
    let on_things = prop_oneof![
        (marker(), words(), labels()).prop_map(|(marker, body, labels)| {
            PlannedWrite::EnsureIssue {
                marker,
                title: "title".to_owned(),
                body,
                labels,
            }
        }),
        (number(), "[AB]", words()).prop_map(|(issue, name, text)| PlannedWrite::UpdateBlocks {
            issue,
            blocks: vec![(name, text)],
        }),
        (number(), marker(), words()).prop_map(|(issue, marker, body)| {
            PlannedWrite::UpsertComment {
                issue,
                marker,
                body,
            }
        }),
        (number(), labels()).prop_map(|(issue, labels)| PlannedWrite::AddLabels { issue, labels }),
        (number(), proptest::sample::select(LABELS.as_slice())).prop_map(|(issue, label)| {
            PlannedWrite::RemoveLabel {
                issue,
                label: label.to_owned(),
            }
        }),
        number().prop_map(|issue| PlannedWrite::CloseIssue {
            issue,
            reason: CloseReason::Completed,
        }),
        number().prop_map(|issue| PlannedWrite::ReopenIssue { issue }),
        (marker(), branch(), words(), labels()).prop_map(|(marker, head, body, labels)| {
            PlannedWrite::EnsurePull {
                marker,
                head,
                base: "main".to_owned(),
                title: "title".to_owned(),
                body,
                labels,
            }
        }),
        proptest::sample::select(LABELS.as_slice()).prop_map(|name| PlannedWrite::EnsureLabel {
            name: name.to_owned(),
            color: "ededed".to_owned(),
            description: String::new(),
        }),
    ];
    prop_oneof![
        6 => on_things.prop_map(Step::Write),
        2 => (0..3_usize, 0..3_usize, proptest::option::of(0..3_usize))
            .prop_map(|(branch, to, from)| Step::Push { branch, to, from }),
        1 => (0..3_usize, conclusion()).prop_map(|(of, conclusion)| Step::Check { of, conclusion }),
    ]
}

impl Step {
    fn write(&self, world: &World, commits: &[String]) -> PlannedWrite {
        match self {
            Self::Write(write) => write.clone(),
            Self::Push { branch, to, from } => PlannedWrite::PushBranch {
                branch: BRANCHES[*branch].to_owned(),
                sha: commits[*to].clone(),
                expected: from.map(|from| commits[from].clone()),
                objects: world.work_dir().to_owned(),
            },
            Self::Check { of, conclusion } => PlannedWrite::CreateCheck {
                sha: commits[*of].clone(),
                name: "gates".to_owned(),
                conclusion: conclusion.clone(),
                summary: "text".to_owned(),
            },
        }
    }
}

/// What people did before: an issue, a comment, a branch with a pull request.
fn world() -> (World, Vec<String>) {
    let world = World::new();
    open_issue(&world.by("alice"), "theirs");
    wait(world.by("alice").create_comment(IssueNumber(1), "theirs")).unwrap();
    let commits = ["one\n", "two\n", "three\n"].map(|text| world.change(text));
    (world, commits.to_vec())
}

/// Makes each write twice, and tells what came of it.
fn make(forge: &dyn Forge, writes: &[PlannedWrite]) -> Vec<String> {
    let mut told = Vec::new();
    for write in writes {
        let first = wait(ensure(forge, write));
        if first.is_ok() {
            let again = wait(ensure(forge, write)).expect("what went well goes well again");
            assert_eq!(again.effect, Effect::Unchanged, "{write:?}");
        }
        told.push(match first {
            Ok(ensured) => format!("{} {ensured:?}", write.op()),
            Err(error) => format!("{} {error}", write.op()),
        });
    }
    told
}

/// Everything that can be read of a forge, without times, which depend on how often a clock is asked.
fn picture(forge: &dyn Forge, commits: &[String]) -> String {
    let mut picture = String::new();
    let (issues, pulls) = (IssueFilter::default(), PullFilter::default());
    for issue in wait(all_pages(|page| forge.issues(&issues, page))).unwrap() {
        let (number, state, body) = (issue.number, issue.state, issue.body);
        writeln!(picture, "{number} {state:?} {:?} {body:?}", issue.labels).unwrap();
        for comment in wait(all_pages(|page| forge.comments(number, page))).unwrap() {
            writeln!(
                picture,
                "{} {} {:?}",
                comment.id, comment.author, comment.body
            )
            .unwrap();
        }
        let approvals = wait(forge.approvals(number)).unwrap();
        writeln!(picture, "{}", approvals.len()).unwrap();
    }
    for pull in wait(all_pages(|page| forge.pulls(&pulls, page))).unwrap() {
        let (number, state, body) = (pull.number, pull.state, pull.body);
        writeln!(
            picture,
            "{number} {state} {} {} {body:?}",
            pull.head, pull.head_sha
        )
        .unwrap();
        writeln!(picture, "{:?} {:?}", pull.labels, pull.author).unwrap();
    }
    for branch in BRANCHES {
        writeln!(picture, "{:?}", wait(forge.branch(branch)).unwrap()).unwrap();
    }
    for commit in commits {
        writeln!(picture, "{:?}", wait(forge.ci_state(commit)).unwrap()).unwrap();
    }
    picture
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_dry_run_reaches_nothing_and_tells_what_the_real_run_tells(
        steps in proptest::collection::vec(step(), 1..14),
    ) {
        let (world, commits) = world();
        let writes: Vec<PlannedWrite> =
            steps.iter().map(|step| step.write(&world, &commits)).collect();
        let before = world.everything();
        let dry = DryRun::new(Arc::new(world.forge.clone())).with_clock(ticking());
        let told = make(&dry, &writes);
        let foreseen = picture(&dry, &commits);
        prop_assert_eq!(world.everything(), before);
        prop_assert_eq!(make(&world.forge, &writes), told);
        prop_assert_eq!(picture(&world.forge, &commits), foreseen);
    }
}

#[test]
fn a_dry_run_lists_what_it_did_not_do() {
    let (world, _) = world();
    let dry = DryRun::new(Arc::new(world.forge.clone()));
    let write = PlannedWrite::EnsureIssue {
        marker: Marker::new("issue", "x"),
        title: "title".to_owned(),
        body: "body".to_owned(),
        labels: vec!["a".to_owned()],
    };
    assert_eq!(
        wait(ensure(&dry, &write)).unwrap().number,
        Some(IssueNumber(2))
    );
    wait(ensure(&dry, &write)).unwrap();
    let calls: Vec<String> = dry
        .simulated()
        .iter()
        .map(|write| format!("{} {}", write.call, write.target))
        .collect();
    assert_eq!(calls, ["create_issue #2"]);
    assert!(
        dry.describe()
            .starts_with("a dry run on the local forge in ")
    );
    assert_eq!(dry.repository(), "acme/widget");
}

#[test]
fn a_dry_run_sees_what_people_do_meanwhile() {
    let (world, _) = world();
    let dry = DryRun::new(Arc::new(world.forge.clone()));
    let read: &dyn Fn(&LocalForge) -> usize = &|forge| {
        forge.approve(IssueNumber(1), &login("bob")).unwrap();
        wait(ftc_github::PeopleRead::approvals(&dry, IssueNumber(1)))
            .unwrap()
            .len()
    };
    assert_eq!((read(&world.forge), read(&world.forge)), (1, 2));
}
