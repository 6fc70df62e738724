//! Markdown that other people's text cannot break out of.

use ftc_github::blocks::escape;

/// `text` in one line as inline code.
pub(crate) fn code(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = ftc_redact::clean(&line, 300).replace('|', "\\|");
    let line = escape(&line);
    let longest = longest_run(&line);
    let ticks = "`".repeat(longest + 1);
    if line.starts_with('`') || line.ends_with('`') || longest > 0 {
        format!("{ticks} {line} {ticks}")
    } else {
        format!("{ticks}{line}{ticks}")
    }
}

/// `text` in one line of at most `max_characters` where there is no code: in a title or a commit message. It mentions nobody and
/// closes no issue, as `fixes #1` would.
pub(crate) fn plain(text: &str, max_characters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = ftc_redact::clean(&line, 4 * max_characters);
    let mut plain = String::new();
    for character in line.chars().take(max_characters) {
        let refers = match plain.chars().next_back() {
            Some('@') => character.is_ascii_alphanumeric(),
            Some('#') => character.is_ascii_digit(),
            _ => false,
        };
        if refers {
            plain.push(' ');
        }
        plain.push(character);
    }
    escape(plain.trim_end())
}

/// `text` as a block of code of at most `max_bytes`.
pub(crate) fn fenced(text: &str, max_bytes: usize) -> String {
    let text = escape(&ftc_redact::clean(text, max_bytes));
    let ticks = "`".repeat(longest_run(&text).max(2) + 1);
    format!("{ticks}text\n{}\n{ticks}", text.trim_end())
}

/// A share as a percentage: whole numbers from ten up, one decimal below.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 9.95 || percent == 0.0 {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}
