//! bats-core: what its comments and its pretty formatter say.
//!
//! Formats: `lib/bats-core/tracing.bash`, `libexec/bats-core/bats-format-{tap,tap13,pretty,junit}` of releases 1.2 to 1.12
//! (<https://github.com/bats-core/bats-core>), bats-assert's boxes.

use crate::findings::{Block, Finding, Findings};
use crate::kind::Kind;
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::BATS;

/// Whether these comments are bats's: it says in which file and line the test stands.
pub(super) fn is_own(said: &[&str]) -> bool {
    said.iter().take(16).any(|line| {
        let line = line.trim_start_matches([' ', '(']);
        (line.starts_with("in test file ") || line.starts_with("from function "))
            && line.contains(", line ")
    })
}

/// The command that failed, and what an assertion says in its box or else the last words of the test.
pub(super) fn message(said: &[&str]) -> String {
    let command = said
        .iter()
        .position(|line| line.trim_start().starts_with('`') && line.contains("' failed"));
    let Some(at) = command else {
        return said.last().map_or("", |line| line.trim()).to_owned();
    };
    let output = &said[at + 1..];
    let is_box = |line: &&&str| line.trim_start().starts_with("-- ") && line.ends_with(" --");
    let words: Vec<&str> = match output.iter().position(|line| is_box(&line)) {
        Some(start) => output[start..]
            .iter()
            .map(|line| line.trim())
            .take_while(|line| *line != "--")
            .take(8)
            .collect(),
        None => output
            .iter()
            .rev()
            .map(|line| line.trim())
            .find(|line| !line.is_empty())
            .into_iter()
            .collect(),
    };
    let mut lines = vec![said[at].trim()];
    lines.extend(words);
    lines.join("\n")
}

/// The formatter for terminals: ` ✗ name`, and below it, indented by three blanks, what the comments say in TAP.
#[derive(Debug, Default)]
pub(super) struct Pretty {
    open: Option<(String, Vec<String>, Block)>,
}

impl Recognizer for Pretty {
    fn anchors(&self) -> &'static [&'static str] {
        &["' failed"]
    }

    fn follows(&self) -> bool {
        self.open.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some((_, said, block)) = &mut self.open {
            if text.starts_with("   ")
                && !text.contains(" ✗ ")
                && said.len() < 100
                && !is_drawn(text)
            {
                said.push(text.to_owned());
                block.push(line);
                return;
            }
            self.close(findings);
        }
        if text.starts_with("     `") && text.contains("' failed") {
            self.start(line);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close(findings);
    }
}

/// `   name2/7 ✓ name`: the name is drawn over when the test has ended.
fn is_drawn(text: &str) -> bool {
    text.contains(" ✓ ") || text.contains(" - ") && text.ends_with(')') && text.contains("(skipped")
}

impl Pretty {
    fn start(&mut self, line: &Line<'_>) {
        let mut said: Vec<String> = Vec::new();
        for above in line.before().take(24) {
            if let Some((_, name)) = above.rsplit_once(" ✗ ").or_else(|| above.rsplit_once("✗ "))
            {
                said.reverse();
                said.push(line.text.clone().into_owned());
                let texts: Vec<&str> = said.iter().map(String::as_str).collect();
                if is_own(&texts) {
                    self.open = Some((name.trim().to_owned(), said, Block::of(line)));
                }
                return;
            }
            if !above.starts_with("   ") {
                return;
            }
            said.push(above.into_owned());
        }
    }

    fn close(&mut self, findings: &mut Findings) {
        let Some((name, said, block)) = self.open.take() else {
            return;
        };
        let texts: Vec<&str> = said.iter().map(String::as_str).collect();
        let finding = Finding::new(BATS, Some(name), Kind::Assertion, block);
        findings.report(finding.saying(message(&texts)));
    }
}
