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
        }
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
        self.keep(&line.text);
    }

    /// Lines of a text that has no place of its own in the input.
    pub(crate) fn from_text(text: &str) -> Self {
        let mut block = Self::default();
        for line in text.lines() {
            block.keep(&crate::ansi::strip(line.into()));
        }
        block
    }

    fn keep(&mut self, text: &str) {
        if self.lines.len() >= BLOCK_LINES || self.bytes >= BLOCK_BYTES {
            self.truncated = true;
            return;
        }
        let kept = ftc_redact::cap(text, BLOCK_LINE_BYTES);
        self.truncated |= kept.len() < text.len();
        self.bytes += kept.len();
        self.lines.push(kept.to_owned());
    }

    pub(crate) fn widen(&mut self, other: Span) {
        let span = self.span.get_or_insert(other);
        span.first_line = span.first_line.min(other.first_line);
        span.last_line = span.last_line.max(other.last_line);
        span.start = span.start.min(other.start);
        span.end = span.end.max(other.end);
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
        for text in later.lines {
            self.keep(&text);
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
        let enclosure = Enclosure::new(family, start, end);
        self.list.retain(|finding| {
            let at = finding.block.span.map(|span| span.start);
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

    /// A framework left its mark, passing or not.
    pub(crate) fn saw(&mut self, framework: Framework) {
        if !self.frameworks.contains(&framework) {
            self.frameworks.push(framework);
        }
    }

    pub(crate) fn report(&mut self, finding: Finding) {
        let span = finding.block.span;
        let at = span.map_or(self.enclosures.at, |span| span.start);
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
        if !self.enclosures.hold(framework.family, at) {
            self.tally.add(framework, at, totals);
        }
    }

    pub(crate) fn check(&mut self, totals: Totals) {
        let at = self.enclosures.at;
        if self.totals.len() < 1000 && !self.enclosures.hold(totals.framework.family, at) {
            self.enclosures.totals.push(at);
            self.totals.push(totals);
        }
    }
}
