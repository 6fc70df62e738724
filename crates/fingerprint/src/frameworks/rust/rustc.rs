//! Errors of the compiler and of lints that are denied: `error[E0308]: text`, with ` --> file:line:column` below.

use crate::findings::{Block, Finding, Findings};
use crate::kind::Kind;
use crate::line::Line;

use super::RUSTC;

/// Errors of one crate are one failure, told by the first of them: the rest often only follows from it.
#[derive(Debug, Default)]
pub(super) struct Rustc {
    open: Option<Open>,
    /// Errors of the crate that is being compiled, as one finding.
    pending: Option<Finding>,
    reported: bool,
}

#[derive(Debug)]
struct Open {
    message: String,
    code: Option<String>,
    block: Block,
    /// The place has been read, so this is a diagnostic and not a program's own words.
    has_place: bool,
    label: Option<String>,
}

impl Rustc {
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Takes the line if it is part of a diagnostic.
    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        let text = line.text.as_ref();
        if self.extend(line) {
            return true;
        }
        self.close_diagnostic();
        if let Some(package) = text.strip_prefix("error: could not compile `") {
            self.could_not_compile(package, line, findings);
            return true;
        }
        self.open = Open::start(line);
        self.open.is_some()
    }

    fn extend(&mut self, line: &Line<'_>) -> bool {
        let Some(open) = &mut self.open else {
            return false;
        };
        let text = line.text.as_ref();
        if text.trim().is_empty() || starts_diagnostic(text) {
            return false;
        }
        let inner = text.trim_start();
        if !open.has_place && !inner.starts_with("--> ") && open.block.lines.len() >= 4 {
            return false;
        }
        open.has_place |= inner.starts_with("--> ");
        open.block.push(line);
        if open.label.is_none()
            && let Some((_, label)) = text.rsplit_once('^')
            && !label.trim().is_empty()
        {
            open.label = Some(label.trim().to_owned());
        }
        true
    }

    /// The summary counts as a failure only when none of the errors themselves were recognised.
    fn could_not_compile(&mut self, package: &str, line: &Line<'_>, findings: &mut Findings) {
        findings.saw(RUSTC);
        let name = package.split('`').next().unwrap_or(package);
        if let Some(mut finding) = self.pending.take() {
            finding.suite = Some(name.to_owned());
            findings.report(finding);
        } else if !self.reported {
            let mut finding = Finding::new(RUSTC, None, Kind::Build, Block::of(line));
            finding.message = format!("could not compile `{name}`");
            finding.suite = Some(name.to_owned());
            findings.report(finding);
        }
        self.reported = true;
    }

    pub(super) fn close(&mut self, findings: &mut Findings) {
        self.close_diagnostic();
        if let Some(finding) = self.pending.take() {
            findings.report(finding);
            self.reported = true;
        }
    }

    fn close_diagnostic(&mut self) {
        let Some(open) = self
            .open
            .take()
            .filter(|open| open.has_place || open.code.is_some())
        else {
            return;
        };
        if let Some(first) = &mut self.pending {
            first.block.append(open.block);
            return;
        }
        let mut finding = Finding::new(RUSTC, None, Kind::Build, open.block);
        finding.message = match open.label {
            Some(label) => format!("{}\n{label}", open.message),
            None => open.message,
        };
        finding.detail = open.code;
        self.pending = Some(finding);
    }
}

/// What sums up errors that were printed before.
const SUMMARIES: &[&str] = &[
    "aborting due to",
    "test failed",
    "could not ",
    "doctest failed",
    "process didn't exit",
];

impl Open {
    fn start(line: &Line<'_>) -> Option<Self> {
        let text = line.text.as_ref();
        let (code, has_place) = if let Some(rest) = text.strip_prefix("error[") {
            (Some(rest.split_once("]: ")?.0.to_owned()), false)
        } else if text.starts_with("error: linking with ") {
            (None, true)
        } else {
            let message = text.strip_prefix("error: ")?;
            if SUMMARIES.iter().any(|summary| message.starts_with(summary))
                || message.ends_with("failed:")
            {
                return None;
            }
            (None, false)
        };
        Some(Self {
            message: text.to_owned(),
            code,
            block: Block::of(line),
            has_place,
            label: None,
        })
    }
}

fn starts_diagnostic(text: &str) -> bool {
    ["error", "warning"].iter().any(|level| {
        text.strip_prefix(level)
            .is_some_and(|rest| rest.starts_with(": ") || rest.starts_with('['))
    })
}
