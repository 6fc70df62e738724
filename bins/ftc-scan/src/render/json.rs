//! JSON: one document, or one line per file.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use super::Renderer;
use super::text::acts_on_reader;
use crate::model::{FileResult, Summary, Unreadable};

/// Names the form of the document that holds everything.
const REPORT_SCHEMA: &str = "ftc.scan.report/1";

/// One object per file and line, as soon as the file is read.
#[derive(Debug)]
pub struct Jsonl;

impl Renderer for Jsonl {
    fn file(&mut self, file: &FileResult, out: &mut dyn Write) -> io::Result<()> {
        write_line(file, out)
    }

    fn end(&mut self, _summary: &Summary, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// One document. It is written file by file, one per line, so that it need not be kept.
#[derive(Debug, Default)]
pub struct Json {
    has_files: bool,
}

impl Renderer for Json {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\"schema\":\"{REPORT_SCHEMA}\",\"files\":[")
    }

    fn file(&mut self, file: &FileResult, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.has_files { b",\n" } else { b"\n" })?;
        self.has_files = true;
        write_value(file, out)
    }

    fn end(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"\n],\"summary\":")?;
        write_value(&Totals::new(summary), out)?;
        out.write_all(b",\"errors\":")?;
        write_value::<[Unreadable]>(&summary.errors, out)?;
        out.write_all(b"}\n")
    }
}

/// The totals.
#[derive(Debug, Serialize)]
struct Totals<'a> {
    files: usize,
    failures: usize,
    flaky: usize,
    unreadable: usize,
    elapsed_ms: u128,
    warnings: &'a [String],
}

impl<'a> Totals<'a> {
    fn new(summary: &'a Summary) -> Self {
        Self {
            files: summary.files,
            failures: summary.failures,
            flaky: summary.flaky,
            unreadable: summary.errors.len(),
            elapsed_ms: summary.elapsed.as_millis(),
            warnings: &summary.warnings,
        }
    }
}

/// Writes a value and a line feed.
pub fn write_line<T: Serialize + ?Sized>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    write_value(value, out)?;
    out.write_all(b"\n")
}

fn write_value<T: Serialize + ?Sized>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Harmless);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// Escapes in strings also what JSON itself does not ask for: characters that act on a terminal or reorder what is read.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(acts_on_reader) {
            out.write_all(&rest.as_bytes()[..at])?;
            let character = rest[at..].chars().next().expect("one was found here");
            let mut escaped = String::new();
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(escaped, "\\u{unit:04x}").expect("a string takes everything");
            }
            out.write_all(escaped.as_bytes())?;
            rest = &rest[at + character.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{self, render};
    use super::*;

    #[test]
    fn a_line_per_file() {
        let text = render(&mut Jsonl, &samples::files(), &samples::summary());
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), samples::files().len());
        assert!(text.starts_with(
            "{\"schema\":\"ftc.scan/1\",\"file\":\"unit/lease.log\",\"frameworks\":[\"go-test\"],"
        ));
        let failure = &lines[0]["failures"][0];
        assert_eq!(
            failure["test"],
            "TestLease/expires_after_the_renewal_was_refused_by_the_leader"
        );
        assert_eq!(failure["kind"], "assertion");
        assert_eq!(failure["fingerprint"].as_str().unwrap().len(), 64);
        assert_eq!(failure["fingerprint_version"], "f2");
        assert_eq!(failure["passed_on_retry"], false);
        assert_eq!(failure["first_line"], 12);
        assert!(failure.get("detail").unwrap().is_null());
        assert_eq!(failure["seen"]["times"], 3);
        assert_eq!(
            lines[2].get("failures").unwrap().as_array().unwrap().len(),
            0
        );
    }

    #[test]
    fn one_document() {
        let text = render(&mut Json::default(), &samples::files(), &samples::summary());
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["schema"], "ftc.scan.report/1");
        assert_eq!(document["files"].as_array().unwrap().len(), 3);
        assert_eq!(document["files"][0]["schema"], "ftc.scan/1");
        assert_eq!(document["summary"]["failures"], 2);
        assert_eq!(document["errors"][0]["file"], "broken.gz");
        let empty = render(&mut Json::default(), &[], &Summary::default());
        let document: serde_json::Value = serde_json::from_str(&empty).unwrap();
        assert_eq!(document["files"].as_array().unwrap().len(), 0);
    }

    #[test]
    fn nothing_in_a_string_acts_on_a_terminal() {
        let mut out = Vec::new();
        write_line(
            &"a\u{1b}\u{9b}31m\u{7f}\u{202e}\u{2066}é\u{1f600}",
            &mut out,
        )
        .unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "\"a\\u001b\\u009b31m\\u007f\\u202e\\u2066é\u{1f600}\"\n"
        );
        let back: String = serde_json::from_str(&text).unwrap();
        assert_eq!(back, "a\u{1b}\u{9b}31m\u{7f}\u{202e}\u{2066}é\u{1f600}");
    }
}
