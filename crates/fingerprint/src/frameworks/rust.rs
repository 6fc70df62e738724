//! Rust: `cargo test` with doctests, cargo-nextest, and the compiler's errors.
//!
//! Formats: `library/test` and `library/std/src/panicking.rs` of Rust 1.40 to 1.95; cargo-nextest 0.9.50 to 0.9.143,
//! `nextest-runner/src/reporter`.

mod cargo;
mod nextest;
mod output;
mod panic;
mod rustc;
mod rustfmt;

use crate::findings::Findings;
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use cargo::Cargo;
use nextest::Nextest;
pub(crate) use output::primary as primary_message;

pub(super) const CARGO_TEST: Framework = Framework::new("cargo-test", "rust");
pub(crate) const NEXTEST: Framework = Framework::new("nextest", "rust");
pub(super) const RUSTC: Framework = Framework::new("rustc", "rust");

/// One recogniser for both tools, since nextest shows the words of libtest, and a test may print those of nextest: what
/// is one's own is no business of the other.
#[derive(Debug, Default)]
pub(crate) struct Rust {
    cargo: Cargo,
    nextest: Nextest,
}

impl Recognizer for Rust {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "^running ",
            " failed; ",
            " ... ",
            "^---- ",
            "FAILED",
            "failures:",
            "panicked at",
            "error[",
            "error: ",
            "Running ",
            "fatal runtime error",
            "FAIL [",
            "PASS [",
            " passed",
            " across ",
        ]
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        if line.text.starts_with("##[error]")
            && let Some(finding) = rustfmt::find(line)
        {
            findings.report(finding);
        }
        if !self.follows()
            && let Some(above) = heading_above(line)
        {
            self.next(&above, findings);
        }
        self.next(line, findings);
    }

    fn follows(&self) -> bool {
        self.nextest.follows() || self.cargo.follows()
    }

    fn holds(&self) -> bool {
        self.nextest.holds() || self.cargo.holds()
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn end(&mut self, line: &Line<'_>, findings: &mut Findings) {
        if let Some(finding) = rustfmt::find(line) {
            findings.report(finding);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.nextest.finish(findings);
        self.cargo.close(findings);
    }
}

/// The headings of doctests and of runs of nextest hold no anchor; they stand just above a line that does.
fn heading_above<'a>(line: &Line<'a>) -> Option<Line<'a>> {
    let (heading, within) = if line.text.starts_with("running ") {
        ("   Doc-tests ", 2)
    } else if line.text.starts_with("        PASS [") || line.text.starts_with("        FAIL [") {
        (" Nextest run ID ", 4)
    } else {
        return None;
    };
    let mut above = line.above().take(within);
    above.find(|above| above.text.starts_with(heading))
}

impl Rust {
    fn next(&mut self, line: &Line<'_>, findings: &mut Findings) {
        // A run of nextest cannot begin while a target's tests print.
        let may_be_nextests = self.nextest.holds() || !self.cargo.holds();
        if may_be_nextests && self.nextest.line(line, findings) {
            self.cargo.close(findings);
        } else {
            self.cargo.line(line, findings);
        }
    }
}

/// What nextest's report says of an attempt by its `type`, joined with what the test itself printed.
pub(crate) fn with_outcome(
    outcome: &str,
    message: &str,
    said: Option<(Kind, String)>,
) -> (Kind, Option<String>) {
    let signal = message
        .rsplit_once("(SIG")
        .and_then(|(_, name)| name.split_once(')'));
    let (kind, said) = said.map_or((Kind::Assertion, None), |(kind, said)| (kind, Some(said)));
    if outcome.contains("timeout") {
        (Kind::Timeout, Some("test timed out".to_owned()))
    } else if outcome.contains("abort") || outcome.contains("signal") {
        let aborted = signal.map(|(name, _)| format!("test aborted with SIG{name}"));
        (Kind::Crash, said.or(aborted))
    } else if let Some(code) = exit_code(outcome).filter(|_| said.is_none()) {
        let failed = format!("test failed with exit code {code}");
        (Kind::Crash, Some(failed))
    } else {
        (kind, said)
    }
}

/// The code with which a test's process exited, when it is not the one that libtest gives for a failed test.
fn exit_code(outcome: &str) -> Option<u32> {
    const TESTS_FAILED: u32 = 101;
    let (_, code) = outcome.rsplit_once("exit code ")?;
    let code = code.parse().ok()?;
    (code != TESTS_FAILED).then_some(code)
}
