//! The state of one stream of Go test output, from package to package.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings};
use crate::kind::{Framework, Kind};
use crate::line::Line;

use super::header::{Header, PackageEnd};
use super::message::{self, Message};
use super::panic::{Panic, is_inside};
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

    pub(super) fn has_rerun(&self) -> bool {
        self.rerun
    }

    /// Distinct failed tests, parents counted, as gotestsum counts.
    pub(super) fn failed_names(&self) -> u64 {
        self.failed.len() as u64
    }

    /// The run has ended; another one may follow, in which failed tests are tried again.
    pub(super) fn next_run(&mut self) {
        if self.run == 0 && self.started == 0 && self.failed.is_empty() {
            return;
        }
        let is_rerun = self.run > 0 && self.started <= self.failed.len();
        for test in std::mem::take(&mut self.recovered) {
            if is_rerun {
                self.rerun = true;
                self.mark_retried(&test, None, self.run + 1);
            }
        }
        self.run += 1;
        self.started = 0;
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
            findings.passed(self.framework, "go: all tests of a package passed");
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

    /// Whose message it is: the test whose report we are in, by its indentation, or the one that is running.
    fn speaker(&self, message: &Message, owner: Option<&str>) -> Option<String> {
        if let Some(owner) = owner {
            return Some(owner.to_owned());
        }
        match &self.reported {
            Some((test, depth)) if message.indent >= 4 * (depth + 1) => Some(test.clone()),
            Some((test, _)) => {
                // A parent's own message after its subtests' reports.
                let depth = message.indent / 4 - 1;
                let end = test
                    .match_indices('/')
                    .nth(depth)
                    .map_or(test.len(), |(at, _)| at);
                Some(test[..end].to_owned())
            }
            None => self.current.clone(),
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

    /// gotestsum has run failed tests again until they passed, `runs` runs in all: what failed in none of the last runs
    /// passed in the one after its last failure.
    pub(super) fn settle_reruns(&mut self, runs: u64) {
        let mut last: HashMap<String, u32> = HashMap::new();
        for finding in &self.done {
            let attempts = last
                .entry(finding.test.clone().unwrap_or_default())
                .or_default();
            *attempts = finding.attempts.max(*attempts);
        }
        for finding in self
            .done
            .iter_mut()
            .filter(|finding| finding.test.is_some() && !finding.passed_on_retry)
        {
            let attempts = last[finding.test.as_deref().unwrap_or_default()];
            if u64::from(attempts) < runs {
                finding.passed_on_retry = true;
                finding.attempts = attempts + 1;
            }
        }
    }

    /// Whether gotestsum has listed failures since the last run ended.
    pub(super) fn take_listed(&mut self) -> bool {
        std::mem::take(&mut self.listed)
    }

    fn mark_retried(&mut self, name: &str, package: Option<&str>, attempts: u32) {
        let of_test = |finding: &&mut Finding| {
            finding.test.as_deref() == Some(name)
                && (package.is_none()
                    || finding.suite.is_none()
                    || finding.suite.as_deref() == package)
        };
        for finding in self.done.iter_mut().filter(of_test) {
            finding.passed_on_retry = true;
            finding.attempts = finding.attempts.max(attempts);
        }
    }

    fn package(
        &mut self,
        package: &str,
        end: PackageEnd,
        line: &Line<'_>,
        findings: &mut Findings,
    ) {
        if end == PackageEnd::Passed {
            findings.passed(self.framework, format!("go: package {package} passed"));
        } else if end == PackageEnd::Failed && !self.has_failure() {
            self.unexplained_exit(line);
        }
        self.end_package(Some(package), findings);
    }

    fn has_failure(&self) -> bool {
        !self.panics.is_empty()
            || !self.races.is_empty()
            || self
                .tests
                .values()
                .any(|test| test.has_failed() && test.suite.is_none())
    }

    /// The package failed and no test did: the process exited under a running test, or before any.
    fn unexplained_exit(&mut self, line: &Line<'_>) {
        let status = self.exit_status.take();
        let block = status.clone().unwrap_or_else(|| Block::of(line));
        let status = status.and_then(|block| block.lines.first().cloned());
        let mut finding = Finding::new(
            self.framework,
            self.running.last().cloned(),
            Kind::Crash,
            block,
        );
        finding.message = format!(
            "the test process ended early: {}",
            status.as_deref().unwrap_or("no exit status")
        );
        self.keep(finding);
    }

    /// The named test, or its subtest that is running or has just failed.
    fn most_specific(&self, test: Option<String>) -> Option<String> {
        let running = || self.running.last().cloned();
        match test {
            Some(test) => match self
                .current
                .as_ref()
                .filter(|current| is_inside(current, &test))
            {
                Some(current) if self.running.contains(current) => Some(current.clone()),
                _ => Some(test),
            },
            None => running(),
        }
    }

    /// Which test a panic belongs to.
    fn guilty(&self, panic: &Panic, owner: Option<String>) -> Option<String> {
        let on_stack = panic.test_on_stack();
        if panic.on_test_goroutine
            && let Some((reported, _)) = &self.reported
            && self.failed.contains(reported)
            && on_stack.is_none_or(|test| {
                reported == test || is_inside(reported, test) || !reported.starts_with(test)
            })
        {
            return Some(reported.clone());
        }
        let innermost_running = |test: &str| {
            self.running
                .iter()
                .rev()
                .find(|name| *name == test || is_inside(name, test))
        };
        match on_stack {
            Some(test) => Some(
                innermost_running(test)
                    .cloned()
                    .unwrap_or_else(|| test.to_owned()),
            ),
            None => owner.or_else(|| self.running.last().cloned()).or_else(|| {
                self.reported
                    .as_ref()
                    .map(|(test, _)| test.clone())
                    .filter(|test| self.failed.contains(test))
            }),
        }
    }

    /// Turns what is known of the package into findings.
    pub(super) fn end_package(&mut self, package: Option<&str>, findings: &mut Findings) {
        self.close_block();
        if !self.tests.is_empty() || !self.races.is_empty() || !self.panics.is_empty() {
            findings.saw(self.framework);
        }
        let mut tests = std::mem::take(&mut self.tests);
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
                    self.run,
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
        for mut finding in found {
            finding.suite = finding.suite.or_else(|| package.map(str::to_owned));
            self.keep(finding);
        }
        self.running.clear();
        self.current = None;
        self.reported = None;
        self.exit_status = None;
    }

    fn keep(&mut self, finding: Finding) {
        if self.done.len() < FINDING_LIMIT {
            self.done.push(finding);
        } else {
            self.dropped += 1;
        }
    }

    pub(super) fn report(&mut self, findings: &mut Findings) {
        findings.dropped += std::mem::take(&mut self.dropped);
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
    let message = message::select(&test.messages)
        .map(Message::text)
        .unwrap_or_default();
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
