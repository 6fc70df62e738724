//! One start tag and its attributes.

use quick_xml::events::BytesStart;
use quick_xml::parser::ElementParser;

use super::reference;
use crate::junit::{NoteKind, Notes};
use crate::limits;
use crate::position::Position;

/// A start tag, decoded, without the angle brackets.
#[derive(Debug)]
pub(crate) struct Tag {
    content: String,
    name_len: usize,
    /// Whether it is `<name/>`, which has no content and no end tag.
    pub(crate) is_empty: bool,
    /// Where its `<` stands.
    pub(crate) start: Position,
    /// After its `>`.
    pub(crate) end: Position,
}

impl Tag {
    pub(crate) fn new(mut content: String, start: Position, end: Position) -> Self {
        let is_empty = content.ends_with('/');
        if is_empty {
            content.pop();
        }
        let name_len = content
            .find(|c: char| c.is_ascii_whitespace())
            .unwrap_or(content.len());
        Self {
            content,
            name_len,
            is_empty,
            start,
            end,
        }
    }

    /// The name without a namespace prefix.
    pub(crate) fn name(&self) -> &str {
        local_name(&self.content[..self.name_len])
    }

    /// Reads the attributes into `take`, in the order in which they are written.
    pub(crate) fn attributes(&self, notes: &mut Notes, mut take: impl FnMut(&str, String)) {
        let start = BytesStart::from_content(self.content.as_str(), self.name_len);
        let mut attributes = start.attributes();
        // The check for duplicates compares each with each.
        attributes.with_checks(false);
        let mut count = 0;
        for attribute in attributes {
            let Ok(attribute) = attribute else {
                notes.add(NoteKind::MalformedAttribute, self.start.line, 1);
                continue;
            };
            count += 1;
            if count > limits::ATTRIBUTES_PER_TAG {
                notes.add(NoteKind::AttributesLeftOut, self.start.line, 1);
                return;
            }
            let (value, unknown) = reference::unescape(&attribute.value);
            notes.add(NoteKind::UnknownEntity, self.start.line, unknown);
            take(local_name(attribute.key.as_ref()), value);
        }
    }
}

/// What closes a tag that was cut off in this state, so that its last attribute can still be read.
pub(crate) fn closing_quote(state: ElementParser) -> &'static str {
    match state {
        ElementParser::Outside => "",
        ElementParser::SingleQ => "'",
        ElementParser::DoubleQ => "\"",
    }
}

pub(crate) fn local_name(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}
