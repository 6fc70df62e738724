//! Text of bounded size, gathered in pieces.

use crate::junit::NoteKind;
use crate::junit::Notes;

/// What stands between the two kept ends of a text that was too long.
const GAP: &str = "\n[... text left out ...]\n";

/// A text from a report, kept up to a limit.
///
/// Of a longer text the two ends are kept, because some tools put the cause first and others last; a line that says
/// so stands between them. Line ends are `\n`. Characters that XML forbids, escape codes among them, are still in it:
/// a caller that prints or stores the text cleans it first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Text {
    /// The text.
    pub text: String,
    /// Bytes left out of the middle, 0 when the text is whole.
    pub omitted_bytes: u64,
}

impl Text {
    /// Whether nothing but white space is in it.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Gathers a [`Text`]; holds at most twice its limit. The result does not depend on how the text was cut into pieces.
#[derive(Debug)]
pub(crate) struct TextBuilder {
    head: Vec<u8>,
    tail: Vec<u8>,
    bytes: u64,
    half: usize,
}

impl TextBuilder {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            head: Vec::new(),
            tail: Vec::new(),
            bytes: 0,
            half: limit / 2,
        }
    }

    pub(crate) fn push(&mut self, mut piece: &[u8]) {
        self.bytes += piece.len() as u64;
        let room = self.half - self.head.len();
        if room > 0 {
            let (head, rest) = piece.split_at(room.min(piece.len()));
            self.head.extend_from_slice(head);
            piece = rest;
        }
        let excess = piece.len().saturating_sub(self.half);
        self.tail.extend_from_slice(&piece[excess..]);
        // Moving the tail down only when it has doubled keeps the cost of long texts linear.
        if self.tail.len() >= 2 * self.half {
            self.tail.drain(..self.tail.len() - self.half);
        }
    }

    /// Forgets what was gathered.
    pub(crate) fn clear(&mut self) {
        self.head.clear();
        self.tail.clear();
        self.bytes = 0;
    }

    pub(crate) fn finish(mut self, notes: &mut Notes, line: u64) -> Text {
        let excess = self.tail.len().saturating_sub(self.half);
        self.tail.drain(..excess);
        let kept = (self.head.len() + self.tail.len()) as u64;
        let mut text;
        if kept == self.bytes {
            self.head.append(&mut self.tail);
            text = decode(&self.head, notes, line);
        } else {
            trim_split_character_at_end(&mut self.head);
            trim_split_character_at_start(&mut self.tail);
            text = decode(&self.head, notes, line);
            text.push_str(GAP);
            text.push_str(&decode(&self.tail, notes, line));
        }
        let omitted_bytes = self.bytes - (self.head.len() + self.tail.len()) as u64;
        note_forbidden(&text, notes, line);
        Text {
            text: normalize_line_ends(text),
            omitted_bytes,
        }
    }
}

/// Cuts `text` to at most `limit` bytes on a character boundary, and says whether it had to.
pub(crate) fn truncate(text: &mut String, limit: usize) -> bool {
    if text.len() <= limit {
        return false;
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    true
}

/// Makes `\n` of `\r\n` and of a lone `\r`, as XML asks.
pub(crate) fn normalize_line_ends(text: String) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text
    }
}

/// Notes the characters of `text` that XML 1.0 forbids.
pub(crate) fn note_forbidden(text: &str, notes: &mut Notes, line: u64) {
    let forbidden = text.chars().filter(|&c| is_forbidden(c)).count();
    notes.add(NoteKind::ForbiddenCharacter, line, forbidden as u64);
}

/// Whether XML 1.0 forbids `c`, also as a reference (section 2.2, "Characters").
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn decode(bytes: &[u8], notes: &mut Notes, line: u64) -> String {
    let text = String::from_utf8_lossy(bytes);
    if let std::borrow::Cow::Owned(_) = text {
        notes.add(NoteKind::InvalidUtf8, line, 1);
    }
    text.into_owned()
}

fn trim_split_character_at_end(bytes: &mut Vec<u8>) {
    // A lead byte without all of its followers can only stand among the last three bytes.
    for back in 1..=bytes.len().min(3) {
        let at = bytes.len() - back;
        let needed = match bytes[at] {
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
            0x80..=0xbf => continue,
            _ => return,
        };
        if back < needed {
            bytes.truncate(at);
        }
        return;
    }
}

fn trim_split_character_at_start(bytes: &mut Vec<u8>) {
    let followers = bytes
        .iter()
        .take(3)
        .take_while(|&&byte| byte & 0xc0 == 0x80);
    let count = followers.count();
    bytes.drain(..count);
}
