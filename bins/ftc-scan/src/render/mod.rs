//! The forms of the answer.
//!
//! Each form is written as the files come, so that nothing waits for the last one; only Markdown and HTML, which say first what
//! they come to, are written at the end. What stands in a log is hostile: the scanner has redacted and cleaned it, and every
//! form escapes it once more for the place where it goes, names of files included.

mod html;
mod human;
mod json;
mod junit;
mod markdown;
pub mod text;

#[cfg(test)]
mod samples;

use std::io::{self, Write};

use ftc_cli::config::ScanFormat;
use ftc_cli::{Context, Verbosity};

pub use human::{Human, seen_words as human_seen};
pub use json::write_line as write_json_line;

use crate::model::{FileResult, Summary};
use crate::plan::Plan;

/// Writes an answer in one form.
pub trait Renderer {
    /// What stands before everything.
    fn begin(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// One file.
    fn file(&mut self, file: &FileResult, out: &mut dyn Write) -> io::Result<()>;

    /// What stands after everything.
    fn end(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()>;
}

/// The renderer of the form that was asked for.
pub fn for_plan(plan: &Plan, context: &Context) -> Box<dyn Renderer> {
    let shows_excerpts = context.verbosity >= Verbosity::Verbose;
    match plan.format {
        ScanFormat::Human => Box::new(Human::new(context.stdout, shows_excerpts)),
        ScanFormat::Json => Box::new(json::Json::default()),
        ScanFormat::Jsonl => Box::new(json::Jsonl),
        ScanFormat::Html => Box::new(html::Html::default()),
        ScanFormat::Junit => Box::new(junit::Junit),
        ScanFormat::Markdown => Box::new(markdown::Markdown::default()),
    }
}
