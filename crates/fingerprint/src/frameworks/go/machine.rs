//! The state of one stream of Go test output, from package to package.

mod attribution;
mod headers;
mod package;
mod reruns;
mod tally;

use std::collections::{BTreeMap, HashSet};

use crate::findings::{Block, Finding, Findings};
use crate::kind::Framework;
use crate::line::Line;

use super::GO_TEST;
use super::guests::Guests;
use super::header::Header;
use super::message::Message;
use super::panic::Panic;
use super::race::Race;
use super::test::{Outcome, Test};
use reruns::Reruns;
use tally::MachineTally;

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
    tally: MachineTally,
    guests: Guests,
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
    /// The first test of verbose output goes on without having begun: the log begins within the package.
    lacks_beginning: bool,
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
            tally: MachineTally::default(),
            guests: Guests::default(),
        }
    }

    pub(super) fn is_inside_block(&self) -> bool {
        !matches!(self.open, Open::Nothing) || self.guests.is_open()
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
        // A block that is open belongs to what was running.
        self.close_block();
        self.settle_doubtful_end(findings);
        self.running.clear();
    }

    pub(super) fn line(&mut self, line: &Line<'_>, source: Source<'_>, findings: &mut Findings) {
        if self.continues(line) {
            return;
        }
        let is_event = matches!(source, Source::Event(_));
        let owner = match source {
            Source::Event(owner) => owner,
            Source::Plain => self.running.last().map(String::as_str),
        };
        if self.guests.line(line, is_event, owner, findings) {
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

    /// How the process of the package ended, which stands above the package's own line.
    pub(super) fn process_ended(&mut self, above: &Line<'_>) {
        if is_process_end(&above.text) {
            self.ending.exit_status = Some(Block::of(above));
        }
    }

    /// A line that is no header.
    fn words(&mut self, line: &Line<'_>, owner: Option<&str>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(race) = Race::start(line) {
            self.open = Open::Race(Box::new(race));
        } else if let Some(panic) = Panic::start(line) {
            self.open = Open::Panic(Box::new(panic), owner.map(str::to_owned));
        } else if is_process_end(text) {
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
                let is_of_go = panic.is_of_runtime()
                    || owner.is_some()
                    || !self.running.is_empty()
                    || !self.just_failed.is_empty();
                if !is_of_go {
                    // Others print `panic: ` too.
                    return;
                }
                let test = self.guilty(&panic, owner);
                if self.panics.len() < 100 {
                    self.panics.push((*panic, test));
                }
            }
        }
    }
}

fn is_process_end(text: &str) -> bool {
    text.starts_with("exit status ") || text.starts_with("signal: ")
}
