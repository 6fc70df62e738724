//! `RuboCop`.
//!
//! Formats: `progress`, `clang`, `simple` and `emacs` formatters of rubocop 0.80 to 1.80: an offence with its place, kind and cop, and at the
//! end `2 files inspected, 5 offenses detected`, above which the offences are read.

use crate::findings::{Block, Finding, Findings, Totals};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

const RUBOCOP: Framework = Framework::new("rubocop", "rubocop");

#[derive(Debug, Default)]
pub(super) struct Rubocop;

impl Recognizer for Rubocop {
    fn anchors(&self) -> &'static [&'static str] {
        &[" offenses detected", " offense detected"]
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let Some(declared) = declared(&line.text) else {
            return;
        };
        findings.saw(RUBOCOP);
        if declared == 0 {
            findings.passed(RUBOCOP, line.text.trim());
            return;
        }
        let above: Vec<String> = line
            .before()
            .take_while(|above| above != "Offenses:" && !above.starts_with("Inspecting "))
            .map(std::borrow::Cow::into_owned)
            .collect();
        let mut found = 0;
        for text in above.iter().rev() {
            if let Some(offence) = offence(text) {
                found += 1;
                findings.report(finding(&offence, text, line));
            }
        }
        findings.check(Totals {
            framework: RUBOCOP,
            declared,
            found,
            ran: None,
        });
    }

    fn finish(&mut self, _findings: &mut Findings) {}
}

/// The count in `1 file inspected, 6 offenses detected, 4 offenses autocorrectable`.
fn declared(text: &str) -> Option<u64> {
    let (files, rest) = text.trim_end().split_once(" inspected, ")?;
    files.split(' ').next()?.parse::<u64>().ok()?;
    let count = rest.split(' ').next()?;
    if count == "no" {
        return Some(0);
    }
    count.parse().ok()
}

/// Cop and text of `a.rb:1:1: C: [Correctable] Style/X: text`, in the `simple` format `C:  1:  1: [Correctable] Style/X: text`.
struct Offence<'a> {
    file: Option<&'a str>,
    cop: &'a str,
    text: &'a str,
}

fn offence(line: &str) -> Option<Offence<'_>> {
    let text = line.trim_end();
    let (file, rest) = match text.split_once(": ") {
        Some((place, rest)) if place.matches(':').count() >= 2 => {
            let mut parts = place.rsplitn(3, ':');
            parts.next()?.parse::<u64>().ok()?;
            parts.next()?.parse::<u64>().ok()?;
            let rest = rest.get(1..).filter(|_| rest.starts_with(SEVERITIES))?;
            (Some(parts.next()?), rest.strip_prefix(": ")?)
        }
        _ => {
            let rest = text.strip_prefix(SEVERITIES)?.strip_prefix(':')?;
            let rest =
                rest.trim_start_matches(|c: char| c == ' ' || c == ':' || c.is_ascii_digit());
            (None, rest)
        }
    };
    let rest = ["[Correctable] ", "[Corrected] ", "[Todo] "]
        .iter()
        .fold(rest, |rest, mark| rest.strip_prefix(mark).unwrap_or(rest));
    let (cop, said) = rest.split_once(": ")?;
    let is_cop = cop.contains('/')
        && cop
            .chars()
            .all(|c| c.is_alphanumeric() || c == '/' || c == '_');
    is_cop.then_some(Offence {
        file,
        cop,
        text: said,
    })
}

/// Convention, refactoring, warning, error, fatal.
const SEVERITIES: &[char] = &['C', 'R', 'W', 'E', 'F'];

fn finding(offence: &Offence<'_>, text: &str, line: &Line<'_>) -> Finding {
    let mut block = Block::from_text(text);
    block.widen(line.span());
    // Some formatters leave the signs around code out.
    let said = offence.text.replace('`', "");
    let message = format!("{}: {said}", offence.cop);
    let mut finding = Finding::new(RUBOCOP, None, Kind::Build, block).saying(message);
    finding.detail = Some(offence.cop.to_owned());
    finding.suite = offence.file.map(str::to_owned);
    finding
}
