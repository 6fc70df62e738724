//! What recognisers report: raw findings, before merging, normalising and classifying.

use jiff::Timestamp;

use crate::class::Evidence;
use crate::enclosure::{self, Enclosure, Enclosures};
use crate::failure::Span;
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::scan::{Note, TestTotals};
use crate::tally::Tally;

/// More findings than this in one input are counted and not kept, so that a hostile log cannot fill the memory.
pub(crate) const FINDING_LIMIT: usize = 10_000;

/// One mention of a failure.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) framework: Framework,
    pub(crate) suite: Option<String>,
    /// `None` for build and infrastructure.
    pub(crate) test: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) detail: Option<String>,
    /// The primary message, raw.
    pub(crate) message: String,
    /// First in-project function, helpers skipped, where the log shows a stack.
    pub(crate) function: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) passed_on_retry: bool,
    pub(crate) block: Block,
    pub(crate) standing: Standing,
    /// The stream of the log it stands in, set when it is reported.
    pub(crate) stream: u8,
}

/// Whether a failure stands when others are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Standing {
    /// It is a failure of its own.
    #[default]
    Own,
    /// It is of something that runs other tools' tests, as a ctest or Bazel target does: it does not stand when a failure of
    /// its own begins between the two offsets, where the output of those tests is.
    Wraps { start: u64, end: u64 },
    /// It only says that something before it failed, as `make: *** [all] Error 1` does: it does not stand when the input
    /// holds any other failure.
    Fallback,
    /// It may come of trouble with the machine or the network that ended the same run: it does not stand when the input
    /// holds a failure of that kind, as `[build failed]` does not behind `no space left on device`.
    UnlessInfra,
}

impl Finding {
    /// A failure of `test` seen once; the caller sets what else it knows.
    pub(crate) fn new(
        framework: Framework,
        test: Option<String>,
        kind: Kind,
        block: Block,
    ) -> Self {
        Self {
            framework,
            suite: None,
            test,
            kind,
            detail: None,
            message: String::new(),
            function: None,
            attempts: 1,
            passed_on_retry: false,
            block,
            standing: Standing::Own,
            stream: 0,
        }
    }

    /// Where its block begins and ends, in its stream.
    pub(crate) fn place(&self) -> Option<(u64, u64)> {
        let span = self.block.span?;
        let place = |offset| enclosure::place(self.stream, offset);
        Some((place(span.start), place(span.end)))
    }

    /// With a standing other than its own.
    pub(crate) fn standing(mut self, standing: Standing) -> Self {
        self.standing = standing;
        self
    }

    /// With its primary message.
    pub(crate) fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }
}

/// The lines that belong to a failure, bounded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    pub(crate) lines: Vec<String>,
    pub(crate) span: Option<Span>,
    pub(crate) time: Option<Timestamp>,
    pub(crate) truncated: bool,
    /// For each line its number in the raw input, 0 where it has none.
    numbers: Vec<u64>,
    bytes: usize,
}

const BLOCK_LINES: usize = 160;
const BLOCK_BYTES: usize = 48 * 1024;
const BLOCK_LINE_BYTES: usize = 4 * 1024;

impl Block {
    pub(crate) fn of(line: &Line<'_>) -> Self {
        let mut block = Self::default();
        block.push(line);
        block
    }

    /// Takes a line in. Beyond the limits it only widens the span.
    pub(crate) fn push(&mut self, line: &Line<'_>) {
        self.widen(line.span());
        if self.time.is_none() {
            self.time = line.time();
        }
        self.keep(&line.text, line.number);
    }

    /// Lines of a text that has no place of its own in the input.
    pub(crate) fn from_text(text: &str) -> Self {
        let mut block = Self::default();
        for line in text.lines() {
            block.keep(&crate::ansi::strip(line.into()), 0);
        }
        block
    }

    fn keep(&mut self, text: &str, number: u64) {
        if self.lines.len() >= BLOCK_LINES || self.bytes >= BLOCK_BYTES {
            self.truncated = true;
            return;
        }
        let kept = ftc_redact::cap(text, BLOCK_LINE_BYTES);
        self.truncated |= kept.len() < text.len();
        self.bytes += kept.len();
        self.lines.push(kept.to_owned());
        self.numbers.push(number);
    }

    pub(crate) fn widen(&mut self, other: Span) {
        let span = self.span.get_or_insert(other);
        span.first_line = span.first_line.min(other.first_line);
        span.last_line = span.last_line.max(other.last_line);
        span.start = span.start.min(other.start);
        span.end = span.end.max(other.end);
    }

    /// The numbers of the lines, where all of them have one.
    pub(crate) fn numbers(&self) -> Option<&[u64]> {
        let are_known = self.numbers.len() == self.lines.len() && !self.numbers.contains(&0);
        are_known.then_some(&self.numbers)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Puts the lines of `later` after these.
    pub(crate) fn append(&mut self, later: Block) {
        if let Some(span) = later.span {
            self.widen(span);
        }
        self.time = self.time.or(later.time);
        self.truncated |= later.truncated;
        let numbers = later.numbers.into_iter().chain(std::iter::repeat(0));
        for (text, number) in later.lines.into_iter().zip(numbers) {
            self.keep(&text, number);
        }
    }
}

/// What a tool says of itself at the end of its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) framework: Framework,
    /// Failures by the tool's own count.
    pub(crate) declared: u64,
    /// Failures that were recognised, counted as the tool counts.
    pub(crate) found: u64,
    /// Tests that the tool ran, where it says so.
    pub(crate) ran: Option<u64>,
}

/// Collects what the recognisers of one input report.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) frameworks: Vec<Framework>,
    pub(crate) list: Vec<Finding>,
    pub(crate) totals: Vec<Totals>,
    /// How many tests ran.
    pub(crate) tally: Tally,
    /// Evidence that something passed: a success summary of a tool.
    pub(crate) passes: Vec<Evidence>,
    /// Evidence that the job failed without saying what failed.
    pub(crate) unexplained: Option<Evidence>,
    pub(crate) notes: Vec<Note>,
    pub(crate) dropped: u64,
    /// First and last time that structured lines carry, unparsed.
    pub(crate) stamps: Option<(String, String)>,
    pub(crate) enclosures: Enclosures,
    /// Where the two newest lines stand at which a tool summed up its run, the older one first.
    pub(crate) summaries: [Option<u64>; 2],
}

impl Findings {
    /// A structured line carries its own time, as RFC 3339.
    pub(crate) fn stamp(&mut self, stamp: &str) {
        match &mut self.stamps {
            Some((_, last)) => {
                last.clear();
                last.push_str(stamp);
            }
            None => self.stamps = Some((stamp.to_owned(), stamp.to_owned())),
        }
    }

    /// First and last time by structured lines.
    pub(crate) fn time(&self) -> Option<(Timestamp, Timestamp)> {
        let (first, last) = self.stamps.as_ref()?;
        Some((first.parse().ok()?, last.parse().ok()?))
    }

    /// The text from `start` to `end` is what tests of `family` printed: nothing that other families' recognisers made
    /// or will make of it stands.
    pub(crate) fn enclose(&mut self, family: &'static str, start: u64, end: u64) {
        let (start, end) = (self.enclosures.here(start), self.enclosures.here(end));
        let enclosure = Enclosure::new(family, start, end);
        self.list.retain(|finding| {
            let at = finding.place().map(|(start, _)| start);
            !at.is_some_and(|at| enclosure.holds(finding.framework.family, at))
        });
        let places = &mut self.enclosures;
        enclosure::retain_with(&mut self.totals, &mut places.totals, |totals, &at| {
            !enclosure.holds(totals.framework.family, at)
        });
        enclosure::retain_with(&mut self.passes, &mut places.passes, |_, &(family, at)| {
            !enclosure.holds(family, at)
        });
        self.tally.enclose(&enclosure);
        places.add(enclosure);
        if places.explain() {
            self.unexplained = None;
        }
    }

    /// Whether a tool summed up its run between the two offsets: what stands before that has not ended the run.
    pub(crate) fn summed_up_between(&self, start: u64, end: u64) -> bool {
        let (start, end) = (self.enclosures.here(start), self.enclosures.here(end));
        let mut places = self.summaries.iter().flatten();
        places.any(|at| (start..end).contains(at))
    }

    fn summed_up(&mut self, at: u64) {
        let [_, newest] = self.summaries;
        if newest.is_none_or(|newest| newest < at) {
            self.summaries = [newest, Some(at)];
        }
    }

    /// A framework left its mark, passing or not.
    pub(crate) fn saw(&mut self, framework: Framework) {
        if !self.frameworks.contains(&framework) {
            self.frameworks.push(framework);
        }
    }

    pub(crate) fn report(&mut self, mut finding: Finding) {
        finding.stream = self.enclosures.stream();
        let at = finding
            .place()
            .map_or(self.enclosures.at, |(start, _)| start);
        if self.enclosures.hold(finding.framework.family, at) {
            return;
        }
        self.saw(finding.framework);
        if self.list.len() >= FINDING_LIMIT {
            self.dropped += 1;
        } else {
            self.list.push(finding);
        }
    }

    /// A tool's own summary says that all went well.
    pub(crate) fn passed(&mut self, framework: Framework, text: impl Into<String>) {
        let at = self.enclosures.at;
        if self.enclosures.hold(framework.family, at) {
            return;
        }
        self.saw(framework);
        self.summed_up(at);
        if self.passes.len() < 8 {
            self.enclosures.passes.push((framework.family, at));
            self.passes.push(Evidence::new("success-summary", text));
        }
    }

    /// A tool says how many tests it ran.
    pub(crate) fn count(&mut self, framework: Framework, totals: TestTotals) {
        self.count_at(self.enclosures.at, framework, totals);
    }

    /// The same, of what it said at an earlier place.
    pub(crate) fn count_at(&mut self, at: u64, framework: Framework, totals: TestTotals) {
        let at = self.enclosures.here(at);
        if !self.enclosures.hold(framework.family, at) {
            self.summed_up(at);
            self.tally.add(framework, at, totals);
        }
    }

    pub(crate) fn check(&mut self, totals: Totals) {
        let at = self.enclosures.at;
        if self.totals.len() < 1000 && !self.enclosures.hold(totals.framework.family, at) {
            self.enclosures.totals.push(at);
            self.summed_up(at);
            self.totals.push(totals);
        }
    }
}
