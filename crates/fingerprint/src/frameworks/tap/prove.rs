//! The report that prove writes at the end.

use crate::findings::{Block, Finding, Findings, Totals};
use crate::kind::Kind;
use crate::line::Line;
use crate::scan::TestTotals;

use super::PERL;

/// Files that are kept in mind.
const FILES: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Prove {
    /// Files of which a failed test is known.
    known: Vec<String>,
    open: Option<File>,
    declared: u64,
}

/// `t/die.t    (Wstat: 65280 (exited 255) Tests: 1 Failed: 0)` and what stands below it.
#[derive(Debug)]
struct File {
    name: String,
    signal: Option<String>,
    ran: u64,
    failed: u64,
    said: Vec<String>,
    block: Block,
}

impl Prove {
    pub(super) fn follows(&self) -> bool {
        self.open.is_some()
    }

    pub(super) fn knows(&mut self, file: &str) {
        if self.known.len() < FILES && !self.known.iter().any(|known| known == file) {
            self.known.push(file.to_owned());
        }
    }

    pub(super) fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(file) = &mut self.open {
            if text.starts_with("  ") && file.said.len() < 12 {
                file.said.push(text.trim().to_owned());
                file.block.push(line);
                return;
            }
            self.tell(findings);
        }
        if let Some(file) = File::start(line) {
            self.declared += file.failed;
            self.open = Some(file);
        } else if let Some(result) = text.strip_prefix("Result: ") {
            self.result(result, line, findings);
        } else if let Some(reason) = text.strip_prefix("FAILED--Further testing stopped: ") {
            let finding = Finding::new(PERL, None, Kind::Panic, Block::of(line));
            findings.report(finding.saying(format!("Bail out! {reason}")));
        } else {
            self.compile(line, findings);
        }
    }

    /// Perl gives up on a file: why stands in the line above.
    fn compile(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        let file = text
            .strip_prefix("Execution of ")
            .and_then(|rest| rest.strip_suffix(" aborted due to compilation errors."))
            .or_else(|| {
                let rest = text.strip_prefix("BEGIN failed--compilation aborted at ")?;
                Some(rest.rsplit_once(" line ")?.0)
            });
        let Some(file) = file else {
            return;
        };
        let file = file.to_owned();
        let mark = format!(" at {file} line ");
        let mut message = None;
        for above in line.before().take(16) {
            match above.find(&mark) {
                Some(at) => message = Some(above[..at].to_owned()),
                None if above.starts_with([' ', '\t']) => {}
                None => break,
            }
        }
        self.knows(&file);
        let mut finding = Finding::new(PERL, None, Kind::Build, Block::of(line));
        finding.suite = Some(file);
        let message = message.unwrap_or_else(|| text.to_owned());
        findings.report(finding.saying(message));
    }

    /// The sums stand above the result: `Files=7, Tests=16,  1 wallclock secs`.
    fn result(&mut self, result: &str, line: &Line<'_>, findings: &mut Findings) {
        let Some(sums) = line
            .before()
            .next()
            .filter(|above| above.starts_with("Files="))
        else {
            return;
        };
        findings.saw(PERL);
        let run = sums
            .split_once("Tests=")
            .and_then(|(_, rest)| rest.split(',').next()?.parse().ok())
            .unwrap_or(0);
        let failed = std::mem::take(&mut self.declared);
        findings.count(
            PERL,
            TestTotals {
                run,
                failed,
                skipped: 0,
            },
        );
        if result == "PASS" {
            findings.passed(PERL, format!("{sums}: PASS"));
        } else if result == "FAIL" {
            findings.check(Totals {
                framework: PERL,
                declared: failed.max(1),
                found: failed.max(1),
                ran: Some(run),
            });
        }
        self.known.clear();
    }

    fn tell(&mut self, findings: &mut Findings) {
        let Some(file) = self.open.take() else {
            return;
        };
        if !self.known.contains(&file.name)
            && let Some(finding) = file.finding()
        {
            findings.report(finding);
        }
    }

    pub(super) fn close(&mut self, findings: &mut Findings) {
        self.tell(findings);
    }
}

impl File {
    fn start(line: &Line<'_>) -> Option<Self> {
        let text = line.text.as_ref();
        let (name, rest) = text.split_once(" (Wstat: ")?;
        let (status, rest) = rest.split_once(" Tests: ")?;
        let (ran, rest) = rest.split_once(" Failed: ")?;
        let failed = rest.strip_suffix(')')?;
        let signal = status
            .split_once("(Signal: ")
            .and_then(|(_, rest)| rest.split([')', ',']).next());
        Some(Self {
            name: name.trim_end().to_owned(),
            signal: signal.map(|signal| format!("SIG{signal}")),
            ran: ran.parse().ok()?,
            failed: failed.parse().ok()?,
            said: Vec::new(),
            block: Block::of(line),
        })
    }

    /// What is wrong with the file as a whole; `None` when only TODO tests passed.
    fn finding(self) -> Option<Finding> {
        let said = self.said.join("\n");
        let is_wrong = self.failed > 0
            || self.signal.is_some()
            || said.contains("Non-zero ")
            || said.contains("Parse errors: ");
        if !is_wrong {
            return None;
        }
        let (kind, message) = match self.signal {
            Some(signal) => (Kind::Crash, signal),
            None if self.failed > 0 => (Kind::Assertion, said),
            None if self.ran == 0 || said.contains("exit status") => (Kind::Panic, said),
            None => (Kind::Assertion, said),
        };
        Some(Finding::new(PERL, Some(self.name), kind, self.block).saying(message))
    }
}
