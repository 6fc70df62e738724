//! What is known when a package has ended, turned into findings.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::class::Evidence;
use crate::findings::{Block, FINDING_LIMIT, Finding, Findings};
use crate::kind::{Framework, Kind};

use super::super::header::PackageEnd;
use super::super::message::{self, Message};
use super::super::panic::{Panic, is_inside};
use super::super::race::Race;
use super::super::test::Test;
use super::{Ending, Machine};

impl Machine {
    pub(in super::super) fn package(
        &mut self,
        package: &str,
        end: PackageEnd,
        line: Block,
        findings: &mut Findings,
    ) {
        self.close_block();
        if end == PackageEnd::Passed {
            // Nothing in a package that passed has failed, whatever its tests printed.
            self.tests.clear();
            self.races.clear();
            self.panics.clear();
            self.guests.clear();
            findings.passed(
                self.framework,
                format!("package {package} passed in go test"),
            );
        } else if end == PackageEnd::Failed && !self.has_failure() {
            self.unexplained(package, line, findings);
        }
        if end == PackageEnd::Failed {
            self.tally.died(self.running.len());
        }
        self.end_package(Some(package), findings);
    }

    pub(super) fn has_failure(&self) -> bool {
        !self.panics.is_empty()
            || !self.guests.is_empty()
            || !self.races.is_empty()
            || self
                .tests
                .values()
                .any(|test| test.has_failed() && test.suite.is_none())
    }

    /// The package failed and no test is known to have: its process died under a running test or outside of all tests, or
    /// the log lacks what came before.
    fn unexplained(&mut self, package: &str, line: Block, findings: &mut Findings) {
        if self.ending.not_built {
            // The compiler has said why.
            return;
        }
        if self.ending.bare_fail && self.running.is_empty() {
            let text = format!("package {package} failed and the log does not say which test");
            findings
                .unexplained
                .get_or_insert_with(|| Evidence::new("failed-package", text));
            return;
        }
        let status = self.ending.exit_status.take();
        let words = status
            .as_ref()
            .and_then(|block| block.lines.first().cloned());
        let block = status.unwrap_or(line);
        let finding = Finding::new(
            self.framework,
            self.running.last().cloned(),
            Kind::Crash,
            block,
        );
        let words = words.as_deref().unwrap_or("no exit status");
        let mut finding = finding.saying(format!(
            "the test process of {package} ended early: {words}"
        ));
        finding.suite = Some(package.to_owned());
        if finding.test.is_some() || self.died.len() >= FINDING_LIMIT {
            self.keep(finding);
        } else {
            self.died.push(finding);
        }
    }

    /// Turns what is known of the package into findings.
    pub(in super::super) fn end_package(&mut self, package: Option<&str>, findings: &mut Findings) {
        self.close_block();
        if !self.tests.is_empty() || !self.races.is_empty() || !self.panics.is_empty() {
            findings.saw(self.framework);
        }
        let guests = self.guests.take();
        let mut tests = std::mem::take(&mut self.tests);
        if !guests.is_empty() {
            // The test that runs a suite of another tool only says that something in it failed.
            tests.retain(|_, test| !test.messages.is_empty() || test.race_detected);
        }
        for test in tests.values_mut() {
            test.settle();
        }
        let leaves = failing_leaves(&tests);
        let mut found: Vec<Finding> = leaves
            .iter()
            .map(|name| {
                finding_of(
                    self.framework,
                    name,
                    self.reruns.run,
                    tests.remove(name).unwrap_or_default(),
                )
            })
            .collect();
        for race in std::mem::take(&mut self.races) {
            attach_race(self.framework, race, &mut found);
        }
        for (panic, test) in std::mem::take(&mut self.panics) {
            attach_panic(self.framework, &panic, test, &mut found);
        }
        found.extend(guests);
        for mut finding in found {
            if finding.test.is_none()
                && matches!(finding.kind, Kind::Panic | Kind::Crash | Kind::Assertion)
                && let Some(package) = package
            {
                // Where no test is to blame it is the package that fails. Reporters name it in full or by its last part.
                let short = package.rsplit('/').next().unwrap_or(package);
                finding.message = format!("{} (package {short})", finding.message);
            }
            finding.suite = finding.suite.or_else(|| package.map(str::to_owned));
            self.keep(finding);
        }
        self.count_package(findings);
        self.running.clear();
        self.names.clear();
        self.just_failed.clear();
        self.current = None;
        self.reported = None;
        self.ending = Ending::default();
    }

    pub(super) fn keep(&mut self, finding: Finding) {
        if self.done.len() < FINDING_LIMIT {
            self.done.push(finding);
        } else {
            self.dropped += 1;
        }
    }

    /// Distinct failed tests, parents counted, as gotestsum counts.
    pub(in super::super) fn failed_names(&self) -> u64 {
        self.failed.len() as u64
    }

    pub(in super::super) fn report(&mut self, findings: &mut Findings) {
        findings.dropped += std::mem::take(&mut self.dropped);
        // gotestsum's terse formats name the package first and the test that took it along only at the end.
        let suites: HashSet<&str> = self
            .done
            .iter()
            .filter_map(|finding| finding.suite.as_deref())
            .collect();
        self.died.retain(|finding| {
            let package = finding.suite.as_deref().unwrap_or_default();
            let mut shorter = package
                .match_indices('/')
                .map(|(slash, _)| &package[slash + 1..]);
            !suites.contains(package) && !shorter.any(|short| suites.contains(short))
        });
        self.done.append(&mut self.died);
        for finding in self.done.drain(..) {
            findings.report(finding);
        }
    }
}

/// Failed tests of which no subtest failed, and parents that say themselves what is wrong.
fn failing_leaves(tests: &BTreeMap<String, Test>) -> Vec<String> {
    let failed: BTreeSet<&str> = tests
        .iter()
        .filter(|(_, test)| test.has_failed())
        .map(|(name, _)| name.as_str())
        .collect();
    let has_failed_child = |name: &str| {
        let first = format!("{name}/");
        failed
            .range(first.as_str()..)
            .next()
            .is_some_and(|other| other.starts_with(&first))
    };
    failed
        .iter()
        .filter(|&&name| {
            !has_failed_child(name) || tests[name].messages.iter().any(Message::sounds_failed)
        })
        .map(|&name| name.to_owned())
        .collect()
}

fn finding_of(framework: Framework, name: &str, run: u32, test: Test) -> Finding {
    let kind = if test.race_detected {
        Kind::Race
    } else {
        Kind::Assertion
    };
    let mut block = test.header.unwrap_or_default();
    let selected = message::select(&test.messages);
    let kind = match selected.and_then(Message::caught_panic) {
        Some(_) if kind == Kind::Assertion => Kind::Panic,
        _ => kind,
    };
    let message = selected.map(Message::text).unwrap_or_default();
    for message in test.messages {
        block.append(message.block);
    }
    let mut finding = Finding::new(framework, Some(name.to_owned()), kind, block);
    finding.message = match kind {
        Kind::Race => "data race".to_owned(),
        _ => message,
    };
    finding.suite = test.suite;
    finding.attempts = if test.listed {
        test.rerun
    } else {
        test.rerun.max(run)
    } + 1;
    finding
}

fn attach_race(framework: Framework, race: Race, found: &mut Vec<Finding>) {
    let of_test = |finding: &Finding, test: &str| {
        finding
            .test
            .as_deref()
            .is_some_and(|name| name == test || is_inside(name, test))
    };
    let place = race.test.as_deref().and_then(|test| {
        found
            .iter()
            .position(|f| f.kind == Kind::Race && of_test(f, test))
            .or_else(|| found.iter().position(|f| of_test(f, test)))
    });
    let place = place.or_else(|| {
        found
            .iter()
            .position(|f| f.kind == Kind::Race && f.message == "data race")
    });
    let mut finding = Finding::new(framework, race.test.clone(), Kind::Race, Block::default());
    finding.message = race.message();
    finding.function = race.function();
    match place {
        Some(at) if found[at].kind == Kind::Race && found[at].message != "data race" => {
            found[at].block.append(race.block);
        }
        Some(at) => {
            let header = std::mem::replace(&mut found[at].block, race.block);
            found[at].kind = Kind::Race;
            found[at].message = finding.message;
            found[at].function = finding.function;
            found[at].block.append(header);
        }
        None => {
            finding.block = race.block;
            found.push(finding);
        }
    }
}

fn attach_panic(
    framework: Framework,
    panic: &Panic,
    test: Option<String>,
    found: &mut Vec<Finding>,
) {
    let hanging: Vec<String> = match panic.kind {
        Kind::Timeout => panic.hanging().into_iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let tests = if hanging.is_empty() {
        vec![test]
    } else {
        hanging.into_iter().map(Some).collect()
    };
    for test in tests {
        let mut finding = Finding::new(framework, test, panic.kind, panic.block.clone());
        finding.message = panic.message();
        // The panic of a subtest comes out through its parent too.
        let is_of_subtest = |known: &Finding| match (&known.test, &finding.test) {
            (Some(known), Some(test)) => is_inside(known, test),
            _ => false,
        };
        let is_same =
            |known: &Finding| known.kind == finding.kind && known.message == finding.message;
        if found
            .iter()
            .any(|known| is_of_subtest(known) && is_same(known))
        {
            continue;
        }
        finding.detail.clone_from(&panic.detail);
        finding.function.clone_from(&panic.function);
        match found
            .iter_mut()
            .find(|known| known.test == finding.test && known.test.is_some())
        {
            Some(known) => {
                let header = std::mem::take(&mut known.block);
                let suite = known.suite.take();
                *known = finding;
                known.suite = suite;
                known.block.append(header);
            }
            None => found.push(finding),
        }
    }
}
