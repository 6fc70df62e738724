//! The state of one stream of Go test output, from package to package.

mod attribution;
mod package;
mod reruns;

use std::collections::{BTreeMap, HashSet};

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings};
use crate::kind::Framework;
use crate::line::Line;

use super::header::Header;
use super::message::Message;
use super::panic::Panic;
use super::race::Race;
use super::test::{Outcome, Test};
use super::{GO_TEST, GOTESTSUM};

/// Tests that run at once and are remembered; a package starts a few thousand at most.
const RUNNING_LIMIT: usize = 20_000;

#[derive(Debug)]
pub(super) struct Machine {
    framework: Framework,
    /// Tests of the current package that matter: running ones and failed ones.
    tests: BTreeMap<String, Test>,
    /// Started and not yet ended, in order (verbose output only).
    running: Vec<String>,
    /// Whose output follows, by `=== RUN`, `=== CONT`, `=== NAME`.
    current: Option<String>,
    /// Whose report follows, by `--- FAIL`, with its nesting; `=== ` lines end it.
    reported: Option<(String, usize)>,
    open: Open,
    races: Vec<Race>,
    panics: Vec<(Panic, Option<String>)>,
    exit_status: Option<Block>,
    /// Failures of the packages that ended.
    done: Vec<Finding>,
    /// Names of failed tests, parents included, as gotestsum counts them.
    failed: HashSet<String>,
    /// Failures beyond what is kept.
    dropped: u64,
    rerun: bool,
    listed: bool,
    /// How many runs of the same tests have ended before this one.
    run: u32,
    /// In the current run: tests started, and failed ones of earlier runs that passed.
    started: usize,
    recovered: Vec<String>,
}

/// The block that the next lines belong to.
#[derive(Debug)]
enum Open {
    Nothing,
    Message(Option<String>, Message),
    Race(Box<Race>),
    Panic(Box<Panic>, Option<String>),
}

impl Default for Machine {
    fn default() -> Self {
        Self::new(GO_TEST)
    }
}

impl Machine {
    pub(super) fn new(framework: Framework) -> Self {
        Self {
            framework,
            tests: BTreeMap::new(),
            running: Vec::new(),
            current: None,
            reported: None,
            open: Open::Nothing,
            races: Vec::new(),
            panics: Vec::new(),
            exit_status: None,
            done: Vec::new(),
            failed: HashSet::new(),
            dropped: 0,
            rerun: false,
            listed: false,
            run: 0,
            started: 0,
            recovered: Vec::new(),
        }
    }

    pub(super) fn is_inside_block(&self) -> bool {
        !matches!(self.open, Open::Nothing)
    }

    /// Takes a line of output; `owner` is the test that an event stream says it is from.
    pub(super) fn line(&mut self, line: &Line<'_>, owner: Option<&str>, findings: &mut Findings) {
        if self.continues(line) {
            return;
        }
        let text = line.text.as_ref();
        if let Some(header) = Header::parse(text) {
            self.header(&header, line, findings);
        } else if let Some(race) = Race::start(line) {
            self.open = Open::Race(Box::new(race));
        } else if let Some(panic) = Panic::start(line) {
            self.open = Open::Panic(Box::new(panic), owner.map(str::to_owned));
        } else if text.starts_with("exit status ") {
            self.exit_status = Some(Block::of(line));
        } else if text.trim_end() == "PASS" && findings.frameworks.contains(&self.framework) {
            findings.passed(self.framework, "all tests of a package passed in go test");
        } else if let Some(message) = Message::start(line) {
            self.open = Open::Message(self.speaker(&message, owner), message);
        }
    }

    /// Gives the line to the open block, or closes it.
    fn continues(&mut self, line: &Line<'_>) -> bool {
        let continues = match &mut self.open {
            Open::Nothing => return false,
            Open::Message(speaker, message) => message.extend(line, speaker.as_deref()),
            Open::Race(race) => race.extend(line),
            Open::Panic(panic, _) => panic.extend(line),
        };
        if !continues {
            self.close_block();
        }
        continues
    }

    fn close_block(&mut self) {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing => {}
            Open::Message(test, message) => {
                // testify names the test itself, which is right also where several tests write at once.
                if let Some(test) = message.named_test().map(str::to_owned).or(test) {
                    self.tests.entry(test).or_default().add(message);
                }
            }
            Open::Race(mut race) => {
                race.test = self.most_specific(race.test.take());
                if self.races.len() < 100 {
                    self.races.push(*race);
                }
            }
            Open::Panic(panic, owner) => {
                let test = self.guilty(&panic, owner);
                if self.panics.len() < 100 {
                    self.panics.push((*panic, test));
                }
            }
        }
    }

    fn header(&mut self, header: &Header<'_>, line: &Line<'_>, findings: &mut Findings) {
        findings.saw(self.framework);
        match *header {
            Header::Run(test) => {
                self.started(test);
                self.reported = None;
            }
            Header::Continue(test) => {
                self.current = Some(test.to_owned());
                self.reported = None;
            }
            Header::Pause | Header::Title => self.reported = None,
            Header::Ended {
                test,
                outcome,
                depth,
            } => {
                self.ended(test, outcome, line);
                self.reported = Some((test.to_owned(), depth));
            }
            Header::Listed {
                package,
                test,
                outcome,
                rerun,
            } => {
                self.framework = GOTESTSUM;
                self.listed = true;
                self.reported = Some((test.to_owned(), 0));
                let is_repeated =
                    rerun == 0 && self.done.iter().any(|f| f.test.as_deref() == Some(test));
                if !test.is_empty() && outcome == Outcome::Failed && !is_repeated {
                    self.end_test(test, package, rerun, line);
                }
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
            Header::Package { package, end } => self.package(package, end, line, findings),
            Header::Done(_) => {}
        }
    }

    pub(super) fn started(&mut self, test: &str) {
        self.current = Some(test.to_owned());
        if self.running.len() < RUNNING_LIMIT && self.running.last().is_none_or(|last| last != test)
        {
            self.running.push(test.to_owned());
            self.started += 1;
        }
    }

    pub(super) fn ended(&mut self, name: &str, outcome: Outcome, line: &Line<'_>) {
        self.running.retain(|running| running != name);
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
            if self.run > 0 && outcome == Outcome::Passed && self.failed.contains(name) {
                self.recovered.push(name.to_owned());
            }
        }
    }

    /// gotestsum's list at the end repeats what it printed before, and is all there is in its terse formats.
    fn end_test(&mut self, name: &str, package: &str, rerun: u32, line: &Line<'_>) {
        let is_new = !self.tests.contains_key(name);
        self.ended(name, Outcome::Failed, line);
        self.rerun |= rerun > 0;
        if let Some(test) = self.tests.get_mut(name) {
            test.suite = Some(package.to_owned());
            test.rerun = test.rerun.max(rerun);
            test.listed |= is_new;
        }
    }

    fn named(&mut self, package: &str, name: &str, outcome: Outcome, rerun: u32, line: &Line<'_>) {
        if outcome == Outcome::Failed {
            self.end_test(name, package, rerun, line);
        } else if rerun > 0 {
            self.rerun = true;
            self.mark_retried(name, Some(package), rerun + 1);
        }
        self.reported = None;
    }
}
