//! `ftc forge`: a person's hand on the local forge.
#![expect(
    clippy::unwrap_used,
    reason = "helpers are parts of tests, which clippy does not see"
)]

use std::fs;
use std::path::PathBuf;

use ftc_github::{
    CheckConclusion, ChecksWrite as _, IssuesWrite as _, LocalForge, Login, NewCheck, NewIssue,
    NewPull, PullsWrite as _,
};
use ftc_process::ParentEnv;
use ftc_vcs::{Expected, GitProgram, NewCommit, ObjectId, Repository, Signature};
use insta::assert_snapshot;
use serde_json::Value;

use crate::installation::{Installation, Outcome};

/// An installation with a forge that the cleaner has worked on: #1 is an issue, #2 a pull request from `fix`.
pub struct World {
    pub installation: Installation,
    forge: LocalForge,
    head: String,
}

fn login(name: &str) -> Login {
    Login::new(name).unwrap()
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn path() -> String {
    std::env::var("PATH").unwrap()
}

fn run(installation: &Installation, args: &[&str]) -> Outcome {
    let forge = format!("local:{}", directory(installation).display());
    let args: Vec<&str> = ["forge"].iter().chain(args).copied().collect();
    let mut outcome = installation.run_with(&args, &[("PATH", &path()), ("FTC_FORGE", &forge)], "");
    outcome.out = without_times(&outcome.out);
    outcome
}

/// Every `2026-11-21 15:02 UTC` becomes `TIME`.
fn without_times(text: &str) -> String {
    let mut parts = text.split(" UTC").peekable();
    let mut shown = String::new();
    while let Some(part) = parts.next() {
        if parts.peek().is_some() && part.len() >= 16 {
            shown.push_str(&part[..part.len() - 16]);
            shown.push_str("TIME");
        } else {
            shown.push_str(part);
        }
    }
    shown
}

pub fn directory(installation: &Installation) -> PathBuf {
    installation.root().join("forge")
}

const INIT: [&str; 13] = [
    "init",
    "../forge",
    "--repo",
    "acme/widget",
    "--branches",
    "../origin.git",
    "--person",
    "alice=admin",
    "--person",
    "rita=read",
    "--person",
    "cleaner=write",
    "--default-branch=main",
];

impl World {
    pub fn new() -> Self {
        let installation = Installation::new();
        let git = GitProgram::find(&ParentEnv::capture()).unwrap();
        let origin =
            Repository::init_bare(&installation.root().join("origin.git"), "main", &git).unwrap();
        let first = commit(&origin, &[]);
        set(&origin, "main", first);
        let head = commit(&origin, &[first]);
        set(&origin, "fix", head);
        let outcome = run(&installation, &INIT);
        assert_eq!(outcome.code, Some(0), "{}", outcome.err);
        assert_eq!(
            outcome.out,
            "made the local forge in ROOT/forge for acme/widget\n"
        );
        let forge = LocalForge::open(&directory(&installation), login("cleaner"), &git).unwrap();
        let issue = NewIssue {
            title: "[flaky] test_a\u{202e}".to_owned(),
            body: "<!-- ftc:v1 kind=issue key=1 -->\nIt fails\u{1b}[31m.\n\n- once\n- twice"
                .to_owned(),
            labels: vec!["flaky".to_owned()],
        };
        wait(forge.create_issue(&issue)).unwrap();
        let pull = NewPull {
            title: "Stabilise test_a".to_owned(),
            body: "Waits for the server.".to_owned(),
            head: "fix".to_owned(),
            base: "main".to_owned(),
        };
        wait(forge.create_pull(&pull)).unwrap();
        Self {
            installation,
            forge,
            head: head.to_string(),
        }
    }

    pub fn run(&self, args: &[&str]) -> Outcome {
        let mut outcome = run(&self.installation, args);
        outcome.out = outcome.out.replace(&self.head[..12], "HEAD");
        outcome
    }

    /// Runs a command that has to work, and returns what it says.
    pub fn say(&self, args: &[&str]) -> String {
        let outcome = self.run(args);
        assert_eq!(
            (outcome.code, outcome.err.as_str()),
            (Some(0), ""),
            "{args:?}"
        );
        outcome.out
    }

    pub fn check(&self, conclusion: CheckConclusion) {
        let check = NewCheck {
            sha: self.head.clone(),
            name: "gates".to_owned(),
            conclusion,
            summary: String::new(),
        };
        wait(self.forge.create_check(&check)).unwrap();
    }
}

fn commit(repository: &Repository, parents: &[ObjectId]) -> ObjectId {
    let signature = Signature::new("somebody", "somebody@localhost", 1_700_000_000);
    repository
        .commit_tree(&NewCommit {
            tree: ObjectId::EMPTY_TREE,
            parents: parents.to_vec(),
            author: signature.clone(),
            committer: signature,
            message: "change\n".to_owned(),
        })
        .unwrap()
}

fn set(repository: &Repository, branch: &str, to: ObjectId) {
    let name = format!("refs/heads/{branch}");
    repository
        .update_ref(&name, Some(to), Expected::Any)
        .unwrap();
}

#[test]
fn the_list_is_short_and_the_latest_comes_first() {
    let world = World::new();
    assert_snapshot!(world.say(&["list"]), @r"
    #2  pull   open    Stabilise test_a
    #1  issue  open    [flaky] test_a\u{202e}  [flaky]
    ");
    assert_snapshot!(world.say(&["list", "--state", "closed"]), @"there are no closed issues and pull requests in acme/widget");
    let json: Value =
        serde_json::from_str(&world.say(&["list", "--label", "FLAKY", "--format", "json"]))
            .unwrap();
    assert_eq!(json["schema"], "ftc.forge.list/1");
    assert_eq!(json["entries"].as_array().unwrap().len(), 1);
    assert_eq!(json["entries"][0]["number"], 1);
}

#[test]
fn an_issue_is_shown_with_everything_on_it() {
    let world = World::new();
    let alice = ["--as", "alice"];
    let by_alice = |args: &[&str]| world.say(&[args, &alice].concat());
    assert_snapshot!(
        by_alice(&["comment", "1", "Looks right.\n/ai-fix\n\u{1b}]0;x\u{7}"]),
        @"commented on #1 as `alice` (comment 1000001)"
    );
    assert_snapshot!(by_alice(&["label", "#1", "help wanted"]), @"added the label `help wanted` to #1");
    assert_snapshot!(by_alice(&["label", "1", "Help Wanted"]), @"#1 has the label `Help Wanted` already");
    assert_snapshot!(by_alice(&["label", "1", "flaky", "--remove"]), @"removed the label `flaky` from #1");
    assert_snapshot!(by_alice(&["label", "1", "flaky", "--remove"]), @"#1 does not have the label `flaky`");
    assert_snapshot!(by_alice(&["approve", "1"]), @"approved #1 as `alice`");
    world.say(&["comment", "1", "/ai-fix", "--as", "rita"]);
    assert_snapshot!(world.say(&["show", "1"]), @r"
    [flaky] test_a\u{202e} #1
    open · cleaner opened it TIME · 2 comments
    Labels: help wanted
    File: ROOT/forge/issues/0001/issue.md

      It fails\u{1b}[31m.

      - once
      - twice

    alice commented TIME

      Looks right.
      /ai-fix
      \u{1b}]0;x\u{7}

    rita commented TIME

      /ai-fix

    Approvals:
      alice by comment TIME · counts
      alice outright TIME · counts
      rita by comment TIME · does not count: permission `read`, needs `write`
    ");
}

#[test]
fn a_pull_request_is_reviewed_and_merged() {
    let world = World::new();
    world.check(CheckConclusion::Success);
    assert_snapshot!(
        world.say(&["review", "2", "--request-changes", "-m", "Why?", "--as", "alice"]),
        @"requested changes of #2 at HEAD as `alice`"
    );
    let refused = world.run(&["merge", "2", "--as", "alice"]);
    assert_eq!((refused.code, refused.out.as_str()), (Some(4), ""));
    assert_snapshot!(refused.err, @r"
    error: pull request #2 may not be merged: changes are requested by alice
    hint: whoever asked for changes has to approve first
    ");
    world.say(&["review", "2", "--approve", "--as", "alice"]);
    assert_snapshot!(
        world.say(&["merge", "2", "--dry-run", "--as", "alice"]),
        @"nothing speaks against merging #2 into `main`"
    );
    let merged = world.say(&["merge", "2", "--as", "alice"]);
    assert!(merged.starts_with("merged #2 into `main` as "), "{merged}");
    let sha = merged.trim_end().rsplit(' ').next().unwrap().to_owned();
    assert_snapshot!(world.say(&["show", "2"]).replace(&sha, "SHA"), @r"
    Stabilise test_a #2
    merged · cleaner opened it TIME · 0 comments
    Branches: fix (HEAD) into main
    Checks: green
    Merged: as SHA by alice
    File: ROOT/forge/pulls/0002/pull.md

      Waits for the server.

    alice requested changes at HEAD TIME

      Why?

    alice approved at HEAD TIME
    ");
    let json: Value = serde_json::from_str(&world.say(&["show", "2", "--format", "json"])).unwrap();
    assert_eq!(json["schema"], "ftc.forge.page/1");
    assert_eq!(json["pull"]["merged_by"], "alice");
    assert_eq!(json["pull"]["reviews"][0]["state"], "changes_requested");
}

#[test]
fn a_red_check_stands_in_the_way_of_a_merge() {
    let world = World::new();
    world.check(CheckConclusion::Failure);
    let refused = world.run(&["merge", "2", "--as", "alice"]);
    assert_eq!(refused.code, Some(1));
    assert_snapshot!(refused.err, @r"
    error: pull request #2 may not be merged: checks failed: gates
    hint: `--no-checks` merges without them
    ");
    let dry = world.run(&["merge", "2", "--dry-run", "--as", "alice"]);
    assert_eq!((dry.code, dry.err), (Some(1), refused.err));
    world.check(CheckConclusion::Pending);
    assert_eq!(world.run(&["merge", "2", "--as", "alice"]).code, Some(75));
    let other = "0".repeat(40);
    let moved = world.run(&[
        "merge",
        "2",
        "--no-checks",
        "--head",
        &other,
        "--as",
        "alice",
    ]);
    assert_eq!(moved.code, Some(1));
    world.say(&["merge", "2", "--no-checks", "--as", "alice"]);
}

#[test]
fn who_may_not_is_told_why() {
    let world = World::new();
    for (args, action) in [
        (&["approve", "1"][..], "approve"),
        (&["merge", "2"], "merge"),
        (&["label", "1", "x"], "add labels"),
    ] {
        let outcome = world.run(&[args, &["--as", "rita"]].concat());
        assert_eq!((outcome.code, outcome.out.as_str()), (Some(1), ""));
        let need = if action == "add labels" {
            "triage"
        } else {
            "write"
        };
        assert_eq!(
            outcome.err,
            format!(
                "error: `rita` may not {action}: the permission is `read`, not `{need}`\n\
                 hint: ask somebody who runs the repository for the permission, or act as another account\n"
            )
        );
    }
    assert_snapshot!(world.say(&["person", "rita", "write"]), @"`rita` has the permission `write`");
    world.say(&["approve", "1", "--as", "rita"]);
}

#[test]
fn a_file_edited_by_hand_shows_as_unverified() {
    let world = World::new();
    let file = directory(&world.installation).join("issues/0001/issue.md");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("flaky", "forged")).unwrap();
    assert!(world.say(&["list"]).contains("  unverified\n"));
    let shown = world.say(&["show", "1"]);
    assert!(shown.contains(" · unverified: edited by hand\n"), "{shown}");
}

#[test]
fn what_is_missing_is_named() {
    let world = World::new();
    let outcome = world.run(&["show", "7"]);
    assert_eq!(outcome.code, Some(2));
    assert_snapshot!(outcome.err, @r"
    error: there is no issue or pull request #7
    hint: `ftc forge list --state all` lists all
    ");
    let outcome = world.run(&["comment", "1", "x"]);
    assert_eq!(outcome.code, Some(2));
    assert_snapshot!(outcome.err, @r"
    error: nobody was named to act as
    hint: give `--as LOGIN`, or set `FTC_FORGE_LOGIN`
    ");
    let outcome = world.run(&["list", "--forge", "../nothing"]);
    assert_eq!(outcome.code, Some(2));
    assert_snapshot!(outcome.err, @r"
    error: there is no local forge in `ROOT/repository/../nothing`
    hint: make one with `ftc forge init ROOT/repository/../nothing --repo OWNER/NAME --branches REPOSITORY --person YOU=admin --person ftc-bot=write`
    ");
    let unset = world.installation.run(&["forge", "list"]);
    assert_snapshot!(unset.err, @r"
    error: no forge is configured
    hint: give `--forge DIR`, or set `FTC_FORGE=local:DIR`
    ");
    let again = run(&world.installation, &INIT);
    assert_eq!(again.code, Some(2));
}

#[test]
fn wrong_usage_is_refused_before_anything_is_done() {
    let world = World::new();
    for args in [
        &["show", "0"][..],
        &["show", "x"],
        &["review", "2", "--as", "alice"],
        &[
            "review",
            "2",
            "--approve",
            "--comment",
            "-m",
            "x",
            "--as",
            "alice",
        ],
        &["review", "2", "--request-changes", "--as", "alice"],
        &["person", "alice", "owner"],
        &["person", "-alice", "read"],
        &["comment", "1", "x", "--as", "not a login"],
        &["comment", "1", " ", "--as", "alice"],
        &["init", "x", "--repo", "acme", "--branches", "../origin.git"],
        &[
            "init",
            "x",
            "--repo",
            "acme/widget",
            "--branches",
            "../nothing",
        ],
    ] {
        let outcome = world.run(args);
        assert_eq!(
            (outcome.code, outcome.out.as_str()),
            (Some(2), ""),
            "{args:?}"
        );
        assert!(outcome.err.starts_with("error: "), "{}", outcome.err);
    }
    assert!(!world.installation.repository().join("x").exists());
}

#[test]
fn what_was_done_is_told_in_json() {
    let world = World::new();
    let said = world.say(&["label", "1", "x", "--as", "alice", "--format", "json"]);
    let json: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(json["schema"], "ftc.forge.action/1");
    assert_eq!(json["action"], "label");
    assert_eq!(json["number"], 1);
    assert_eq!(json["by"], "alice");
    assert_eq!(json["changed"], true);
}

#[test]
fn a_repository_may_not_choose_the_forge() {
    let world = World::new();
    fs::write(
        world.installation.repository().join("ftc.toml"),
        "forge = \"local:/elsewhere\"\n",
    )
    .unwrap();
    let outcome = world.run(&["list"]);
    assert_eq!(outcome.code, Some(2));
    assert!(
        outcome
            .err
            .contains("a repository may not set the key `forge`")
    );
}
