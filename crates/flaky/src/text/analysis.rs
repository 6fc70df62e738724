//! The first comment: what is known, what it may be, how to see it fail, where to look.

use ftc_fingerprint::Kind;
use ftc_github::{Marker, blocks};

use super::issue::{rate_line, short};
use super::markdown::{code, fenced};
use crate::step::Tracked;

/// A piece of the repository that the failure points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snippet {
    pub(crate) path: String,
    pub(crate) first_line: usize,
    pub(crate) text: String,
}

const SNIPPET_BYTES: usize = 6 * 1024;

/// The comment. `rerun` is the command that runs this test alone, where the gate names one.
pub(crate) fn analysis(
    tracked: &Tracked,
    snippets: &[Snippet],
    rerun: Option<&[String]>,
    marker: &Marker,
) -> String {
    let mut sections = vec![
        format!("### What is known\n\n{}", known(tracked)),
        format!("### What it may be\n\n{}", hypotheses(tracked)),
        format!("### How to see it fail\n\n{}", reproduction(tracked, rerun)),
    ];
    if !snippets.is_empty() {
        sections.push(format!(
            "### Where to look\n\n{}",
            context(tracked, snippets)
        ));
    }
    sections.push(format!("### What a fix has to show\n\n{}", proof(tracked)));
    format!(
        "{}\n\n{marker}\n",
        blocks::block("ISSUE_AGENT", &sections.join("\n\n"))
    )
}

fn known(tracked: &Tracked) -> String {
    let rate = tracked
        .memo
        .rate
        .as_ref()
        .map(rate_line)
        .unwrap_or_default();
    format!(
        "{} fails with: {}\n{rate}",
        code(&tracked.test),
        code(&tracked.known.message)
    )
    .trim_end()
    .to_owned()
}

/// Rules of thumb. They are marked as such: nothing acts on them.
fn hypotheses(tracked: &Tracked) -> String {
    let message = tracked.known.message.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let mut found = Vec::new();
    if tracked.known.kind == Kind::Race || says(&["data race"]) {
        found.push("Two threads touch the same memory without order: look for state that is shared without a lock.");
    }
    if tracked.known.kind == Kind::Timeout
        || says(&["timed out", "timeout", "deadline", "not become ready"])
    {
        found.push("Something is waited for that does not always happen in time: wait for the condition itself, with a generous limit, instead of a time.");
    }
    if says(&["address already in use", "port"]) {
        found.push("Tests compete for a port: let the system choose one.");
    }
    if says(&["no such file", "already exists", "permission denied"]) {
        found.push("Tests share a path: give each its own temporary folder.");
    }
    if matches!(tracked.known.kind, Kind::Assertion | Kind::Panic) {
        found.push("The outcome depends on an order that nothing guarantees: threads, tasks, hash maps, or time. Look for what runs at the same time as the line that failed.");
    }
    if found.is_empty() {
        found.push("The message gives no hint of its own.");
    }
    let list: Vec<String> = found.iter().map(|line| format!("- {line}")).collect();
    format!("Rules of thumb, not findings:\n\n{}", list.join("\n"))
}

fn reproduction(tracked: &Tracked, rerun: Option<&[String]>) -> String {
    let runs = tracked
        .memo
        .rate
        .as_ref()
        .and_then(crate::rate::Rate::proof_runs);
    let often = runs.map_or_else(
        || "Run it often".to_owned(),
        |runs| format!("Run it {runs} times: it then fails at least once with a probability of 95 % or more"),
    );
    match rerun {
        Some(argv) => format!("{often}:\n\n{}", fenced(&shell_words(argv), 2048)),
        None => format!(
            "{often}. The gate of the repository names no command that runs one test alone."
        ),
    }
}

fn context(tracked: &Tracked, snippets: &[Snippet]) -> String {
    let commit = tracked
        .memo
        .rate
        .as_ref()
        .map_or("", |rate| short(&rate.commit));
    let parts: Vec<String> = snippets
        .iter()
        .enumerate()
        .map(|(index, snippet)| {
            format!(
                "S{}: {} from line {} at `{commit}`\n\n{}",
                index + 1,
                code(&snippet.path),
                snippet.first_line,
                fenced(&snippet.text, SNIPPET_BYTES),
            )
        })
        .collect();
    parts.join("\n\n")
}

fn proof(tracked: &Tracked) -> String {
    let runs = tracked
        .memo
        .rate
        .as_ref()
        .and_then(crate::rate::Rate::proof_runs);
    match runs {
        Some(runs) => format!(
            "The gates of the repository pass, and this test passes {runs} times in a row. A test that still failed as rarely as \
             the lower bound of the measured share would pass that often with a probability of at most 5 %."
        ),
        None => "The gates of the repository pass. How often the test fails was not measured, so a fix cannot be proved yet.".to_owned(),
    }
}

/// An argument list as a person would type it.
fn shell_words(argv: &[String]) -> String {
    let plain = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:=,+@%".contains(&byte))
    };
    let words: Vec<String> = argv
        .iter()
        .map(|word| {
            if plain(word) {
                word.clone()
            } else {
                format!("'{}'", word.replace('\'', r"'\''"))
            }
        })
        .collect();
    words.join(" ")
}
