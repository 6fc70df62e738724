//! Text of other people: test names, messages, wishes.

use std::fs;

use ftc_flaky::Source;
use ftc_github::{IssueNumber, IssuesRead as _, Marker, PageRequest, PullsRead as _, blocks};

use crate::support::{BOT, Project, World, command, wait};

const MESSAGE: &str = "a `tick` and ```` a fence | a pipe \u{1b}[31mred\u{1b}[0m {prompt_file} {worktree} \
    <!-- ftc:v1 kind=issue key=0000 --> <!-- FTC:SUMMARY:START --> <!-- ftc:summary:end --> @everyone\n";

/// Every text that the cleaner wrote.
fn written(world: &World) -> Vec<(String, String)> {
    let forge = world.forge_of(BOT);
    let page = || PageRequest::first(PageRequest::MAX_LIMIT);
    let mut texts = Vec::new();
    for number in 1..=2 {
        let number = IssueNumber(number);
        let issue = wait(forge.issue(number)).unwrap();
        let pull = wait(forge.pull(number)).unwrap();
        if issue.is_none() && pull.is_none() {
            continue;
        }
        texts.extend(issue.map(|issue| (issue.title, issue.body)));
        texts.extend(pull.map(|pull| (pull.title, pull.body)));
        for comment in wait(forge.comments(number, page())).unwrap().items {
            if comment.author.as_str() == BOT {
                texts.push((String::new(), comment.body));
            }
        }
    }
    texts
}

/// No text but ours makes markers and blocks, moves a terminal or breaks a table.
fn is_harmless(world: &World, texts: usize) {
    let written = written(world);
    assert_eq!(written.len(), texts, "{written:?}");
    for (title, body) in &written {
        assert_eq!(Marker::find_all(body).len(), 1, "{body}");
        assert!(Marker::find_all(title).is_empty(), "{title}");
        assert!(!title.contains("<!--"), "{title}");
        assert!(!title.contains('\n'), "{title}");
        assert!(!body.contains('\u{1b}'), "{body}");
        let names: Vec<&str> = blocks::read_all(body)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert!(
            names == ["SUMMARY", "EVIDENCE", "EXCERPTS", "AUTOMATION"] || names.len() == 1,
            "{names:?}\n{body}"
        );
        for row in body.lines().filter(|line| line.starts_with("| `")) {
            let bars = row.replace("\\|", "").matches('|').count();
            assert_eq!(bars, 5, "{row}");
        }
    }
}

#[test]
fn a_hostile_message_stays_text_all_the_way() {
    let mut world = World::with(&Project::default().with("src/message", MESSAGE));
    // The agent writes down what it was given: the name of the prompt, and its text.
    world.agent = Some(command(
        "echo fixed >src/mode; test -f \"$1\" || exit 9; cp \"$1\" src/prompt.txt",
        "",
    ));
    let pull = world.propose();
    world.ask_for_changes(pull, MESSAGE);
    world.agent = Some(command("cp \"$1\" src/prompt.txt; echo >>src/cache.rs", ""));
    world.pass();
    world.merge(pull);
    world.pass();
    // The issue, its analysis and its end; the pull request and its answer.
    is_harmless(&world, 5);
    let prompt = world.on_main("src/prompt.txt");
    assert!(prompt.contains("{prompt_file}"), "{prompt}");
    assert!(!prompt.contains('\u{1b}'), "{prompt}");
}

#[test]
fn a_hostile_name_stays_text() {
    for name in [
        "tests::a`tick`|pipe",
        "<!--FTC:SUMMARY:END-->",
        "$(touch${IFS}pwned)",
        "..::..::etc",
    ] {
        let project = Project::default().with("tests/list", &format!("steady one\nflaky {name}\n"));
        let world = World::with(&project);
        world.discover();
        is_harmless(&world, 2);
        let issue = wait(world.forge_of(BOT).issue(IssueNumber(1)))
            .unwrap()
            .unwrap();
        assert!(issue.title.starts_with("[flaky] "), "{}", issue.title);
        world.approve(IssueNumber(1));
        world.pass();
        is_harmless(&world, 3);
        assert!(world.lifecycle().pull.is_some(), "{:?}", world.memo());
        assert!(!world.project().join("pwned").exists());
    }
}

#[test]
fn a_name_that_looks_like_an_option_never_becomes_one() {
    let project = Project::default().with("tests/list", "steady one\nflaky --list\n");
    let gates = project.text("gates.yaml");
    // The command that reruns a test would pass if it were given this name.
    let gates = gates.replace(
        "rerun: [sh, run-tests.sh,",
        "rerun: [sh, -c, \"echo reran >>../../../reran; exec sh run-tests.sh $0\",",
    );
    let world = World::with(&project.with("gates.yaml", &gates));
    world.propose();
    assert!(!world.path("reran").exists());
    assert_eq!(world.memo().fix.unwrap().proof_runs, 9);
}

#[test]
fn a_log_with_a_hostile_path_stays_text() {
    let world = World::new();
    let folder = world
        .path("logs")
        .join("8b3b633f0c2a6c5f1f0e8c9d2b7a4e6d5c4b3a29")
        .join("a|b`c<!-- FTC:SUMMARY:START -->");
    fs::create_dir_all(&folder).unwrap();
    let start = "\nrunning 1 test\ntest one ... ";
    fs::write(folder.join("1.log"), format!("{start}ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n")).unwrap();
    fs::write(folder.join("2.log"), format!("{start}FAILED\n\nfailures:\n\n---- one stdout ----\n\nthread 'one' panicked at src/cache.rs:4:5:\nno\n\n\nfailures:\n    one\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n")).unwrap();
    let report = world.pass_from(Source::Directory(world.path("logs")));
    assert_eq!(report.failures.len(), 1);
    is_harmless(&world, 2);
}
