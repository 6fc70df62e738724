//! The tokenizer: bytes in, tags and text out.

use std::borrow::Cow;

use quick_xml::events::BytesStart;
use quick_xml::parser::{ElementParser, Parser as _};

use super::doctype::Doctype;
use super::encoding::Encoding;
use super::reference;
use super::tag::{self, Tag};
use super::terminator::Terminator;
use crate::junit::{NoteKind, Notes, ReportError};
use crate::limits;
use crate::position::Position;

/// Takes what the tokenizer finds. Names are local names; a tag that is empty has no end.
pub(crate) trait Handler {
    fn start(&mut self, tag: &Tag) -> Result<(), ReportError>;
    /// `start` and `end` are the places before and after the end tag.
    fn end(&mut self, name: &str, start: Position, end: Position) -> Result<(), ReportError>;
    /// A piece of text, in UTF-8 or in what was meant to be; pieces may be cut inside a character.
    fn text(&mut self, piece: &[u8], at: Position) -> Result<(), ReportError>;
    fn notes(&mut self) -> &mut Notes;
}

/// Cuts an input into tags and text. After an error it takes nothing more.
#[derive(Debug)]
pub(crate) struct Tokenizer {
    state: State,
    /// Where the next byte stands.
    position: Position,
    /// Where the construct began that is being read.
    construct: Position,
    /// The bytes of that construct, as far as they are needed.
    held: Vec<u8>,
    encoding: Encoding,
    has_byte_order_mark: bool,
}

#[derive(Debug)]
enum State {
    /// At the first bytes, where a byte order mark may stand.
    Start,
    Text,
    /// After `<`, until it is clear what it opens.
    Opener,
    /// After `&`.
    Reference,
    Tag(OpenTag),
    Comment(Terminator),
    Cdata(Terminator),
    Instruction(Terminator),
    Doctype(Doctype),
}

/// A tag whose end has not been seen.
#[derive(Debug, Clone, Copy, Default)]
struct OpenTag {
    parser: ElementParser,
    /// The byte before the next one; a `/` before the end makes the tag empty.
    last: u8,
    is_cut: bool,
}

/// What the bytes after `<` turned out to be.
enum Opened {
    Undecided,
    Construct(State),
    /// A `<` in plain text.
    Nothing,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Tokenizer {
    pub(crate) fn new() -> Self {
        Self {
            state: State::Start,
            position: Position::START,
            construct: Position::START,
            held: Vec::new(),
            encoding: Encoding::Utf8,
            has_byte_order_mark: false,
        }
    }

    /// Where the next byte stands.
    pub(crate) fn position(&self) -> Position {
        self.position
    }

    /// What the input ended inside of, where that is not plain text.
    pub(crate) fn open_construct(&self) -> Option<&'static str> {
        match self.state {
            State::Start | State::Text | State::Reference => None,
            State::Opener | State::Tag(_) => Some("a tag"),
            State::Comment(_) => Some("a comment"),
            State::Cdata(_) => Some("a CDATA section"),
            State::Instruction(_) => Some("a processing instruction"),
            State::Doctype(_) => Some("a document type declaration"),
        }
    }

    pub(crate) fn feed(
        &mut self,
        mut input: &[u8],
        handler: &mut impl Handler,
    ) -> Result<(), ReportError> {
        while !input.is_empty() {
            let used = self.step(input, handler)?;
            input = &input[used..];
        }
        Ok(())
    }

    /// Takes at least one byte of `input` and returns how many.
    fn step(&mut self, input: &[u8], handler: &mut impl Handler) -> Result<usize, ReportError> {
        match &mut self.state {
            State::Start => self.start(input[0], handler),
            State::Text => self.text(input, handler),
            State::Opener => self.opener(input[0], handler),
            State::Reference => self.reference(input[0], handler),
            State::Tag(_) => self.tag(input, handler),
            State::Cdata(_) => self.cdata(input, handler),
            State::Instruction(_) => self.instruction(input),
            State::Comment(comment) => {
                let end = comment.feed(input, |_| ());
                Ok(self.skip(input, end))
            }
            State::Doctype(doctype) => {
                let end = doctype.feed(input);
                Ok(self.skip(input, end))
            }
        }
    }

    fn advance(&mut self, bytes: &[u8]) {
        self.position = self.position.after(bytes);
    }

    /// Leaves a skipped construct behind if it ended.
    fn skip(&mut self, input: &[u8], end: Option<usize>) -> usize {
        let used = end.unwrap_or(input.len());
        self.advance(&input[..used]);
        if end.is_some() {
            self.state = State::Text;
        }
        used
    }

    fn start(&mut self, byte: u8, handler: &mut impl Handler) -> Result<usize, ReportError> {
        self.held.push(byte);
        self.advance(&[byte]);
        match self.held.as_slice() {
            b"\xff\xfe" | b"\xfe\xff" | b"\0<" | b"<\0" => {
                return Err(ReportError::Encoding {
                    name: "UTF-16".to_owned(),
                });
            }
            b"\xff" | b"\xfe" | b"\0" | b"<" => return Ok(1),
            BYTE_ORDER_MARK => {
                self.held.clear();
                self.has_byte_order_mark = true;
                self.state = State::Text;
                return Ok(1);
            }
            held if BYTE_ORDER_MARK.starts_with(held) => return Ok(1),
            _ => {}
        }
        let held = std::mem::take(&mut self.held);
        self.state = State::Text;
        self.position = Position::START;
        self.feed(&held, handler)?;
        Ok(1)
    }

    fn text(&mut self, input: &[u8], handler: &mut impl Handler) -> Result<usize, ReportError> {
        let end = memchr::memchr2(b'<', b'&', input).unwrap_or(input.len());
        if end > 0 {
            self.emit(&input[..end], self.position, handler)?;
            self.advance(&input[..end]);
            return Ok(end);
        }
        self.construct = self.position;
        self.held.clear();
        self.held.push(input[0]);
        self.advance(&input[..1]);
        self.state = if input[0] == b'<' {
            State::Opener
        } else {
            State::Reference
        };
        Ok(1)
    }

    fn emit(
        &self,
        piece: &[u8],
        at: Position,
        handler: &mut impl Handler,
    ) -> Result<(), ReportError> {
        if piece.is_empty() {
            return Ok(());
        }
        handler.text(&self.encoding.to_utf8(piece), at)
    }

    /// Passes on as text what was held for a construct that it was not; `byte` follows it and is not used up.
    fn give_back(&mut self, handler: &mut impl Handler) -> Result<usize, ReportError> {
        let held = std::mem::take(&mut self.held);
        self.state = State::Text;
        self.emit(&held, self.construct, handler)?;
        Ok(0)
    }

    fn opener(&mut self, byte: u8, handler: &mut impl Handler) -> Result<usize, ReportError> {
        self.held.push(byte);
        match opened(&self.held) {
            Opened::Undecided => {}
            Opened::Nothing => {
                handler
                    .notes()
                    .add(NoteKind::StrayLessThan, self.construct.line, 1);
                self.held.pop();
                return self.give_back(handler);
            }
            Opened::Construct(State::Tag(mut tag)) => {
                // No byte that opens a tag is a quote or the end, so the parser starts after it.
                self.held.remove(0);
                tag.last = byte;
                self.state = State::Tag(tag);
            }
            Opened::Construct(state) => {
                self.held.clear();
                self.state = state;
            }
        }
        self.advance(&[byte]);
        Ok(1)
    }

    fn reference(&mut self, byte: u8, handler: &mut impl Handler) -> Result<usize, ReportError> {
        if byte == b';' {
            self.advance(&[byte]);
            self.held.push(byte);
            let name = &self.held[1..self.held.len() - 1];
            let Some(c) = reference::resolve(name) else {
                handler
                    .notes()
                    .add(NoteKind::UnknownEntity, self.construct.line, 1);
                self.give_back(handler)?;
                return Ok(1);
            };
            self.state = State::Text;
            handler.text(c.encode_utf8(&mut [0; 4]).as_bytes(), self.construct)?;
            return Ok(1);
        }
        if !reference::is_name_byte(byte) || self.held.len() >= reference::MAX_BYTES - 1 {
            handler
                .notes()
                .add(NoteKind::UnknownEntity, self.construct.line, 1);
            return self.give_back(handler);
        }
        self.held.push(byte);
        self.advance(&[byte]);
        Ok(1)
    }

    fn tag(&mut self, input: &[u8], handler: &mut impl Handler) -> Result<usize, ReportError> {
        let State::Tag(mut tag) = self.state else {
            unreachable!("`step` calls this in the tag state only");
        };
        let mut at_cut = tag.parser;
        let end = tag.parser.feed(input);
        let content = &input[..end.unwrap_or(input.len())];
        let room = limits::TAG_BYTES.saturating_sub(self.held.len());
        if tag.is_cut {
            // Only the end of the tag matters now.
        } else if content.len() > room {
            let kept = &content[..room];
            self.held.extend_from_slice(kept);
            let ended = at_cut.feed(kept);
            debug_assert_eq!(ended, None, "the end lies behind the cut");
            // The open value is closed, so that it can be read as far as it goes.
            self.held
                .extend_from_slice(tag::closing_quote(at_cut).as_bytes());
            tag.is_cut = true;
            handler
                .notes()
                .add(NoteKind::TagTooLong, self.construct.line, 1);
        } else {
            self.held.extend_from_slice(content);
        }
        tag.last = content.last().copied().unwrap_or(tag.last);
        let used = end.map_or(input.len(), |end| end + 1);
        self.advance(&input[..used]);
        if end.is_none() {
            self.state = State::Tag(tag);
            return Ok(used);
        }
        let mut content = std::mem::take(&mut self.held);
        if tag.is_cut && tag.last == b'/' {
            content.push(b'/');
        }
        self.state = State::Text;
        self.finish_tag(&content, handler)?;
        Ok(used)
    }

    fn finish_tag(
        &mut self,
        content: &[u8],
        handler: &mut impl Handler,
    ) -> Result<(), ReportError> {
        let utf8 = self.encoding.to_utf8(content);
        let content = String::from_utf8_lossy(&utf8);
        if let Cow::Owned(_) = content {
            handler
                .notes()
                .add(NoteKind::InvalidUtf8, self.construct.line, 1);
        }
        if let Some(name) = content.strip_prefix('/') {
            return handler.end(
                tag::local_name(name.trim_ascii()),
                self.construct,
                self.position,
            );
        }
        let tag = Tag::new(content.into_owned(), self.construct, self.position);
        handler.start(&tag)
    }

    fn cdata(&mut self, input: &[u8], handler: &mut impl Handler) -> Result<usize, ReportError> {
        let State::Cdata(mut terminator) = self.state else {
            unreachable!("`step` calls this in the CDATA state only");
        };
        let mut result = Ok(());
        let at = self.position;
        let end = terminator.feed(input, |piece| {
            if result.is_ok() {
                result = self.emit(piece, at, handler);
            }
        });
        result?;
        self.state = State::Cdata(terminator);
        Ok(self.skip(input, end))
    }

    fn instruction(&mut self, input: &[u8]) -> Result<usize, ReportError> {
        /// More than any XML declaration needs.
        const DECLARATION_BYTES: usize = 512;

        let State::Instruction(mut terminator) = self.state else {
            unreachable!("`step` calls this in the instruction state only");
        };
        let held = &mut self.held;
        let end = terminator.feed(input, |piece| {
            let room = DECLARATION_BYTES.saturating_sub(held.len());
            held.extend_from_slice(&piece[..room.min(piece.len())]);
        });
        self.state = State::Instruction(terminator);
        if end.is_some() {
            self.declare_encoding()?;
        }
        Ok(self.skip(input, end))
    }

    /// Takes the encoding from the instruction that has just ended, if it is the XML declaration at the start.
    fn declare_encoding(&mut self) -> Result<(), ReportError> {
        let held = std::mem::take(&mut self.held);
        let starts_input = self.construct == Position::START;
        if !starts_input || self.has_byte_order_mark || !held.starts_with(b"xml") {
            return Ok(());
        }
        let declaration = String::from_utf8_lossy(&held);
        let start = BytesStart::from_content(&*declaration, "xml".len());
        // Malformed declarations say nothing about the encoding, so the default holds.
        let encoding = start
            .attributes()
            .flatten()
            .find(|attribute| attribute.key.as_ref() == "encoding");
        if let Some(encoding) = encoding {
            self.encoding =
                Encoding::from_label(&encoding.value).ok_or_else(|| ReportError::Encoding {
                    name: encoding
                        .value
                        .chars()
                        .filter(|c| !c.is_control())
                        .take(40)
                        .collect(),
                })?;
        }
        Ok(())
    }
}

/// Decides what `held`, which begins with `<` and has at least one more byte, opens.
fn opened(held: &[u8]) -> Opened {
    const COMMENT: &[u8] = b"<!--";
    const CDATA: &[u8] = b"<![CDATA[";
    match held[1] {
        b'?' => Opened::Construct(State::Instruction(Terminator::INSTRUCTION)),
        b'!' if held == COMMENT => Opened::Construct(State::Comment(Terminator::COMMENT)),
        b'!' if held == CDATA => Opened::Construct(State::Cdata(Terminator::CDATA)),
        b'!' if COMMENT.starts_with(held) || CDATA.starts_with(held) => Opened::Undecided,
        b'!' => Opened::Construct(State::Doctype(Doctype::default())),
        b'/' | b'_' | b':' | b'a'..=b'z' | b'A'..=b'Z' | 0x80..=0xff => {
            Opened::Construct(State::Tag(OpenTag::default()))
        }
        _ => Opened::Nothing,
    }
}
