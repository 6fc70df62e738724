//! The typed normaliser: makes a message into a template by replacing what changes from run to run.
//!
//! Each volatile value becomes its type and the order in which it first appeared, `<uuid1>`, `<host2>`, so that `a b a`
//! stays unlike `a b c`. Numbers that carry meaning stay: status codes, errno, signals, compiler codes, operands of
//! assertions. Any change of these rules changes identities and must raise [`crate::FINGERPRINT_VERSION`].

mod rules;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::ansi;
use rules::{RULES, Rule};

/// How often the rules are gone through. Each pass takes values off, so that few are enough: a second one is needed only
/// where one value touched the next.
const PASSES: usize = 16;

/// Makes the template of `message`. Applying it to a template changes nothing.
pub(crate) fn template(message: &str) -> String {
    let plain = ansi::strip(Cow::Borrowed(message));
    let mut text = fold_blanks(&plain);
    let mut seen = Seen::default();
    for _ in 0..PASSES {
        let mut next = text.clone();
        for rule in RULES.iter() {
            next = apply(rule, &next, &mut seen);
        }
        next = fold_blanks(&next);
        if next == text {
            break;
        }
        text = next;
    }
    text
}

/// The values replaced so far, numbered by type.
#[derive(Default)]
struct Seen {
    numbers: HashMap<(&'static str, String), usize>,
    counts: HashMap<&'static str, usize>,
}

impl Seen {
    fn placeholder(&mut self, kind: &'static str, value: &str) -> String {
        let count = self.counts.entry(kind).or_default();
        let number = self
            .numbers
            .entry((kind, value.to_owned()))
            .or_insert_with(|| {
                *count += 1;
                *count
            });
        format!("<{kind}{number}>")
    }
}

fn apply(rule: &Rule, text: &str, seen: &mut Seen) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for captures in rule.pattern.captures_iter(text) {
        let value = captures
            .name("v")
            .or(captures.get(0))
            .expect("group 0 always takes part");
        let whole = captures.get(0).expect("group 0 always takes part");
        let site = rules::Site {
            text,
            start: value.start(),
            end: value.end(),
        };
        if value.start() < copied || is_in_placeholder(text, value.start()) {
            continue;
        }
        let Some(replacement) =
            (rule.replace)(&site, &mut |kind, value| seen.placeholder(kind, value))
        else {
            continue;
        };
        debug_assert!(whole.start() <= value.start());
        out.push_str(&text[copied..value.start()]);
        out.push_str(&replacement);
        copied = value.end();
    }
    out.push_str(&text[copied..]);
    out
}

/// Whether `at` stands inside `<...>` as an earlier rule wrote it.
fn is_in_placeholder(text: &str, at: usize) -> bool {
    let Some(open) = text[..at].rfind('<') else {
        return false;
    };
    let inside = &text[open + 1..];
    let name = inside.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let digits = name.trim_start_matches(|c: char| c.is_ascii_digit());
    name.len() < inside.len()
        && digits.len() < name.len()
        && digits.starts_with('>')
        && at < text.len() - digits.len()
}

/// Folds runs of blanks and line ends: reporters indent and wrap differently.
fn fold_blanks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests;
