//! The compiler: `/app/Sources/Cart.swift:12:5: error: cannot find 'x' in scope`; the first error of a file tells it.

use crate::findings::{Block, Finding, Findings, Standing};
use crate::kind::Kind;
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::SWIFTC;

#[derive(Debug, Default)]
pub(super) struct Build {
    files: Vec<String>,
}

impl Recognizer for Build {
    fn anchors(&self) -> &'static [&'static str] {
        &[": error: ", "BUILD FAILED **", "error: "]
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some((file, message)) = error(text) {
            if self.files.iter().any(|known| known == file) || self.files.len() > 2_000 {
                return;
            }
            self.files.push(file.to_owned());
            let mut finding = Finding::new(SWIFTC, None, Kind::Build, Block::of(line));
            finding.suite = Some(file.to_owned());
            findings.report(finding.saying(message));
        } else if text == "** BUILD FAILED **" || text == "error: fatalError" {
            let finding = Finding::new(SWIFTC, None, Kind::Build, Block::of(line));
            findings.report(
                finding
                    .saying("the build failed")
                    .standing(Standing::Fallback),
            );
        }
    }

    fn finish(&mut self, _: &mut Findings) {}
}

/// With line and column, which assertions of `XCTest` do not have.
fn error(text: &str) -> Option<(&str, &str)> {
    let (place, message) = text.split_once(": error: ")?;
    let mut parts = place.rsplitn(3, ':');
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let has_place = is_number(parts.next()) && is_number(parts.next());
    let file = parts.next().filter(|file| super::is_swift(file))?;
    has_place.then_some((file, message))
}
