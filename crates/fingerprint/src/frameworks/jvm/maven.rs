//! Maven's own failures: compilers, checks, dependencies, forked machines that died.
//!
//! Formats: `DefaultExceptionHandler` and `MavenCli` of Maven 3.0 to 4.0, `AbstractCompilerMojo` of maven-compiler-plugin 3,
//! kotlin-maven-plugin 1.3 to 2.2, maven-checkstyle-plugin 3, `ForkStarter` of Surefire 2.22 to 3.5.

mod diagnostic;
mod goal;

use crate::class::Evidence;
use crate::findings::{Finding, Findings};
use crate::kind::Framework;
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::level::{self, Level};
use diagnostic::Diagnostic;
pub(super) use diagnostic::{JAVAC, add_detail, without_packages};
use goal::Goal;

pub(super) const MAVEN: Framework = Framework::new("maven", "maven");

/// Diagnostics that are kept.
const DIAGNOSTICS: usize = 2_000;

#[derive(Debug, Default)]
pub(super) struct Maven {
    /// What compilers and checks said; it counts when the build fails.
    diagnostics: Vec<Diagnostic>,
    /// The newest diagnostic goes on in lines without a level.
    is_open: bool,
    goal: Option<Goal>,
    /// Failures of goals, until it is known whether the build fails.
    has_failed: bool,
}

impl Recognizer for Maven {
    fn anchors(&self) -> &'static [&'static str] {
        &["^[ERROR]", "BUILD FAILURE", "BUILD SUCCESS"]
    }

    fn follows(&self) -> bool {
        self.is_open || self.goal.is_some()
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let (level, text) = level::of(line.text.as_ref());
        if let Some(goal) = &mut self.goal {
            if level == Level::Error && !text.starts_with("Failed to execute goal") {
                goal.push(text, line);
                if goal.is_whole() {
                    self.close_goal(findings);
                }
                return;
            }
            self.close_goal(findings);
        }
        match level {
            Level::None => self.more(line),
            Level::Info => self.info(text, findings),
            Level::Error => self.error(text, line),
            Level::Warning => self.is_open = false,
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.close_goal(findings);
        if self.has_failed {
            self.flush(findings);
        }
    }
}

impl Maven {
    fn more(&mut self, line: &Line<'_>) {
        if !self.is_open {
            return;
        }
        match self.diagnostics.last_mut() {
            Some(last) if line.text.starts_with(' ') => last.push(line),
            _ => self.is_open = false,
        }
    }

    fn info(&mut self, text: &str, findings: &mut Findings) {
        self.is_open = false;
        match text.trim() {
            "BUILD FAILURE" => {
                findings.saw(MAVEN);
                self.has_failed = true;
                findings.unexplained.get_or_insert_with(|| {
                    Evidence::new("build-failed", "Maven says BUILD FAILURE")
                });
                self.flush(findings);
            }
            "BUILD SUCCESS" => {
                self.diagnostics.clear();
                self.has_failed = false;
                findings.passed(MAVEN, "Maven says BUILD SUCCESS");
            }
            _ => {}
        }
    }

    fn error(&mut self, text: &str, line: &Line<'_>) {
        self.is_open = false;
        if let Some(goal) = Goal::begin(text, line) {
            self.has_failed = true;
            self.goal = Some(goal);
        } else if self.diagnostics.len() < DIAGNOSTICS
            && let Some(diagnostic) = Diagnostic::parse(text, line)
        {
            self.is_open = true;
            self.diagnostics.push(diagnostic);
        }
    }

    fn close_goal(&mut self, findings: &mut Findings) {
        let Some(goal) = self.goal.take() else {
            return;
        };
        let is_explained = !self.diagnostics.is_empty()
            || findings
                .list
                .iter()
                .any(|finding| finding.framework.family == JAVAC.family);
        self.flush(findings);
        if let Some(finding) = goal.finding(is_explained) {
            findings.report(finding);
        }
    }

    fn flush(&mut self, findings: &mut Findings) {
        self.is_open = false;
        for diagnostic in self.diagnostics.drain(..) {
            let finding: Finding = diagnostic.finding();
            findings.report(finding);
        }
    }
}
