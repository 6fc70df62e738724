//! What one stream of output is read by: the test frameworks, and how its processes die.

use crate::findings::Findings;
use crate::kind::{Framework, Kind};
use crate::line::Line;

use super::boost::Boost;
use super::catch2::Catch2;
use super::crash::{self, Crash, Reader, Step};
use super::doctest::Doctest;
use super::gtest::{GTEST, Gtest};

/// Crashes of no known test that are kept for the harness.
const UNOWNED: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Stage {
    gtest: Gtest,
    catch2: Catch2,
    doctest: Doctest,
    boost: Boost,
    reader: Reader,
    /// The test during which the report that is being read began.
    owner: Option<(Framework, String)>,
    /// What a process said before it was aborted, and the number of the line.
    last_words: Option<(Crash, u64)>,
    /// How many of the next lines may belong to them.
    lines_to_wait: u8,
    /// Crashes that belong to no test of a framework.
    unowned: Vec<Crash>,
    told: usize,
}

/// A report may stand as far behind the last words as this and still mean them.
const WAIT: u8 = 4;

/// The same in lines that may not have been shown.
const WORDS_COUNT: u64 = 40;

impl Stage {
    pub(super) fn follows(&self) -> bool {
        self.reader.follows()
            || self.gtest.follows()
            || self.catch2.follows()
            || self.doctest.follows()
            || self.waits()
    }

    /// What a shell says of a death stands behind the last words.
    fn waits(&self) -> bool {
        self.lines_to_wait > 0
    }

    /// Takes the line if it is one of theirs. `is_plain` says that no harness stands between.
    pub(super) fn line(
        &mut self,
        line: &Line<'_>,
        is_plain: bool,
        findings: &mut Findings,
    ) -> bool {
        self.what(line);
        self.lines_to_wait = self.lines_to_wait.saturating_sub(1);
        let was_reading = self.reader.follows();
        if was_reading && self.gtest.ends_running(&line.text) {
            // A report takes its process down or says where it ends.
            let crash = self.reader.close();
            let owner = self.owner.take();
            if let Some(crash) = crash.filter(|crash| crash.function.is_some()) {
                self.crashed(crash, owner, findings);
            }
        }
        match self.reader.line(line) {
            Step::Other => {}
            Step::Taken => {
                if !was_reading {
                    self.owner = self.running();
                }
                return true;
            }
            Step::Done(crash) => {
                let owner = if was_reading {
                    self.owner.take()
                } else {
                    self.running()
                };
                self.crashed(*crash, owner, findings);
                return true;
            }
        }
        if let Some(crash) = crash::abort(line) {
            self.last_words = Some((crash, line.number));
            self.lines_to_wait = WAIT;
            return true;
        }
        let before = self.running();
        let is_taken = self.gtest.line(line, is_plain, findings)
            || self.doctest.line(line, findings)
            || self.catch2.line(line, findings)
            || self.boost.line(line, findings);
        if is_taken && before.is_some() && before != self.running() {
            // The test has ended, so nobody died of them.
            self.last_words = None;
        }
        if !is_taken && let Some(death) = crash::of_shell(&line.text) {
            return self.died(death, line);
        }
        is_taken
    }

    fn running(&self) -> Option<(Framework, String)> {
        self.gtest.running().map(|name| (GTEST, name.to_owned()))
    }

    /// The message of an exception stands in the line behind its type.
    fn what(&mut self, line: &Line<'_>) {
        let Some((crash, number)) = &mut self.last_words else {
            return;
        };
        if is_unfinished(crash)
            && line.number == *number + 1
            && let Some(what) = line.text.strip_prefix("  what():  ")
        {
            crash.message = format!("{}: {what}", crash.message);
            crash.block.push(line);
        } else if is_unfinished(crash) {
            // Nothing more is awaited.
            crash.message.push(' ');
        }
    }

    fn crashed(
        &mut self,
        crash: Crash,
        owner: Option<(Framework, String)>,
        findings: &mut Findings,
    ) {
        let owner = owner.or_else(|| crash.test.clone().map(|test| (GTEST, test)));
        if owner.is_none() {
            if self.unowned.len() < UNOWNED {
                self.unowned.push(crash);
            }
            return;
        }
        if !crash.is_sure {
            // Undefined behaviour that only was written down; it counts when the process dies of it.
            self.last_words = Some((crash, u64::MAX));
            return;
        }
        self.gtest.is_told();
        self.told += 1;
        findings.report(crash.finding(owner));
    }

    /// The shell tells of a process that was killed by a signal.
    fn died(&mut self, death: (Kind, &str), line: &Line<'_>) -> bool {
        let words = self.last_words(line.number);
        if self.gtest.running().is_some() {
            let message = words.map(|crash| crash.message);
            let death = message
                .as_deref()
                .map_or(death, |words| (Kind::Crash, words));
            self.gtest.presume(death);
            return true;
        }
        if self.catch2.has_died() || self.doctest.has_died() || self.boost.has_died() {
            return true;
        }
        let is_told = self.told > 0 && line.before().take(8).any(|text| text.ends_with("ABORTING"));
        let mut crash = words.unwrap_or_else(|| shell_crash(death, line));
        crash.block.push(line);
        if !is_told && self.unowned.len() < UNOWNED {
            self.unowned.push(crash);
        }
        true
    }

    /// The last words, if they are near enough to belong to a death at this line.
    fn last_words(&mut self, number: u64) -> Option<Crash> {
        let (mut crash, at) = self.last_words.take()?;
        crash.message.truncate(crash.message.trim_end().len());
        (at == u64::MAX || number <= at + WORDS_COUNT).then_some(crash)
    }

    /// Nothing more follows. Returns how many failures of their own the frameworks have told of.
    pub(super) fn close(
        &mut self,
        death: Option<(Kind, &str)>,
        number: Option<u64>,
        findings: &mut Findings,
    ) -> usize {
        if let Some(crash) = self.reader.close() {
            let owner = self.owner.take();
            self.crashed(crash, owner, findings);
        }
        let number = number.unwrap_or_default();
        let words = match death {
            Some(_) => self.last_words(number),
            None if self.gtest.running().is_some() => self.last_words(number),
            None => None,
        };
        let message = words.as_ref().map(|crash| crash.message.clone());
        let was_running = self.gtest.running().is_some();
        let death = match &message {
            Some(words) if was_running && !matches!(death, Some((Kind::Timeout, _))) => {
                Some((Kind::Crash, words.as_str()))
            }
            _ => death,
        };
        self.told += self.gtest.close(death, findings);
        self.told += self.catch2.close(findings);
        self.told += self.doctest.close(findings);
        self.told += self.boost.close(findings);
        if let Some(crash) = words.filter(|crash| !was_running && crash.kind == Kind::Crash)
            && self.unowned.is_empty()
            && death.is_some()
        {
            self.unowned.push(crash);
        }
        std::mem::take(&mut self.told)
    }

    /// Leaves what has not ended without a word.
    pub(super) fn abandon(&mut self, findings: &mut Findings) {
        self.reader.close();
        self.last_words = None;
        self.gtest.abandon(findings);
        self.close(None, None, findings);
    }

    /// What a process said last, when nobody says that it has died.
    pub(super) fn take_last_words(&mut self) -> Option<Crash> {
        self.last_words(0).filter(|crash| crash.kind == Kind::Crash)
    }

    pub(super) fn take_unowned(&mut self) -> Vec<Crash> {
        std::mem::take(&mut self.unowned)
    }
}

fn is_unfinished(crash: &Crash) -> bool {
    crash.message.starts_with("uncaught ")
        && !crash.message.contains(": ")
        && !crash.message.ends_with(' ')
}

fn shell_crash((kind, name): (Kind, &str), line: &Line<'_>) -> Crash {
    Crash {
        framework: crash::NATIVE,
        kind,
        message: name.to_owned(),
        function: None,
        block: crate::findings::Block::of(line),
        test: None,
        is_sure: true,
    }
}
