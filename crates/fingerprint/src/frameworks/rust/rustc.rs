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
    /// The diagnostic is this one line.
    is_short: bool,
    label: Label,
    /// Why a link failed.
    reason: Option<String>,
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
        if open.is_short || text.trim().is_empty() || starts_diagnostic(text) {
            return false;
        }
        let inner = text.trim_start();
        if !open.has_place && !inner.starts_with("--> ") && open.block.lines.len() >= 4 {
            return false;
        }
        open.has_place |= inner.starts_with("--> ");
        open.block.push(line);
        open.label.line(text);
        if open.message.starts_with("error: linking with ") && open.reason.is_none() {
            open.reason = link_reason(text);
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
        // As `--message-format short` joins them, so that both forms are one failure.
        finding.message = match open.label.text.or(open.reason) {
            Some(label) => format!("{}: {label}", open.message),
            None => open.message,
        };
        finding.detail = open.code;
        self.pending = Some(finding);
    }
}

/// What the linker says of the reason, as ld, lld and Apple's linker put it.
fn link_reason(text: &str) -> Option<String> {
    const REASONS: &[&str] = &[
        "undefined reference to ",
        "undefined symbol: ",
        "cannot find -l",
        "unable to find library ",
        "library not found for ",
        "multiple definition of ",
        "duplicate symbol",
        "Undefined symbols for architecture ",
    ];
    let at = REASONS
        .iter()
        .filter_map(|reason| text.find(reason))
        .min()?;
    let reason = &text[at..];
    // binutils 2.39 adds what `open` said of each candidate.
    let end = reason.find(": No such file").unwrap_or(reason.len());
    Some(reason[..end].trim().replace('`', "'"))
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
        if let Some(message) = short_form(text) {
            let code = message
                .strip_prefix("error[")
                .and_then(|rest| rest.split_once("]: "))
                .map(|(code, _)| code.to_owned());
            return Some(Self {
                is_short: true,
                ..Self::new(message, code, true, line)
            });
        }
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
        Some(Self::new(text, code, has_place, line))
    }

    fn new(message: &str, code: Option<String>, has_place: bool, line: &Line<'_>) -> Self {
        Self {
            message: message.to_owned(),
            code,
            block: Block::of(line),
            has_place,
            is_short: false,
            label: Label::default(),
            reason: None,
        }
    }
}

/// What stands under the `^^^` of a diagnostic: behind them, or further down when other marks follow in their line.
#[derive(Debug, Default)]
struct Label {
    text: Option<String>,
    /// The column of the first `^`, while its text has not come.
    column: Option<usize>,
    is_over: bool,
}

impl Label {
    fn line(&mut self, text: &str) {
        if self.text.is_some() || self.is_over {
            return;
        }
        // Spans of notes are not where the error is.
        self.is_over = text.starts_with("note: ") || text.starts_with("help: ");
        if self.is_over || !is_margin(text, 0) {
            return;
        }
        if let Some(column) = self.column.take() {
            self.below(text, column);
        } else if let Some((marks, label)) = text.rsplit_once('^') {
            let label = label.trim();
            if label.starts_with('-') {
                let first = marks.find('^').unwrap_or(marks.len());
                self.column = Some(text[..first].chars().count());
            } else if !label.is_empty() {
                self.text = Some(label.to_owned());
            }
        }
    }

    /// A line below the marks: bars go on down to their texts, the rightmost text first.
    fn below(&mut self, text: &str, column: usize) {
        let rest: String = text.chars().skip(column).collect();
        let first = rest.chars().next();
        if first.is_some_and(|first| first == '|') {
            self.column = Some(column);
        } else if first.is_some_and(|first| !first.is_whitespace()) && is_margin(text, column) {
            self.text = Some(rest.trim_end().to_owned());
        }
    }
}

/// Whether the line is drawn below a source line: ` |`, marks and text, and up to `column` nothing but marks.
fn is_margin(text: &str, column: usize) -> bool {
    let inner = text.trim_start();
    inner.starts_with('|')
        && text
            .chars()
            .take(column)
            .all(|c| matches!(c, ' ' | '|' | '_' | '-' | '^'))
}

/// The message in `src/lib.rs:3:5: error[E0308]: text`, as `--message-format short` prints it.
fn short_form(text: &str) -> Option<&str> {
    let at = text.find(": error")?;
    let mut place = text[..at].rsplitn(3, ':');
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let has_place = is_number(place.next()) && is_number(place.next());
    let is_source = place
        .next()
        .and_then(|file| std::path::Path::new(file).extension())
        .is_some_and(|end| end == "rs");
    let message = &text[at + 2..];
    let is_error = message.starts_with("error: ") || message.starts_with("error[");
    (has_place && is_source && is_error).then_some(message)
}

fn starts_diagnostic(text: &str) -> bool {
    ["error", "warning"].iter().any(|level| {
        text.strip_prefix(level)
            .is_some_and(|rest| rest.starts_with(": ") || rest.starts_with('['))
    })
}
