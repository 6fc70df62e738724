//! What keeps cargo from building at all: manifests, packages, the lock file, build scripts.
//!
//! Texts: cargo 1.70 to 1.95, `src/cargo`. Other programs say `error: ` as well, so that only cargo's own phrases count.

use crate::findings::{Block, Finding, Findings};
use crate::kind::Kind;
use crate::line::Line;

use super::super::CARGO_TEST;
use super::super::output::Output;

/// How an error of cargo begins, behind `error: `.
const BEGINNINGS: &[&str] = &[
    "failed to run custom build command for `",
    "failed to parse manifest at `",
    "failed to parse lock file at",
    "failed to parse the `",
    "failed to load manifest for",
    "failed to load source for dependency `",
    "failed to read `",
    "failed to select a version for",
    "failed to get `",
    "failed to download",
    "failed to fetch `",
    "failed to sync",
    "failed to resolve patches for",
    "failed to determine package fingerprint",
    "failed to verify the checksum of",
    "failed to unpack package `",
    "no matching package named `",
    "no matching package found",
    "no matching packages found",
    "package ID specification `",
    "package collision in the lockfile",
    "package `",
    "the package '",
    "the package `",
    "none of the selected packages contains",
    "no test target named `",
    "no bin target named `",
    "no example target named `",
    "no bench target named `",
    "no test target matches",
    "no library targets found in",
    "no such command: `",
    "could not find `Cargo.toml` in",
    "could not execute process `rustc",
    "manifest path `",
    "cyclic package dependency",
    "current package believes it's in a workspace",
    "cannot update the lock file",
    "cannot create the lock file",
    "the lock file ",
    "Unable to update ",
    "unable to update ",
    "profile `",
    "feature `",
    "checksum for `",
    "two packages named `",
];

/// Words in the chain of causes that tell of the network or the machine.
const ENVIRONMENT: &[&str] = &[
    "Could not resolve host",
    "Couldn't resolve host",
    "Couldn't connect to server",
    "Connection refused",
    "Connection reset",
    "Timeout was reached",
    "Operation timed out",
    "failed to connect to",
    "failed to resolve address",
    "failed to get successful HTTP response",
    "failed to get 200 response",
    "transfer closed with",
    "SSL connect error",
    "network failure seems to have happened",
    "No space left on device",
];

const LINES: usize = 2000;

/// Reads one error with its causes.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    message: String,
    block: Block,
    lines: usize,
    /// The first line of the deepest cause.
    cause: Option<String>,
    is_cause_next: bool,
    /// Below `--- stderr` of a build script.
    stderr: Option<Output>,
    stderr_line: Option<String>,
    is_infra: bool,
    after_blank: bool,
}

impl Trouble {
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Takes the line if it belongs to an error of cargo.
    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) -> bool {
        if self.open.as_mut().is_some_and(|open| open.extend(line)) {
            return true;
        }
        self.close(findings);
        let Some(words) = line.text.strip_prefix("error: ") else {
            return false;
        };
        if BEGINNINGS.iter().any(|start| words.starts_with(start)) {
            self.open = Some(Open::start(words, line));
        }
        self.open.is_some()
    }

    pub(super) fn close(&mut self, findings: &mut Findings) {
        if let Some(open) = self.open.take() {
            findings.report(open.finding());
        }
    }
}

impl Open {
    fn start(words: &str, line: &Line<'_>) -> Self {
        Self {
            message: words.trim_end().to_owned(),
            block: Block::of(line),
            lines: 0,
            cause: None,
            is_cause_next: false,
            stderr: None,
            stderr_line: None,
            is_infra: is_environment(words),
            after_blank: false,
        }
    }

    /// The error goes on with indented lines, causes and notes, and until a blank line with anything.
    fn extend(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        self.lines += 1;
        let goes_on = text.is_empty()
            || text.starts_with("  ")
            || ["Caused by:", "note: ", "help: "]
                .iter()
                .any(|start| text.starts_with(start))
            || !self.after_blank
                && !["error: ", "error[", "warning: ", "##["]
                    .iter()
                    .any(|start| text.starts_with(start));
        if !goes_on || self.lines > LINES {
            return false;
        }
        self.after_blank = text.is_empty();
        self.is_infra |= is_environment(text);
        self.block.push(line);
        self.read(text);
        true
    }

    fn read(&mut self, text: &str) {
        let inner = text.strip_prefix("  ").unwrap_or(text);
        if text == "Caused by:" {
            self.is_cause_next = true;
        } else if inner == "--- stderr" {
            self.stderr = Some(Output::default());
        } else if let Some(stderr) = &mut self.stderr {
            stderr.line(inner, "main");
            if self.stderr_line.is_none() && !inner.trim().is_empty() {
                self.stderr_line = Some(inner.trim().to_owned());
            }
        } else if std::mem::take(&mut self.is_cause_next) {
            self.cause = Some(inner.trim().to_owned());
        }
    }

    fn finding(self) -> Finding {
        let kind = if self.is_infra {
            Kind::Infra
        } else {
            Kind::Build
        };
        // A script's own words tell more than that it failed.
        let reason = self
            .stderr
            .as_ref()
            .and_then(Output::panic_message)
            .or(self.stderr_line)
            .or(self.cause);
        let mut finding = Finding::new(CARGO_TEST, None, kind, self.block);
        finding.message = match reason {
            Some(reason) => format!("{}\n{reason}", self.message),
            None => self.message,
        };
        finding
    }
}

fn is_environment(text: &str) -> bool {
    ENVIRONMENT.iter().any(|words| text.contains(words))
}
