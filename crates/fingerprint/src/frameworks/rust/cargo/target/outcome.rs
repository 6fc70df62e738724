//! From what is known of a target to findings.

use std::collections::BTreeMap;

use crate::findings::{Finding, Findings, Totals};
use crate::kind::Kind;
use crate::scan::TestTotals;

use super::super::super::CARGO_TEST;
use super::super::lines::{Ending, canonical, doctest_line};
use super::{Target, Verdict};

impl Target {
    /// The target ended with its own totals: they and the list above them say what failed.
    pub(in super::super) fn end(
        mut self,
        verdict: Verdict,
        suite: Option<&str>,
        findings: &mut Findings,
    ) {
        let Verdict { counts, names } = verdict;
        findings.saw(CARGO_TEST);
        findings.count(
            CARGO_TEST,
            TestTotals {
                run: counts.passed.saturating_add(counts.failed),
                failed: counts.failed,
                skipped: counts.ignored,
            },
        );
        if counts.is_ok {
            if counts.passed > 0 {
                findings.passed(
                    CARGO_TEST,
                    format!("{} passed in cargo test", counts.passed),
                );
            }
            return;
        }
        if !names.is_empty() {
            self.failed
                .retain(|name, _| names.iter().any(|(listed, _)| listed == name));
            for (name, block) in names {
                let failed = self.fail(&name);
                if failed.block.is_empty() {
                    failed.block = block;
                }
            }
        }
        findings.check(Totals {
            framework: CARGO_TEST,
            declared: counts.failed,
            found: self.failed.len() as u64,
            ran: Some(self.announced.unwrap_or(counts.ran)),
        });
        self.report(suite, findings);
    }

    /// The target's process ended without totals; `ending` is what cargo says of it.
    pub(in super::super) fn die(
        mut self,
        ending: Option<&Ending>,
        suite: Option<&str>,
        findings: &mut Findings,
    ) -> bool {
        let guilty = self.guilty(ending.is_some());
        let has_guilty = guilty.is_some();
        if let Some((test, failed)) = guilty {
            self.failed.remove(&test);
            let name = canonical(&test).to_owned();
            let mut finding = Finding::new(CARGO_TEST, Some(name), Kind::Crash, failed.block);
            finding.detail = ending.and_then(|ending| ending.signal.clone());
            finding.message = failed.output.reason().unwrap_or_else(|| match ending {
                Some(ending) => format!("test process ended {}", ending.words),
                None => "the test process ended early".to_owned(),
            });
            finding.suite = suite.map(str::to_owned);
            finding.function = failed.output.file();
            findings.report(finding);
        }
        self.report(suite, findings);
        has_guilty
    }

    fn report(mut self, suite: Option<&str>, findings: &mut Findings) {
        let names = display_names(self.failed.keys());
        for (test, mut failed) in self.failed {
            if let Some(loose) = self.loose.remove(&test) {
                if failed.output.is_empty() {
                    failed.block.append(loose.block);
                }
                failed.output.absorb(loose.output);
            }
            if failed.output.is_empty() {
                failed.output.absorb(failed.guess);
            }
            let name = names.get(&test).cloned().unwrap_or(test);
            let kind = failed.output.kind();
            let mut finding = Finding::new(CARGO_TEST, Some(name), kind, failed.block);
            finding.message = failed.output.message().unwrap_or_default();
            finding.function = failed.output.file();
            finding.detail.clone_from(&failed.output.detail);
            finding.suite = suite.map(str::to_owned);
            findings.report(finding);
        }
    }
}

/// Names without what moves. Doctests of one item differ by their line only, so that where several failed the second and
/// further ones are numbered in their order in the file.
fn display_names<'a>(tests: impl Iterator<Item = &'a String>) -> BTreeMap<String, String> {
    let mut by_item: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for test in tests {
        by_item.entry(canonical(test)).or_default().push(test);
    }
    let mut names = BTreeMap::new();
    for (item, mut tests) in by_item {
        tests.sort_by_key(|test| doctest_line(test));
        for (at, test) in tests.into_iter().enumerate() {
            let name = match at {
                0 => item.to_owned(),
                _ => format!("{item} (#{})", at + 1),
            };
            names.insert(test.clone(), name);
        }
    }
    names
}
