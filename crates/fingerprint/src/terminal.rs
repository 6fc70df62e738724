//! Lines that a progress display drew on a terminal.
//!
//! indicatif (0.17 and 0.18, as in nextest) ends no line: it fills each with blanks up to the terminal's right edge, and
//! before it draws anew it goes up and erases its bars, a row each. A recorded session (`script`, a CI runner with a
//! terminal) then holds one line of many. The width is not recorded; it follows from the bars, of which a drawing
//! without other text has as many rows as are erased after it.

use unicode_width::UnicodeWidthChar;

/// Erases a row, from its beginning.
const ERASE: &[u8] = b"\r\x1b[2K";

/// Goes down to the next row to erase that too. Displays of a single row need no unfolding: the last text is what stays.
const ERASE_NEXT: &[u8] = b"\x1b[1B\r\x1b[2K";

/// Widths that terminals have.
const WIDTHS: std::ops::RangeInclusive<usize> = 20..=2000;

/// Whether a raw line was drawn by a progress display of several rows.
pub(crate) fn is_drawn(raw: &[u8]) -> bool {
    memchr::memchr(0x1b, raw).is_some() && memchr::memmem::find(raw, ERASE_NEXT).is_some()
}

/// Where a drawn line that has no end yet can be cut: before the last time that rows were erased.
pub(crate) fn cut(raw: &[u8]) -> Option<usize> {
    is_drawn(raw).then_some(())?;
    memchr::memmem::rfind(raw, ERASE).filter(|&at| at > 0)
}

/// The lines that were drawn, in order, without colours. Bars are among them each time that they were drawn.
pub(crate) fn unfold(text: &str) -> Vec<String> {
    let drawings = drawings(text);
    let mut lines = Vec::new();
    match width(&drawings) {
        Some(width) => drawings
            .iter()
            .for_each(|drawing| rows_to_lines(&drawing.text, width, &mut lines)),
        None => lines.extend(drawings.iter().map(|it| it.text.trim_end().to_owned())),
    }
    lines
}

/// What was written between two movements of the cursor.
#[derive(Debug, Default)]
struct Drawing {
    text: String,
    columns: usize,
    /// Rows that were erased after it.
    erased: usize,
}

fn drawings(text: &str) -> Vec<Drawing> {
    let mut drawings: Vec<Drawing> = Vec::new();
    let mut current = Drawing::default();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => {
                let sequence = control(&mut chars);
                if sequence.ends_with('m') {
                    continue;
                }
                if !current.text.is_empty() {
                    drawings.push(std::mem::take(&mut current));
                }
                if let Some(last) = drawings.last_mut().filter(|_| sequence == "2K") {
                    last.erased += 1;
                }
            }
            '\r' | '\n' => {
                if !current.text.is_empty() {
                    drawings.push(std::mem::take(&mut current));
                }
            }
            c => {
                current.columns += c.width().unwrap_or_default();
                current.text.push(c);
            }
        }
    }
    if !current.text.is_empty() {
        drawings.push(current);
    }
    drawings
}

/// The parameters and the final letter of a control sequence whose ESC has been read; empty for other sequences.
fn control(chars: &mut std::str::Chars<'_>) -> String {
    let mut sequence = String::new();
    if chars.as_str().starts_with('[') {
        chars.next();
        for c in chars.by_ref() {
            sequence.push(c);
            if ('@'..='~').contains(&c) {
                break;
            }
        }
    }
    sequence
}

/// The narrowest that a drawing is for each of its bars: one with no other text is exactly as wide as its rows. A display
/// that does not fill its rows has no width that all its drawings are multiples of.
fn width(drawings: &[Drawing]) -> Option<usize> {
    let erased = || drawings.iter().filter(|drawing| drawing.erased > 0);
    let width = erased()
        .map(|drawing| drawing.columns / drawing.erased)
        .filter(|width| WIDTHS.contains(width))
        .min()?;
    let filled = erased().filter(|drawing| drawing.columns.is_multiple_of(width));
    (filled.count() * 10 >= erased().count() * 9).then_some(width)
}

/// Cuts a drawing at the right edge. A row that is full to its last column goes on in the next one, unless that is
/// indented. So does one that ends with a single blank when the next begins with a word: lines begin with blanks more
/// often than they are one short of a row.
fn rows_to_lines(text: &str, width: usize, lines: &mut Vec<String>) {
    let rows = rows(text, width);
    let mut line = String::new();
    for (at, row) in rows.iter().enumerate() {
        line.push_str(row);
        let blanks = row.len() - row.trim_end_matches(' ').len();
        let next = rows.get(at + 1);
        let starts_word = |c: char| c.is_alphanumeric() || "`'\"([{<:".contains(c);
        let goes_on = match blanks {
            0 => next.is_some_and(|next| !next.starts_with("    ")),
            1 => next.is_some_and(|next| next.starts_with(starts_word)),
            _ => false,
        };
        if !goes_on {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
    }
}

fn rows(text: &str, width: usize) -> Vec<&str> {
    let mut rows = Vec::new();
    let (mut start, mut column) = (0, 0);
    for (at, c) in text.char_indices() {
        column += c.width().unwrap_or_default();
        if column >= width {
            let end = at + c.len_utf8();
            rows.push(&text[start..end]);
            (start, column) = (end, 0);
        }
    }
    if start < text.len() {
        rows.push(&text[start..]);
    }
    rows
}

#[cfg(test)]
mod tests;
