//! Control characters and escape codes.

use std::borrow::Cow;

/// Removes what a terminal would obey instead of show: ANSI escape codes (CSI, OSC and the other strings, two-character
/// ones), C0 except newline and tab, DEL, C1, and the characters that reorder text (bidi marks, embeddings, overrides, isolates).
///
/// Everything else stays, zero-width joiners included. An escape code ends at the end of its line at the latest, so that an
/// unfinished one cannot swallow the rest. A text without any of these is borrowed.
pub fn strip_controls(text: &str) -> Cow<'_, str> {
    let Some(first) = first_control(text) else {
        return Cow::Borrowed(text);
    };
    let mut stripped = String::with_capacity(text.len());
    stripped.push_str(&text[..first]);
    Stripper::default().push(&text[first..], &mut stripped);
    Cow::Owned(stripped)
}

/// Strips a text that comes in pieces; the pieces of the result are the result of the whole, however it is cut.
#[derive(Debug, Default)]
pub(crate) struct Stripper {
    state: State,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// After ESC: the next character says what follows.
    Escape,
    /// After ESC and an intermediate byte, as in `ESC ( B`: up to a final byte.
    Intermediate,
    /// In `CSI parameters final`.
    Csi,
    /// In an OSC, DCS, SOS, PM or APC string: up to BEL, ST or the end of the line.
    String,
    /// After an ESC in such a string, which is half of an ST.
    StringEscape,
}

impl Stripper {
    pub(crate) fn push(&mut self, text: &str, stripped: &mut String) {
        for character in text.chars() {
            if self.shows(character) {
                stripped.push(character);
            }
        }
    }

    /// Whether a terminal shows `character` here.
    fn shows(&mut self, character: char) -> bool {
        let (state, shown) = match (self.state, character) {
            // Ends every code.
            (_, '\n') => (State::Text, true),
            (State::Text, _) => (introduced_by(character), !is_control(character)),
            (State::Escape, '[') | (State::Csi, '\x20'..='\x3f') => (State::Csi, false),
            (State::Escape, ']' | 'P' | 'X' | '^' | '_') => (State::String, false),
            (State::Escape | State::Intermediate, '\x20'..='\x2f') => (State::Intermediate, false),
            // Final bytes and terminators.
            (State::Escape | State::Intermediate, '\x30'..='\x7e')
            | (State::Csi, '\x40'..='\x7e')
            | (State::String, '\x07' | '\u{9c}')
            | (State::StringEscape, '\\') => (State::Text, false),
            (State::String | State::StringEscape, '\x1b') => (State::StringEscape, false),
            (State::String, _) => (State::String, false),
            // Anything else breaks the code off and stands for itself.
            (State::StringEscape, _) => {
                self.state = State::Escape;
                return self.shows(character);
            }
            (State::Escape | State::Intermediate | State::Csi, _) => {
                (introduced_by(character), !is_control(character))
            }
        };
        self.state = state;
        shown
    }
}

/// The state after `character` in plain text.
fn introduced_by(character: char) -> State {
    match character {
        '\x1b' => State::Escape,
        '\u{9b}' => State::Csi,
        '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => State::String,
        _ => State::Text,
    }
}

fn is_control(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        // C0, DEL and C1.
        _ if character.is_control() => true,
        // Marks, embeddings and overrides, isolates, and the deprecated ones after them.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => {
            true
        }
        _ => false,
    }
}

fn first_control(text: &str) -> Option<usize> {
    // Plain ASCII is the common case, and a scan over bytes is several times as fast as one over characters.
    let first = text
        .bytes()
        .position(|byte| (byte < b' ' && byte != b'\n' && byte != b'\t') || byte >= 0x7f)?;
    text[first..]
        .char_indices()
        .find(|(_, character)| is_control(*character))
        .map(|(index, _)| first + index)
}
