//! Names and values: `password=x`, `"token": "x"`, `DB_PASSWORD: x`, `--api-key x`, `<secret>x</secret>`.
//!
//! The word must be the end of a name (`token` in `GITHUB_TOKEN=`, not in `tokenizer=`). What is a value depends on how
//! plainly the notation says so: after `=` or in a quoted pair it always is, in `word: text` only if the text looks like a
//! secret or stands alone, because compilers and people write that about other things.

mod looks;

use crate::kind::{Kind, leading_mark};
use crate::line::{Class, Line, Reach, ends_word, is_quote};
use crate::literals::Word;
use crate::rules::value::{Quoted, is_placeholder, quoted_value, trim_value};
use looks::{is_call, is_flag_prose, looks_random, looks_secret};

/// How a name and a value are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Notation {
    /// `name=value`, or the name is in quotes, too: nothing but a value can follow.
    Plain,
    /// `name: value`, `name = value`: the text after it may be prose or code.
    Loose,
}

/// Looks at a word that names secrets, from `start` to `end`.
pub(super) fn pair(line: &mut Line<'_>, word: Word, start: usize, end: usize) {
    if line.byte(end).is_some_and(is_name_byte) {
        return;
    }
    // A prefix makes a name of it: `access_token` is not what a compiler means by `token`.
    let word = match word {
        Word::Weak if line.byte_before(start).is_some_and(is_name_byte) => Word::Compound,
        word => word,
    };
    let Some((notation, value)) = separator(line, end) else {
        if word != Word::Assigned {
            flag(line, start, end);
            element(line, start, end);
        }
        return;
    };
    if word == Word::Assigned && (notation == Notation::Loose || line.byte(value) == Some(b'/')) {
        return;
    }
    let strong = word != Word::Weak || notation == Notation::Plain;
    if let Some(Quoted { range, reach }) = quoted_value(line, value) {
        let content = &line.text()[range.clone()];
        if leading_mark(content).is_none()
            && !is_placeholder(content)
            && (strong || looks_random(content))
        {
            line.report(range, Kind::Credential, reach);
        }
        return;
    }
    bare_value(line, word, notation, value);
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The notation, and where the value begins, if a separator follows the name.
fn separator(line: &Line<'_>, end: usize) -> Option<(Notation, usize)> {
    let bytes = line.text().as_bytes();
    let closing = bytes[end..]
        .iter()
        .take(5)
        .take_while(|byte| **byte == b'\\' || **byte == b']' || is_quote(**byte))
        .count();
    let quoted_name = bytes[end..end + closing].iter().any(|byte| is_quote(*byte));
    let at = line.skip_blanks(end + closing);
    let (length, plain) = match (line.byte(at)?, line.byte(at + 1)) {
        (b'=', Some(b'=' | b'~')) | (b':', Some(b':')) => return None,
        (b'=', Some(b'>')) => (2, quoted_name),
        (b':', Some(b'=')) => (2, false),
        (b'=', next) => {
            let spaced = at > end + closing || matches!(next, Some(b' ' | b'\t'));
            (1, quoted_name || !spaced)
        }
        (b':', _) => (1, quoted_name),
        _ => return None,
    };
    let notation = if plain {
        Notation::Plain
    } else {
        Notation::Loose
    };
    Some((notation, line.skip_blanks(at + length)))
}

/// A value without quotes.
fn bare_value(line: &mut Line<'_>, word: Word, notation: Notation, start: usize) {
    let text = line.text();
    // Scrubbed before.
    if leading_mark(&text[start..]).is_some() {
        return;
    }
    let mut end = line.run_end(Class::Value, start);
    if is_scheme(trim_value(&text[start..end])) && line.byte(end) == Some(b' ') {
        let second = line.skip_blanks(end);
        if leading_mark(&text[second..]).is_none() {
            end = line.run_end(Class::Value, second);
        }
    }
    let value = trim_value(&text[start..end]);
    if is_placeholder(value) || is_placeholder(&text[start..end]) {
        return;
    }
    let is_value = match (notation, word) {
        (Notation::Plain, Word::Weak | Word::Compound) => !is_call(value) && !is_count(value),
        (Notation::Plain, _) => !is_call(value),
        (Notation::Loose, Word::Weak) => looks_random(value),
        (Notation::Loose, _) => {
            !is_call(value) && (looks_secret(value) || stands_alone(&text[end..]))
        }
    };
    if is_value {
        line.report(start..start + value.len(), Kind::Credential, Reach::Word);
    }
}

/// `max_token=512` is a number of tokens.
fn is_count(value: &str) -> bool {
    value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_scheme(value: &str) -> bool {
    ["bearer", "basic", "token"]
        .iter()
        .any(|scheme| value.eq_ignore_ascii_case(scheme))
}

/// Whether nothing but punctuation follows.
fn stands_alone(rest: &str) -> bool {
    const MAX_PUNCTUATION: usize = 16;
    rest.len() <= MAX_PUNCTUATION
        && rest
            .bytes()
            .all(|byte| byte <= b' ' || matches!(byte, b',' | b';' | b')' | b']' | b'}'))
}

/// `--password x`: an option and its argument.
fn flag(line: &mut Line<'_>, start: usize, end: usize) {
    if !matches!(line.byte(end), Some(b' ' | b'\t')) || !is_option(line, start) {
        return;
    }
    let value = line.skip_blanks(end);
    if let Some(Quoted { range, reach }) = quoted_value(line, value) {
        let content = &line.text()[range.clone()];
        if leading_mark(content).is_none() && !is_placeholder(content) {
            line.report(range, Kind::Credential, reach);
        }
        return;
    }
    let text = line.text();
    if leading_mark(&text[value..]).is_some() || line.byte(value) == Some(b'-') {
        return;
    }
    let value_end = line.run_end(Class::Value, value);
    let trimmed = trim_value(&text[value..value_end]);
    if !is_placeholder(trimmed)
        && !is_placeholder(&text[value..value_end])
        && !is_flag_prose(trimmed)
    {
        line.report(value..value + trimmed.len(), Kind::Credential, Reach::Word);
    }
}

/// Whether the name that ends at `start` and goes on with the word is an option: `--` at the beginning of an argument.
fn is_option(line: &Line<'_>, start: usize) -> bool {
    const MAX_NAME: usize = 64;
    let bytes = line.text().as_bytes();
    let name = bytes[..start]
        .iter()
        .rev()
        .take(MAX_NAME)
        .take_while(|byte| is_name_byte(**byte))
        .count();
    let name_start = start - name;
    bytes[name_start..].starts_with(b"--")
        && bytes
            .get(name_start + 2)
            .is_some_and(u8::is_ascii_alphabetic)
        && line.byte_before(name_start).is_none_or(|before| {
            before <= b' ' || is_quote(before) || matches!(before, b'(' | b'[')
        })
}

/// `<password>x</password>`.
fn element(line: &mut Line<'_>, start: usize, end: usize) {
    const MAX_NAME: usize = 64;
    const MAX_VALUE: usize = 4096;
    if line.byte(end) != Some(b'>') {
        return;
    }
    let bytes = line.text().as_bytes();
    let name = bytes[..start]
        .iter()
        .rev()
        .take(MAX_NAME)
        .take_while(|byte| is_name_byte(**byte) || **byte == b':')
        .count();
    if line.byte_before(start - name) != Some(b'<') {
        return;
    }
    let value = end + 1;
    let length = bytes[value..]
        .iter()
        .take(MAX_VALUE)
        .take_while(|byte| **byte != b'<' && !ends_word(**byte))
        .count();
    let value_end = value + length;
    if bytes[value_end..].starts_with(b"</") && !is_placeholder(&line.text()[value..value_end]) {
        line.report(value..value_end, Kind::Credential, Reach::Word);
    }
}
