//! Elixir's compiler.
//!
//! Formats: `mix/tasks/compile.elixir.ex` and `kernel/parallel_compiler.ex` of Elixir 1.6 to 1.18: `== Compilation error in file
//! lib/a.ex ==` and the exception below; since 1.15 diagnostics `error: text` with the source stand in front of it.

use crate::findings::{Block, Finding, Findings};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

const ELIXIR: Framework = Framework::new("elixir", "elixir");

/// Lines above the heading in which a diagnostic is looked for.
const ABOVE: usize = 40;

#[derive(Debug, Default)]
pub(super) struct Compile {
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: String,
    /// What the compiler said above of the file, if it did.
    diagnostic: Option<String>,
    block: Block,
}

impl Recognizer for Compile {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "^== Compilation error in file ",
            "^Compilation failed due to warnings",
        ]
    }

    fn follows(&self) -> bool {
        self.open.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.trim_end();
        if let Some(open) = self.open.take() {
            report(open, line, findings);
        }
        if let Some(file) = text
            .strip_prefix("== Compilation error in file ")
            .and_then(|rest| rest.strip_suffix(" =="))
        {
            self.open = Some(Open {
                file: file.to_owned(),
                diagnostic: diagnostic(line),
                block: Block::of(line),
            });
        } else if text
            .starts_with("Compilation failed due to warnings while using the --warnings-as-errors")
        {
            warnings(line, findings);
        }
    }

    fn finish(&mut self, _findings: &mut Findings) {}
}

/// `    error: undefined function zz/0` above the heading, the nearest one.
fn diagnostic(line: &Line<'_>) -> Option<String> {
    line.before().take(ABOVE).find_map(|above| {
        let said = above.trim_start().strip_prefix("error: ")?;
        Some(said.trim_end().to_owned())
    })
}

/// The line below the heading names the exception.
fn report(open: Open, line: &Line<'_>, findings: &mut Findings) {
    let raised = line.text.trim();
    let mut block = open.block;
    block.push(line);
    let said = open.diagnostic.unwrap_or_else(|| {
        let said = raised.strip_prefix("** ").unwrap_or(raised);
        without_place(said, &open.file)
    });
    let mut finding = Finding::new(ELIXIR, None, Kind::Build, block).saying(said);
    finding.suite = Some(open.file);
    findings.report(finding);
}

/// `(CompileError) lib/a.ex:2: undefined function zz/0` without the place.
fn without_place(said: &str, file: &str) -> String {
    let Some((class, rest)) = said.split_once(") ") else {
        return said.to_owned();
    };
    let text = rest.strip_prefix(file).map_or(rest, |rest| {
        rest.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit())
    });
    format!("{class}) {}", text.trim_start())
}

/// With warnings taken as errors, the warnings above are what failed.
fn warnings(line: &Line<'_>, findings: &mut Findings) {
    let above = line.before().take(ABOVE).find_map(|above| {
        let said = above.trim_start().strip_prefix("warning: ")?;
        Some(said.trim_end().to_owned())
    });
    let message = above.unwrap_or_else(|| line.text.trim().to_owned());
    findings.report(Finding::new(ELIXIR, None, Kind::Build, Block::of(line)).saying(message));
}
