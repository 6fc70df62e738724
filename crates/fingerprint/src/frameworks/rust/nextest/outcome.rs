//! From what is known of a run to findings.

use std::collections::BTreeSet;

use crate::findings::{Findings, Totals};
use crate::scan::TestTotals;

use super::super::NEXTEST;
use super::summary::Summary;
use super::test::{Key, Test};
use super::{Nextest, Phase};

impl Nextest {
    pub(super) fn flaky_fails(&mut self) {
        if let Some(test) = self
            .last_passed
            .as_ref()
            .and_then(|key| self.tests.get_mut(key))
        {
            test.flaky_fails = true;
        }
    }

    /// Reports the run and begins anew.
    pub(super) fn end_run(&mut self, findings: &mut Findings) {
        let mut run = std::mem::take(self);
        let mut tests: Vec<(Key, Test)> = std::mem::take(&mut run.tests)
            .into_iter()
            .filter(|(_, test)| test.failed)
            .collect();
        tests.sort_by_key(|(_, test)| test.order);
        run.give_outputs(&mut tests);
        run.keep_what_totals_say(&mut tests);
        for script in std::mem::take(&mut run.scripts) {
            findings.report(script.finding());
        }
        let mut found = tests.iter().filter(|(_, test)| test.is_red()).count() as u64;
        for ((binary, name), test) in tests {
            findings.report(test.finding(Some(binary), &name));
        }
        found += run.report_unnamed(findings);
        if let Some(summary) = run.summary {
            judge(summary, found, findings);
        }
    }

    /// Gives output that stood elsewhere to the tests that said nothing in a section of their own.
    fn give_outputs(&mut self, tests: &mut [(Key, Test)]) {
        let mut known = BTreeSet::new();
        for ((_, name), test) in tests {
            known.insert(name.clone());
            if !test.output.is_empty() {
                continue;
            }
            if let Some((output, block)) = self.loose.remove(name) {
                test.output.absorb(output);
                test.block.append(block);
            }
            let place = self
                .unnamed
                .iter()
                .position(|unnamed| unnamed.failed_name() == Some(name));
            if let Some(at) = place {
                let unnamed = self.unnamed.remove(at);
                test.output.absorb(unnamed.output);
                test.block.append(unnamed.block);
            }
        }
        // What is left are further attempts of tests that are known.
        self.unnamed.retain(|unnamed| {
            unnamed
                .failed_name()
                .is_some_and(|name| !known.contains(name))
        });
    }

    /// Where more tests look failed than the totals count, those that the totals do not list were a test's words.
    fn keep_what_totals_say(&self, tests: &mut Vec<(Key, Test)>) {
        let Some(summary) = self.summary.filter(|_| self.phase == Phase::Ending) else {
            return;
        };
        let red = tests.iter().filter(|(_, test)| test.is_red()).count() as u64;
        if red > summary.not_passed && (summary.not_passed == 0 || !self.listed.is_empty()) {
            tests.retain(|(key, test)| !test.is_red() || self.listed.contains(key));
        }
        if summary.not_passed == 0 {
            tests.retain(|(_, test)| !test.is_red());
        }
    }

    /// Reports output whose test no status names, and returns how many failed tests that are.
    fn report_unnamed(&mut self, findings: &mut Findings) -> u64 {
        let (not_passed, flaky) = self
            .summary
            .map_or((1, 0), |summary| (summary.not_passed, summary.flaky));
        if not_passed == 0 && flaky == 0 {
            return 0;
        }
        let mut tests: Vec<((String, Option<String>), Test)> = Vec::new();
        for unnamed in std::mem::take(&mut self.unnamed) {
            let Some(name) = unnamed.failed_name() else {
                continue;
            };
            // Nothing names the binary; the file of a panic tells tests of one name apart.
            let key = (name.to_owned(), unnamed.output.file());
            if let Some((_, test)) = tests.iter_mut().find(|(known, _)| *known == key) {
                test.attempts += 1;
                continue;
            }
            let test = Test {
                attempts: 1,
                failed: true,
                passed: not_passed == 0,
                output: unnamed.output,
                block: unnamed.block,
                ..Test::default()
            };
            tests.push((key, test));
        }
        let red = tests.iter().filter(|(_, test)| test.is_red()).count() as u64;
        for index in 0..tests.len() {
            let name = &tests[index].0.0;
            let is_shared = tests.iter().filter(|(key, _)| key.0 == *name).count() > 1;
            let ((name, file), test) =
                (tests[index].0.clone(), std::mem::take(&mut tests[index].1));
            findings.report(test.finding(file.filter(|_| is_shared), &name));
        }
        red
    }
}

fn judge(summary: Summary, found: u64, findings: &mut Findings) {
    findings.count(
        NEXTEST,
        TestTotals {
            run: summary.ran,
            failed: summary.not_passed,
            skipped: summary.skipped,
        },
    );
    if summary.not_passed == 0 && summary.is_whole() {
        findings.passed(NEXTEST, format!("{} passed in nextest", summary.passed));
    }
    if summary.not_passed > 0 || found > 0 {
        findings.check(Totals {
            framework: NEXTEST,
            declared: summary.not_passed,
            found,
            ran: Some(summary.ran),
        });
    }
}
