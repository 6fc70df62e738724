//! A failed point of TAP that one of the tools of JavaScript wrote: vitest's `tap-flat`, mocha's `tap`, ava's `--tap`.
//!
//! Formats: `reporters/tap.ts` of vitest 0.30 to 4, `lib/reporters/tap.js` of mocha 5 to 11 (TAP 12 and 13), `lib/reporters/tap.js`
//! of ava 3 to 6. Node's runner has a recogniser of its own.

use crate::findings::{Block, Finding};
use crate::kind::{Framework, Kind};

use super::{error, mocha, vitest};

const AVA: Framework = Framework::new("ava", "ava");

/// The failure that a point with `lines` below it tells of; `None` where it is not known whose it is.
pub(crate) fn finding(name: &str, lines: &[String], block: Block) -> Option<Finding> {
    let told = if lines.first().is_some_and(|line| line.trim() == "---") {
        of_yaml(name, lines)
    } else {
        of_text(name, lines)
    };
    let (framework, test, suite, (kind, message)) = told?;
    let mut finding = Finding::new(framework, test, kind, block).saying(message);
    finding.suite = suite;
    Some(finding)
}

type Told = (Framework, Option<String>, Option<String>, (Kind, String));

fn of_yaml(name: &str, lines: &[String]) -> Option<Told> {
    let has = |key: &str| value(lines, key).is_some();
    if has("duration_ms") || has("failureType") || has("operator") {
        return None;
    }
    if has("error") && has("at") {
        return Some(of_vitest(name, lines));
    }
    let named = unquoted(value(lines, "name").unwrap_or_default());
    let message = unquoted(value(lines, "message").unwrap_or_default());
    if named == "AssertionError" && has("details") {
        return Some((AVA, Some(name.to_owned()), None, of_ava(message, lines)));
    }
    if !named.is_empty() && has("at") {
        let told = error::judge_named(named, message);
        return Some((AVA, Some(name.to_owned()), None, told));
    }
    let stack = below(lines, "stack");
    let is_mocha = has("message") && !stack.is_empty();
    let told =
        is_mocha.then(|| mocha::primary_message(&above_stack(stack.iter().map(String::as_str))))?;
    Some((mocha::MOCHA, Some(name.to_owned()), None, told))
}

/// ava calls all an assertion, also errors that were thrown, of which it prints an object.
fn of_ava(message: &str, lines: &[String]) -> (Kind, String) {
    let thrown = [
        "'Error thrown in test:'",
        "'Rejected promise returned by test. Reason:'",
    ];
    for key in thrown {
        let error = below(lines, key);
        let Some(named) = error.first().and_then(|line| line.strip_suffix(" {")) else {
            continue;
        };
        let message = value(&error, "message").unwrap_or_default();
        let message = unquoted(message.trim_end_matches(','));
        let (_, message) = error::judge_named(named.trim(), message);
        return (Kind::Panic, message);
    }
    let mut said = vec![message.to_owned()];
    said.extend(value(lines, "assertion").map(str::to_owned));
    said.extend(below(lines, "'Difference (- actual, + expected):'"));
    said.retain(|line| !line.is_empty());
    (Kind::Assertion, said.join("\n"))
}

/// `file > suite > test`; a file alone could not be loaded.
fn of_vitest(name: &str, lines: &[String]) -> Told {
    let named = unquoted(value(lines, "name").unwrap_or_default());
    let message = lines
        .iter()
        .skip_while(|line| !line.trim_start().starts_with("message: \""));
    let message: Vec<&str> = message
        .take_while(|line| !line.starts_with("    at: "))
        .map(String::as_str)
        .collect();
    let message = message.join("\n");
    let message = unquoted(message.trim().trim_start_matches("message: ")).replace("\\\"", "\"");
    let (kind, message) = error::judge_named(named, &message);
    let (file, test) = match name.split_once(" > ") {
        Some((file, test)) => (file, Some(test.to_owned())),
        None => (name, None),
    };
    let kind = if test.is_none() { Kind::Build } else { kind };
    (vitest::VITEST, test, Some(file.to_owned()), (kind, message))
}

/// mocha's older form: the message, then the stack with the message in its head.
fn of_text(name: &str, lines: &[String]) -> Option<Told> {
    let mut lines = lines.iter().map(|line| line.strip_prefix("  "));
    let lines: Vec<&str> = lines.by_ref().map_while(|line| line).collect();
    let first = lines.first().copied()?;
    let is_head = |line: &&str| {
        let head = line.strip_suffix(first);
        head.is_some_and(|head| head.ends_with(": ") && !head.starts_with(' '))
    };
    let at = lines.iter().skip(1).position(is_head)? + 1;
    let told = mocha::primary_message(&above_stack(lines[at..].iter().copied()));
    Some((mocha::MOCHA, Some(name.to_owned()), None, told))
}

fn above_stack<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let said: Vec<&str> = lines.take_while(|line| !error::is_stack(line)).collect();
    said.join("\n")
}

/// What stands behind `key:`.
fn value<'a>(lines: &'a [String], key: &str) -> Option<&'a str> {
    lines
        .iter()
        .find_map(|line| line.trim_start().strip_prefix(key)?.strip_prefix(':'))
        .map(str::trim)
}

/// The lines of a block that `key:` opens, without its indent.
fn below(lines: &[String], key: &str) -> Vec<String> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_key = |line: &&String| {
        let rest = line.trim_start().strip_prefix(key);
        rest.is_some_and(|rest| rest.starts_with(": "))
    };
    let Some(at) = lines.iter().position(|line| is_key(&line)) else {
        return Vec::new();
    };
    let outer = indent(&lines[at]);
    let body = lines[at + 1..]
        .iter()
        .take_while(|line| line.trim().is_empty() || indent(line) > outer);
    body.map(|line| line.get(outer + 2..).unwrap_or_default().to_owned())
        .collect()
}

fn unquoted(text: &str) -> &str {
    let quoted = |mark: char| text.strip_prefix(mark)?.strip_suffix(mark);
    quoted('"').or_else(|| quoted('\'')).unwrap_or(text)
}
