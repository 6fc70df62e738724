//! The state of one stream of Go test output, from package to package.

mod attribution;
mod package;
mod reruns;

use std::collections::{BTreeMap, HashSet};

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings};
use crate::kind::Framework;
use crate::line::Line;

use super::header::{Header, PackageEnd};
use super::message::Message;
use super::panic::{Panic, is_inside};
use super::race::Race;
use super::test::{Outcome, Test};
use super::{GO_TEST, GOTESTSUM};
use reruns::Reruns;

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
    /// Names that `=== ` lines told in this package. Where there are any, the output is verbose and names all its tests.
    names: HashSet<String>,
    /// The tests of one root whose `--- FAIL` lines came last.
    just_failed: Vec<String>,
    ending: Ending,
    open: Open,
    races: Vec<Race>,
    panics: Vec<(Panic, Option<String>)>,
    /// Packages whose process died and left no test to blame, so far.
    died: Vec<Finding>,
    /// Failures of the packages that ended.
    done: Vec<Finding>,
    /// Names of failed tests, parents included, as gotestsum counts them.
    failed: HashSet<String>,
    /// Failures beyond what is kept.
    dropped: u64,
    /// gotestsum's list of failures has begun.
    listed: bool,
    reruns: Reruns,
}

/// What is known of the end of the package that is running.
#[derive(Debug, Default)]
struct Ending {
    exit_status: Option<Block>,
    /// `FAIL<tab>package` came while a test was running: either its process died, or the test printed the line itself,
    /// which shows when the test goes on.
    doubtful: Option<DoubtfulEnd>,
    /// The line `FAIL` alone: tests failed, and the process ended in order.
    bare_fail: bool,
    /// An event said that the package was not built.
    not_built: bool,
}

#[derive(Debug)]
struct DoubtfulEnd {
    package: String,
    line: Block,
    /// A panic or an exit status came before it, as it does when a process dies.
    is_plausible: bool,
}

/// The block that the next lines belong to.
#[derive(Debug)]
enum Open {
    Nothing,
    Message(Option<String>, Message),
    Race(Box<Race>),
    Panic(Box<Panic>, Option<String>),
    /// `--- FAIL: ExampleX` was read; what it printed may follow.
    Example(String, Option<Message>),
}

/// Where a line of output comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    /// The tool's own output, in which a test may print what it likes.
    Plain,
    /// An event, which names the test.
    Event(Option<&'a str>),
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
            names: HashSet::new(),
            just_failed: Vec::new(),
            ending: Ending::default(),
            open: Open::Nothing,
            races: Vec::new(),
            panics: Vec::new(),
            died: Vec::new(),
            done: Vec::new(),
            failed: HashSet::new(),
            dropped: 0,
            listed: false,
            reruns: Reruns::default(),
        }
    }

    pub(super) fn is_inside_block(&self) -> bool {
        !matches!(self.open, Open::Nothing)
    }

    /// Whether output that comes now is a running test's own, whatever it looks like.
    pub(super) fn is_test_running(&self) -> bool {
        let has_died = self
            .ending
            .doubtful
            .as_ref()
            .is_some_and(|end| end.is_plausible);
        !self.running.is_empty() && !has_died && !self.listed
    }

    /// Whatever was running is over: another step of the job begins.
    pub(super) fn step_ended(&mut self, findings: &mut Findings) {
        self.settle_doubtful_end(findings);
        self.running.clear();
    }

    pub(super) fn line(&mut self, line: &Line<'_>, source: Source<'_>, findings: &mut Findings) {
        if self.continues(line) {
            return;
        }
        let text = line.text.as_ref();
        let header = Header::parse(text).or_else(|| self.glued_header(text));
        match (header, source) {
            (Some(header), Source::Plain) => self.header(&header, line, findings),
            (Some(header), Source::Event(owner)) => self.own_header(&header, owner, line),
            (None, Source::Plain) => self.words(line, None, findings),
            (None, Source::Event(owner)) => self.words(line, owner, findings),
        }
    }

    /// A line that is no header.
    fn words(&mut self, line: &Line<'_>, owner: Option<&str>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(race) = Race::start(line) {
            self.open = Open::Race(Box::new(race));
        } else if let Some(panic) = Panic::start(line) {
            self.open = Open::Panic(Box::new(panic), owner.map(str::to_owned));
        } else if text.starts_with("exit status ") || text.starts_with("signal: ") {
            self.ending.exit_status = Some(Block::of(line));
        } else if text.trim_end() == "FAIL" {
            self.ending.bare_fail = true;
        } else if text.trim_end() == "PASS" && findings.frameworks.contains(&self.framework) {
            findings.passed(self.framework, "all tests of a package passed in go test");
        } else if let Some(message) = Message::start(line) {
            self.open = Open::Message(self.speaker(&message, owner), message);
        } else if (self.listed || !self.running.is_empty())
            && let Some(message) = Message::start_glued(line)
        {
            self.open = Open::Message(self.speaker(&message, owner), message);
        }
    }

    /// `--- FAIL: TestX (0.00s)` behind words that the test printed without a line end.
    fn glued_header<'t>(&self, text: &'t str) -> Option<Header<'t>> {
        let at = memchr::memmem::rfind(text.as_bytes(), b"--- ").filter(|&at| at > 0)?;
        let header = Header::parse(&text[at..])?;
        let Header::Ended { test, outcome, .. } = header else {
            return None;
        };
        let is_running = self.running.iter().any(|running| running == test);
        let is_glued = self.names.is_empty()
            && outcome == Outcome::Failed
            && text[..at].ends_with(|c: char| c.is_alphanumeric() || ".!?:)".contains(c));
        (is_running || is_glued).then_some(header)
    }

    /// Gives the line to the open block, or closes it.
    fn continues(&mut self, line: &Line<'_>) -> bool {
        let continues = match &mut self.open {
            Open::Nothing => return false,
            Open::Message(speaker, message) => message.extend(line, speaker.as_deref()),
            Open::Race(race) => race.extend(line),
            Open::Panic(panic, _) => panic.extend(line),
            Open::Example(_, Some(printed)) => printed.extend_example(line),
            // gotestsum's list repeats the start of the test.
            Open::Example(..) if self.listed && line.text.starts_with("=== RUN ") => true,
            Open::Example(_, printed) => {
                let begins = line.text.trim_end() == "got:";
                *printed = begins.then(|| Message::of_example(line));
                begins
            }
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
                if self.races.len() < 100 && race.is_report() {
                    self.races.push(*race);
                }
            }
            Open::Example(test, printed) => {
                if let Some(printed) = printed {
                    self.tests.entry(test).or_default().add(printed);
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
                self.names.insert(test.to_owned());
                self.started(test);
            }
            Header::Continue(test) => {
                self.names.insert(test.to_owned());
                self.current = Some(test.to_owned());
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
    fn own_header(&mut self, header: &Header<'_>, owner: Option<&str>, line: &Line<'_>) {
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
        let is_verbose = !self.names.is_empty() && !self.listed;
        is_verbose && !self.names.contains(test) && !test.starts_with("Benchmark")
    }

    /// Whether a header shows that `FAIL<tab>package` was a test's own words: the test goes on.
    fn disproves_end(&self, header: &Header<'_>) -> bool {
        let (Header::Ended { test, .. } | Header::Continue(test)) = header else {
            return false;
        };
        self.ending.doubtful.is_some() && self.running.iter().any(|running| running == test)
    }

    fn settle_doubtful_end(&mut self, findings: &mut Findings) {
        if let Some(end) = self.ending.doubtful.take() {
            self.package(&end.package, PackageEnd::Failed, end.line, findings);
        }
    }

    pub(super) fn started(&mut self, test: &str) {
        self.current = Some(test.to_owned());
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

/// The test that a subtest belongs to in the end.
fn root(test: &str) -> &str {
    test.split('/').next().unwrap_or(test)
}
