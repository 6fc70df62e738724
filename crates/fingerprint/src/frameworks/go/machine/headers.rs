//! The lines that name tests and packages, and what they change.

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings};
use crate::line::Line;

use super::super::GOTESTSUM;
use super::super::header::{Header, PackageEnd};
use super::super::panic::is_inside;
use super::super::test::{Outcome, Test};
use super::{DoubtfulEnd, Machine, Open, RUNNING_LIMIT};

impl Machine {
    pub(in super::super) fn header(
        &mut self,
        header: &Header<'_>,
        line: &Line<'_>,
        findings: &mut Findings,
    ) {
        findings.saw(self.framework);
        let is_not_built = matches!(
            header,
            Header::Package {
                end: PackageEnd::NotBuilt,
                ..
            }
        );
        if is_not_built && self.is_test_running() {
            // Packages are built before their tests run, so a test has printed this.
            return;
        }
        if self.disproves_end(header) {
            self.ending.doubtful = None;
        } else {
            self.settle_doubtful_end(findings);
        }
        match *header {
            // gotestsum's list quotes what each test printed.
            Header::Run(_) | Header::Continue(_) if self.listed => {}
            Header::Run(test) => {
                self.told(test);
                self.started(test);
            }
            Header::Continue(test) => {
                self.ending.lacks_beginning |= self.names.is_empty();
                self.told(test);
                assign(&mut self.current, test);
                self.reported = None;
            }
            Header::Pause | Header::Title => self.reported = None,
            Header::Ended {
                test,
                outcome,
                depth,
            } => {
                if self.is_ghost(test) {
                    return;
                }
                if self.running.iter().any(|running| running == test) {
                    // A test that goes on shows that no panic ended the process.
                    self.panics.clear();
                    self.tally.ended(outcome);
                }
                self.ended(test, outcome, line);
                self.report_of(test, outcome, depth);
            }
            Header::Listed {
                package,
                test,
                outcome,
                rerun,
            } => {
                self.listed(package, test, outcome, rerun, line);
            }
            Header::Named {
                package,
                test,
                outcome,
                rerun,
            } => {
                self.framework = GOTESTSUM;
                self.named(package, test, outcome, rerun, line);
            }
            Header::Package {
                package,
                end: PackageEnd::Failed,
            } if self.is_test_running() => {
                self.ending.doubtful = Some(DoubtfulEnd {
                    package: package.to_owned(),
                    line: Block::of(line),
                    is_plausible: self.ending.exit_status.is_some() || !self.panics.is_empty(),
                });
            }
            Header::Package { package, end } => {
                self.package(package, end, Block::of(line), findings);
            }
            Header::Done(_) => {}
        }
    }

    /// An event stream tells by events which tests there are; of the text only a test's own report counts.
    pub(super) fn own_header(&mut self, header: &Header<'_>, owner: Option<&str>, line: &Line<'_>) {
        self.ending.not_built |= matches!(
            header,
            Header::Package {
                end: PackageEnd::NotBuilt,
                ..
            }
        );
        if let Header::Ended {
            test,
            outcome,
            depth,
        } = *header
            && owner.is_none_or(|owner| owner == test)
        {
            self.ended(test, outcome, line);
            self.report_of(test, outcome, depth);
        }
    }

    /// Verbose output names a test.
    fn told(&mut self, test: &str) {
        if !self.names.contains(test) {
            self.names.insert(test.to_owned());
        }
    }

    /// What follows is this test's report.
    fn report_of(&mut self, test: &str, outcome: Outcome, depth: usize) {
        self.reported = Some((test.to_owned(), depth));
        if outcome != Outcome::Failed {
            return;
        }
        if self
            .just_failed
            .first()
            .is_some_and(|first| root(first) != root(test))
        {
            self.just_failed.clear();
        }
        if self.just_failed.len() < 1000 {
            self.just_failed.push(test.to_owned());
        }
        if test.starts_with("Example") {
            self.open = Open::Example(test.to_owned(), None);
        }
    }

    /// Verbose output names each test before it ends: a name that it did not tell was printed by a test.
    fn is_ghost(&self, test: &str) -> bool {
        let is_verbose = !self.names.is_empty() && !self.listed && !self.ending.lacks_beginning;
        is_verbose && !self.names.contains(test) && !test.starts_with("Benchmark")
    }

    /// Whether a header shows that `FAIL<tab>package` was a test's own words: the test goes on.
    fn disproves_end(&self, header: &Header<'_>) -> bool {
        let (Header::Ended { test, .. } | Header::Continue(test)) = header else {
            return false;
        };
        self.ending.doubtful.is_some() && self.running.iter().any(|running| running == test)
    }

    pub(super) fn settle_doubtful_end(&mut self, findings: &mut Findings) {
        if let Some(end) = self.ending.doubtful.take() {
            self.package(&end.package, PackageEnd::Failed, end.line, findings);
        }
    }

    pub(in super::super) fn started(&mut self, test: &str) {
        assign(&mut self.current, test);
        self.reported = None;
        if self
            .just_failed
            .first()
            .is_some_and(|first| root(first) != root(test))
        {
            self.just_failed.clear();
        }
        if self.running.len() < RUNNING_LIMIT && self.running.last().is_none_or(|last| last != test)
        {
            self.running.push(test.to_owned());
            self.reruns.started += 1;
        }
    }

    pub(in super::super) fn ended(&mut self, name: &str, outcome: Outcome, line: &Line<'_>) {
        self.running.retain(|running| running != name);
        if outcome == Outcome::Passed {
            self.guests.passed(name);
        }
        if outcome == Outcome::Failed {
            if self.tests.len() >= FINDING_LIMIT && !self.tests.contains_key(name) {
                self.dropped += 1;
                return;
            }
            self.failed.insert(name.to_owned());
            let test = self.tests.entry(name.to_owned()).or_default();
            test.end(outcome);
            test.header.get_or_insert_with(|| Block::of(line));
        } else if !self.tests.get(name).is_some_and(Test::has_failed) {
            self.tests.remove(name);
            self.forget(name, outcome);
            if self.reruns.run > 0 && outcome == Outcome::Passed && self.failed.contains(name) {
                self.reruns.recovered.push(name.to_owned());
            }
        }
    }

    /// gotestsum's list at the end repeats what it printed before, and is all there is in its terse formats.
    fn end_test(&mut self, name: &str, package: &str, rerun: u32, line: &Line<'_>) {
        let is_new = !self.tests.contains_key(name);
        self.ended(name, Outcome::Failed, line);
        self.reruns.any |= rerun > 0;
        if let Some(test) = self.tests.get_mut(name) {
            test.suite = Some(package.to_owned());
            test.rerun = test.rerun.max(rerun);
            test.listed |= is_new;
        }
    }

    /// A test that passed had neither panic nor race, whatever it printed.
    fn forget(&mut self, name: &str, outcome: Outcome) {
        if outcome == Outcome::Passed {
            self.panics
                .retain(|(_, test)| test.as_deref() != Some(name));
            self.races.retain(|race| race.test.as_deref() != Some(name));
        }
    }

    /// An entry of gotestsum's list of failures.
    fn listed(&mut self, package: &str, test: &str, outcome: Outcome, rerun: u32, line: &Line<'_>) {
        self.framework = GOTESTSUM;
        self.listed = true;
        self.report_of(test, outcome, 0);
        let of_package = |suite: Option<&str>| {
            suite.is_none_or(|suite| {
                suite == package
                    || suite
                        .strip_suffix(package)
                        .is_some_and(|rest| rest.ends_with('/'))
            })
        };
        let is_known = |finding: &Finding| {
            let is_this = finding
                .test
                .as_deref()
                .is_some_and(|known| known == test || is_inside(known, test));
            is_this && of_package(finding.suite.as_deref())
        };
        // The list repeats what was printed before, parents included.
        let is_repeated =
            rerun == 0 && self.failed.contains(test) && self.done.iter().any(is_known);
        if !test.is_empty() && outcome == Outcome::Failed && !is_repeated {
            self.end_test(test, package, rerun, line);
        }
    }

    fn named(&mut self, package: &str, name: &str, outcome: Outcome, rerun: u32, line: &Line<'_>) {
        if outcome == Outcome::Failed {
            self.end_test(name, package, rerun, line);
        } else if rerun > 0 {
            self.reruns.any = true;
            self.reruns.told_passes = true;
            self.mark_retried(name, Some(package), rerun + 1);
        }
        self.reported = None;
    }
}

/// Writes a name where another one stood, without room of its own.
fn assign(name: &mut Option<String>, new: &str) {
    match name {
        Some(name) => new.clone_into(name),
        None => *name = Some(new.to_owned()),
    }
}

/// The test that a subtest belongs to in the end.
fn root(test: &str) -> &str {
    test.split('/').next().unwrap_or(test)
}
