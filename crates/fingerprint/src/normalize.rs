//! The typed normaliser: makes a message into a template by replacing what changes from run to run.
//!
//! A volatile value becomes its type. Identities (`<uuid1>`, `<host2>`) are numbered in the order in which they first
//! appear, so that `a b a` stays unlike `a b c`; measurements (`<time>`, `<duration>`) are not, since two of them are
//! equal by chance. Numbers that carry meaning stay: status codes, errno, signals, compiler codes, operands of
//! assertions. Any change of these rules changes identities and must raise [`crate::FINGERPRINT_VERSION`].
//!
//! The order of the rules is part of them: a project's masks, times, paths, then the more specific shape before the more
//! general one. They are gone through until nothing changes, so that normalising a template leaves it as it is.

mod masks;
mod rules;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::ansi;

pub use masks::{MaskError, Masks};
use rules::{RULES, Rule, Site};

/// How often the rules are gone through. Each pass takes values off, so that few are enough: a second one is needed only
/// where one value touched the next.
const PASSES: usize = 16;

/// One value that the normaliser has replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replacement {
    /// The rule: `uuid`, `path`, `mask 2`.
    pub rule: String,
    /// What stood there.
    pub value: String,
    /// What stands there now; empty where the value was left out.
    pub replacement: String,
}

/// Makes the template of `message`. Applying it to a template changes nothing.
pub(crate) fn template(message: &str, masks: &Masks) -> String {
    run(message, masks, PASSES, &mut |_| {})
}

/// As [`template`], but gone through only once, which is nearly always all there is to do: for a sketch, of much text.
pub(crate) fn rough_template(text: &str, masks: &Masks) -> String {
    run(text, masks, 1, &mut |_| {})
}

/// The template of a message with every replacement that led to it, in the order in which they were made.
pub fn explain_template(message: &str, masks: &Masks) -> (String, Vec<Replacement>) {
    let mut steps = Vec::new();
    let template = run(message, masks, PASSES, &mut |step| steps.push(step()));
    (template, steps)
}

/// Takes note of a replacement, which is described only if somebody wants to know.
type Watch<'a> = &'a mut dyn FnMut(&dyn Fn() -> Replacement);

fn run(message: &str, masks: &Masks, passes: usize, watch: Watch<'_>) -> String {
    let plain = ansi::strip(Cow::Borrowed(message));
    let mut text = fold_blanks(&plain);
    let mut seen = Seen::default();
    for _ in 0..passes {
        let mut next = masks.apply(&text, &mut seen, watch);
        let has_digits = next.bytes().any(|byte| byte.is_ascii_digit());
        for rule in RULES.iter().filter(|rule| has_digits || !rule.needs_digit) {
            if let Some(changed) = apply(rule, &next, masks, &mut seen, watch) {
                next = changed;
            }
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

/// Replaces what `rule` matches; `None` when that is nothing.
fn apply(
    rule: &Rule,
    text: &str,
    masks: &Masks,
    seen: &mut Seen,
    watch: Watch<'_>,
) -> Option<String> {
    let mut out = String::new();
    let mut copied = 0;
    for captures in rule.pattern.captures_iter(text) {
        let value = captures.name("v").or(captures.get(0))?;
        if value.start() < copied || is_in_placeholder(text, value.start()) {
            continue;
        }
        let site = Site {
            text,
            start: value.start(),
            end: value.end(),
            words: masks.words(),
        };
        let number = &mut |kind, value: &str| seen.placeholder(kind, value);
        let Some(replacement) = (rule.replace)(&site, number) else {
            continue;
        };
        watch(&|| Replacement {
            rule: rule.name.to_owned(),
            value: value.as_str().to_owned(),
            replacement: replacement.clone(),
        });
        out.push_str(&text[copied..value.start()]);
        out.push_str(&replacement);
        copied = value.end();
    }
    (copied > 0).then(|| out + &text[copied..])
}

/// Whether `at` stands inside `<...>` as an earlier rule wrote it.
fn is_in_placeholder(text: &str, at: usize) -> bool {
    let Some(open) = text[..at].rfind('<') else {
        return false;
    };
    placeholder_length(&text[open..]).is_some_and(|length| at < open + length)
}

/// The length of the placeholder that `text` begins with.
fn placeholder_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('<')?;
    let close = inside.find('>')?;
    let name = inside[..close].trim_end_matches(|c: char| c.is_ascii_digit());
    rules::KINDS.contains(&name).then_some(close + 2)
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
mod pairs;
#[cfg(test)]
mod tests;
