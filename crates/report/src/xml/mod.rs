//! A push tokenizer for XML as test tools write it: cut anywhere, never wholly in memory.
//!
//! `quick-xml` finds the end of a tag and reads its attributes. What stands around it here is what a pull parser over
//! one buffer cannot give: text and CDATA sections of any size pass through in pieces. Nothing is ever expanded but
//! the five predefined entities and character references, so a document type declaration is inert.

mod doctype;
mod encoding;
mod reference;
mod tag;
mod terminator;
mod tokenizer;

pub(crate) use doctype::Doctype;
pub(crate) use tag::Tag;
pub(crate) use terminator::Terminator;
pub(crate) use tokenizer::{Handler, Tokenizer};
