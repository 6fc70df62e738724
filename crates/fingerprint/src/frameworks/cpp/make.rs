//! make and ninja: they only say that a command has failed.
//!
//! Formats: GNU make's `job.c` (`make[2]: *** [Makefile:3: test] Error 1`), ninja's `build.cc` (`FAILED: a.o`).

use crate::findings::{Block, Finding, Findings, Standing};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::crash;

const MAKE: Framework = Framework::new("make", "make");

/// The first command that failed; what called it fails too.
#[derive(Debug, Default)]
pub(super) struct Make {
    is_told: bool,
}

impl Recognizer for Make {
    fn anchors(&self) -> &'static [&'static str] {
        &["] Error ", "^FAILED: ", "Segmentation fault", "core dumped"]
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if text.starts_with("##[group]Run ") {
            self.is_told = false;
            return;
        }
        if text.starts_with("##[error]Process completed") {
            // Nothing in that line of make's is rare enough to be looked for.
            let above = line.before().take(8).find_map(|above| no_rule(&above));
            if let Some(message) = above {
                let finding = Finding::new(MAKE, None, Kind::Build, Block::of(line));
                findings.report(finding.saying(message));
            }
            return;
        }
        let Some(target) = of_make(text).or_else(|| of_ninja(line)) else {
            return;
        };
        if std::mem::replace(&mut self.is_told, true) {
            return;
        }
        if let Some(finding) = died(line) {
            findings.report(finding);
            return;
        }
        // Who knows what a target that is no file does: most often it runs tests.
        let kind = if is_file(&target) {
            Kind::Build
        } else {
            Kind::Assertion
        };
        let finding = Finding::new(MAKE, None, kind, Block::of(line));
        findings.report(
            finding
                .saying(format!("`{target}` failed"))
                .standing(Standing::Fallback),
        );
    }

    fn finish(&mut self, _: &mut Findings) {}
}

fn behind_make(text: &str) -> Option<&str> {
    let (tool, rest) = text.split_once(": *** ")?;
    let tool = tool.split_once('[').map_or(tool, |(tool, _)| tool);
    let tool = tool.rsplit(['/', '\\']).next()?;
    matches!(
        tool,
        "make" | "gmake" | "mingw32-make" | "make.exe" | "mingw32-make.exe"
    )
    .then_some(rest)
}

/// `make: *** No rule to make target 'x', needed by 'y'.  Stop.`
fn no_rule(text: &str) -> Option<String> {
    let rest = behind_make(text)?;
    rest.starts_with("No rule to make target ").then(|| {
        rest.trim_end_matches("Stop.")
            .trim_end_matches([' ', '.'])
            .replace('`', "'")
    })
}

fn of_make(text: &str) -> Option<String> {
    let rest = behind_make(text)?.strip_prefix('[')?;
    let (target, how) = rest.split_once("] ")?;
    let is_end = how.starts_with("Error ")
        || crash::of_shell(text).is_some()
        || how.starts_with("Terminated")
        || how.starts_with("Killed");
    let target = target
        .rsplit_once(": ")
        .map_or(target, |(_, target)| target);
    (is_end && !how.ends_with("(ignored)")).then(|| target.to_owned())
}

/// `make: *** [Makefile:3: test] Error 139`: the command was killed by a signal. A shell may have said so too.
fn died(line: &Line<'_>) -> Option<Finding> {
    let text = line.text.as_ref();
    let of_status = || {
        let (_, status) = text.rsplit_once("] Error ")?;
        crash::of_exit_status(status.trim().parse().ok()?)
    };
    let (kind, message) = crash::of_shell(text).or_else(of_status)?;
    let finding = Finding::new(crash::NATIVE, None, kind, Block::of(line));
    Some(finding.saying(message).standing(Standing::Fallback))
}

/// `FAILED: a.o`, with `[code=1] ` in front of the target since release 1.12, below the step's own line.
fn of_ninja(line: &Line<'_>) -> Option<String> {
    let rest = line.text.strip_prefix("FAILED: ")?;
    let rest = match rest.split_once("] ") {
        Some((code, rest)) if code.starts_with("[code=") => rest,
        _ => rest,
    };
    let above = line.before().next()?;
    let step = above.strip_prefix('[')?.split_once(']')?.0;
    let is_step = step
        .split_once('/')
        .is_some_and(|(done, all)| [done, all].into_iter().all(super::parts::is_number));
    (is_step && !rest.trim().is_empty()).then(|| rest.trim().to_owned())
}

fn is_file(target: &str) -> bool {
    let first = target.split(' ').next().unwrap_or(target);
    let name = first.rsplit('/').next().unwrap_or(first);
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| ending != "util")
}
