//! Perl's `Test::More` and its kin on standard error, and prove.
//!
//! Formats: `Test::Builder` and `Test2::Formatter::TAP` of Test-Simple 1.3 (`#   Failed test 'name'`), pgTAP
//! (`# Failed test 2: "name"`), `TAP::Formatter::Base` of Test-Harness 3.3 to 3.50.

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings};
use crate::kind::Kind;
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::PERL;
use super::prove::Prove;

/// Lines of one diagnosis.
const LINES: usize = 60;

#[derive(Debug, Default)]
pub(super) struct Perl {
    open: Option<Open>,
    /// Failures of subtests whose parents have not been named yet.
    nested: Vec<(usize, Finding)>,
    prove: Prove,
}

/// `#   Failed test 'name'` and what stands below it.
#[derive(Debug)]
struct Open {
    indent: usize,
    name: Option<String>,
    file: Option<String>,
    details: Vec<String>,
    block: Block,
}

impl Recognizer for Perl {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "Failed test",
            " Failed: ",
            "Result: PASS",
            "Result: FAIL",
            "compilation errors.",
            "failed--compilation aborted at ",
            "FAILED--Further testing stopped",
        ]
    }

    fn follows(&self) -> bool {
        self.open.is_some() || self.prove.follows()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(open) = &mut self.open {
            if open.takes(text) {
                open.push(line);
                return;
            }
            self.close(findings);
        }
        if let Some(open) = Open::start(line) {
            self.open = Some(open);
            return;
        }
        self.prove.line(line, findings);
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close(findings);
        self.tell(findings);
        self.prove.close(findings);
    }
}

impl Perl {
    fn close(&mut self, findings: &mut Findings) {
        let Some(open) = self.open.take() else {
            return;
        };
        let indent = open.indent;
        let is_parent = self.nested.iter().any(|&(deeper, _)| deeper > indent);
        if is_parent {
            let name = open.name.unwrap_or_default();
            for (deeper, finding) in &mut self.nested {
                if *deeper > indent
                    && let Some(test) = &mut finding.test
                {
                    *test = format!("{name}/{test}");
                    *deeper = indent;
                }
            }
        } else if self.nested.len() < FINDING_LIMIT {
            self.nested.push((indent, open.finding()));
        }
        if indent == 0 {
            self.tell(findings);
        }
    }

    fn tell(&mut self, findings: &mut Findings) {
        for (_, finding) in self.nested.drain(..) {
            if let Some(file) = &finding.suite {
                self.prove.knows(file);
            }
            findings.report(finding);
        }
    }
}

impl Open {
    fn start(line: &Line<'_>) -> Option<Self> {
        let text = line.text.as_ref();
        let inner = text.trim_start_matches(' ');
        let indent = text.len() - inner.len();
        let rest = inner.strip_prefix('#')?.trim_start();
        let rest = rest.strip_prefix("Failed test")?;
        let mut open = Self {
            indent,
            name: None,
            file: None,
            details: Vec::new(),
            block: Block::of(line),
        };
        if let Some(place) = rest.strip_prefix(" at ") {
            open.file = Some(place_file(place)?.to_owned());
            return Some(open);
        }
        let rest = rest.trim_start();
        let rest = match rest.split_once(": \"") {
            // pgTAP has the number before the name.
            Some((number, name)) if number.bytes().all(|b| b.is_ascii_digit()) => {
                name.strip_suffix('"')?
            }
            _ => rest.strip_prefix('\'')?.strip_suffix('\'').unwrap_or(rest),
        };
        open.name = Some(rest.to_owned());
        Some(open)
    }

    fn takes(&self, text: &str) -> bool {
        let Some(rest) = text.get(self.indent..) else {
            return false;
        };
        let inner = rest.strip_prefix('#').map(str::trim_start);
        text[..self.indent].trim().is_empty()
            && self.details.len() < LINES
            && inner.is_some_and(|inner| {
                !inner.starts_with("Looks like ")
                    && !inner.starts_with("Subtest")
                    && !inner.starts_with("Failed ")
            })
    }

    fn push(&mut self, line: &Line<'_>) {
        self.block.push(line);
        let text = &line.text[self.indent..];
        let said = text.trim_start_matches('#').trim();
        let place = said
            .strip_prefix("at ")
            .or_else(|| said.strip_prefix("in "));
        if self.file.is_none()
            && let Some(file) = place.and_then(place_file)
        {
            self.file = Some(file.to_owned());
        } else {
            self.details.push(said.to_owned());
        }
    }

    fn finding(self) -> Finding {
        let details: Vec<&str> = self.details.iter().map(String::as_str).collect();
        let test = self.name.or_else(|| self.file.clone());
        let mut finding = Finding::new(PERL, test, Kind::Assertion, self.block);
        finding.message = message(&details);
        finding.suite = self.file;
        finding
    }
}

/// `t/cart.t line 3.`
fn place_file(place: &str) -> Option<&str> {
    let (file, line) = place.rsplit_once(" line ")?;
    line.trim_end_matches('.')
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(file)
}

/// What a diagnosis says below its place.
fn message(details: &[&str]) -> String {
    let said: Vec<&str> = details
        .iter()
        .map(|line| line.trim())
        .filter(|line| {
            !(line.is_empty() || line.starts_with("at ") && place_file(&line[3..]).is_some())
        })
        .take(12)
        .collect();
    said.join("\n")
}
