//! Text that has to fit and must not act.

use ftc_cli::printable;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// `text` on one line, with everything escaped that could act on a terminal.
pub fn one_line(text: &str) -> String {
    let flat: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    printable(&flat)
}

/// The first line of `text` that is not blank, as [`one_line`].
pub fn first_line(text: &str) -> String {
    one_line(
        text.lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default(),
    )
}

/// Control characters, and those that reorder what is read.
pub fn acts_on_reader(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Columns that `text` takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Shortens `text` to `limit` columns by an ellipsis in the middle: the beginning of a test's name says where it
/// belongs, its end says which it is.
pub fn fit_middle(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let kept = limit.saturating_sub(1);
    let tail = kept - kept / 3;
    let end = take_columns_back(text, tail);
    let start = take_columns(text, kept - width(end));
    format!("{start}…{end}")
}

/// Shortens `text` to `limit` columns by an ellipsis at the end.
pub fn fit_end(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    format!(
        "{}…",
        take_columns(text, limit.saturating_sub(1)).trim_end()
    )
}

/// `text` followed by spaces up to `limit` columns.
pub fn pad(text: &str, limit: usize) -> String {
    let spaces = limit.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(spaces))
}

/// Breaks `text` between words into lines of at most `limit` columns; a longer word is shortened.
pub fn wrap(text: &str, limit: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = fit_middle(word, limit);
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(&word) <= limit => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// `1 file`, `2 files`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn take_columns(text: &str, limit: usize) -> &str {
    let mut columns = 0;
    for (at, character) in text.char_indices() {
        columns += character.width().unwrap_or(0);
        if columns > limit {
            return &text[..at];
        }
    }
    text
}

fn take_columns_back(text: &str, limit: usize) -> &str {
    let mut columns = 0;
    for (at, character) in text.char_indices().rev() {
        columns += character.width().unwrap_or(0);
        if columns > limit {
            return &text[at + character.len_utf8()..];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_names_lose_their_middle() {
        assert_eq!(fit_middle("TestLease", 9), "TestLease");
        assert_eq!(
            fit_middle("TestLeaseExpiresAfterRenewal", 16),
            "TestL…terRenewal"
        );
        assert_eq!(
            width(&fit_middle("租约租约租约租约租约", 10)),
            9,
            "half a wide character is left out"
        );
        assert_eq!(fit_middle("abc", 1), "…");
        assert_eq!(fit_middle("abc", 0), "…", "there is no shorter sign");
    }

    #[test]
    fn words_wrap_and_long_ones_are_shortened() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij x", 5), ["a…hij", "x"]);
        assert!(wrap("  ", 5).is_empty());
    }

    #[test]
    fn nothing_acts_on_the_terminal() {
        assert_eq!(
            one_line("a\u{1b}[2Jb\r\nc\u{202e}d\u{9b}"),
            "a\\u{1b}[2Jb c\\u{202e}d\\u{9b}"
        );
        assert_eq!(first_line("\n  \n  x\ty\nz"), "x y");
    }

    proptest! {
        #[test]
        fn what_was_fitted_fits(text in "\\PC{0,60}", limit in 1_usize..40) {
            prop_assert!(width(&fit_middle(&text, limit)) <= limit);
            prop_assert!(width(&fit_end(&text, limit)) <= limit);
            for line in wrap(&text, limit) {
                prop_assert!(width(&line) <= limit);
            }
        }
    }
}
