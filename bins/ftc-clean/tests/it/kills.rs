//! The program is killed by SIGKILL at every transition, before every write to the forge and after it; the story ends as if
//! nothing had happened.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use ftc_github::{
    ChecksRead as _, IssueFilter, IssueNumber, IssuesRead as _, PageRequest, PullFilter,
    PullsRead as _,
};
use ftc_state::OutboxFilter;
use regex::Regex;
use tempfile::TempDir;

use crate::support::{MAINTAINER, World, run};

const KINDS: [&str; 3] = ["moved", "sending", "sent"];

/// What people do, and then what the program is told.
type Chapter = (fn(&World), &'static [&'static str]);

/// The chapters of the story.
const CHAPTERS: [Chapter; 4] = [
    (|_| {}, &["--once", "--source", "runs:4"]),
    (World::approve, &["--once"]),
    (World::ask_for_changes, &["--once"]),
    (World::merge, &["--once"]),
];

/// Runs the program, to be killed at this moment, and tells whether it was.
fn killed(world: &World, arguments: &[&str], at: &str) -> bool {
    let run = run(world.command(arguments).env("FTC_CRASH_AT", at));
    match run.signal {
        Some(9) => true,
        None => {
            assert_eq!(run.code, Some(0), "{at}: {run:?}");
            false
        }
        Some(_) => panic!("{at}: {run:?}"),
    }
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "how many points there were is worth knowing, and no assertion of its own"
)]
fn a_kill_at_any_point_changes_nothing_about_the_end() {
    let world = World::scripted();
    let mut points = 0;
    for (people, arguments) in CHAPTERS {
        people(&world);
        let beginning = Copy::of(&world);
        world.done(arguments);
        let expected = state(&world);
        let end = Copy::of(&world);
        for kind in KINDS {
            for number in 1.. {
                beginning.restore(&world);
                let at = format!("{kind}:{number}");
                if !killed(&world, arguments, &at) {
                    assert_eq!(state(&world), expected, "{arguments:?} undisturbed");
                    break;
                }
                points += 1;
                // The runs of a discovery are remembered already.
                world.done(&["--once"]);
                assert_eq!(state(&world), expected, "{arguments:?} killed at {at}");
            }
        }
        end.restore(&world);
    }
    println!("killed at {points} points");
    assert!(points >= 25, "{points}");
}

/// One story in which every single pass is killed at its first write or transition, until none is left to be killed at.
#[test]
fn a_story_of_nothing_but_kills_has_the_same_end() {
    let calm = World::scripted();
    for (people, arguments) in CHAPTERS {
        people(&calm);
        calm.done(arguments);
    }
    let expected = state(&calm);
    for at in ["sent:1", "moved:1"] {
        let world = World::scripted();
        for (people, arguments) in CHAPTERS {
            people(&world);
            let mut kills = 0;
            let mut arguments = arguments;
            while killed(&world, arguments, at) {
                arguments = &["--once"];
                kills += 1;
                assert!(kills < 100, "no pass gets further than {at}");
            }
        }
        assert_eq!(state(&world), expected, "{at}");
    }
}

/// The world as it is now, to come back to. Paths are written into it in many places, so it comes back where it was.
struct Copy {
    folder: TempDir,
}

impl Copy {
    fn of(world: &World) -> Self {
        let folder = TempDir::new().unwrap();
        copy(&world.path("."), &folder.path().join("world"));
        Self { folder }
    }

    fn restore(&self, world: &World) {
        for entry in std::fs::read_dir(world.path("")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                std::fs::remove_dir_all(path).unwrap();
            } else {
                std::fs::remove_file(path).unwrap();
            }
        }
        for entry in std::fs::read_dir(self.folder.path().join("world")).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            copy(&path, &world.path(&name));
        }
    }
}

fn copy(from: &Path, to: &Path) {
    let run = run(Command::new("cp").arg("-a").arg(from).arg(to));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

/// What forge and store hold, without ids, times and hashes.
fn state(world: &World) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut text = runtime.block_on(forge(world)).unwrap();
    let lifecycle = world.lifecycle();
    let store = world.store();
    let page = ftc_state::PageRequest::first(ftc_state::PageRequest::MAX_LIMIT);
    writeln!(
        text,
        "{} {:?} {:?}",
        lifecycle.state, lifecycle.issue, lifecycle.pull
    )
    .unwrap();
    let (repository, fingerprint) = (&lifecycle.repository, &lifecycle.fingerprint);
    for entry in store
        .list_transitions(repository, fingerprint, &page)
        .unwrap()
        .items
    {
        writeln!(text, "{:?} {} {}", entry.from, entry.to, entry.reason).unwrap();
    }
    let outbox = OutboxFilter::all().of(*fingerprint);
    for entry in store.list_outbox(repository, &outbox, &page).unwrap().items {
        let operation: serde_json::Value = serde_json::from_str(&entry.payload).unwrap();
        writeln!(text, "{} {:?}", operation["op"], entry.status).unwrap();
    }
    without_chance(&text)
}

async fn forge(world: &World) -> Result<String, ftc_github::Error> {
    let forge = world.forge_of(MAINTAINER);
    let page = || PageRequest::first(PageRequest::MAX_LIMIT);
    let mut text = String::new();
    let mut numbers: Vec<IssueNumber> = Vec::new();
    for issue in forge.issues(&IssueFilter::default(), page()).await?.items {
        numbers.push(issue.number);
        let labels = sorted(issue.labels);
        let head = format!(
            "{} {:?} {} {labels:?}",
            issue.number, issue.state, issue.title
        );
        write!(text, "{head}\n{}\n", issue.body).expect("text takes text");
    }
    for pull in forge.pulls(&PullFilter::default(), page()).await?.items {
        numbers.push(pull.number);
        let labels = sorted(pull.labels);
        let head = format!("{} {:?} {} {labels:?}", pull.number, pull.state, pull.title);
        write!(text, "{head}\n{}\n", pull.body).expect("text takes text");
        for review in forge.reviews(pull.number, page()).await?.items {
            writeln!(text, "{} {:?} {}", review.author, review.state, review.body)
                .expect("text takes text");
        }
        for check in forge.checks(&pull.head_sha, page()).await?.items {
            writeln!(
                text,
                "{} {:?} {}",
                check.name, check.conclusion, check.summary
            )
            .expect("text takes text");
        }
    }
    for number in numbers {
        for comment in forge.comments(number, page()).await?.items {
            writeln!(text, "{number} {} {}", comment.author, comment.body)
                .expect("text takes text");
        }
    }
    Ok(text)
}

fn sorted(mut labels: Vec<String>) -> Vec<String> {
    labels.sort();
    labels
}

/// Ids and hashes, and when a run was made, differ from story to story.
fn without_chance(text: &str) -> String {
    let hex = Regex::new("\\b[0-9a-f]{8}[0-9a-f-]*\\b").unwrap();
    let time = Regex::new("\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2} UTC").unwrap();
    let text = time.replace_all(text, "TIME");
    hex.replace_all(&text, "HEX").into_owned()
}
