//! One run of pytest, from its first line to its totals: under which heading the lines stand, and what is only printed by
//! a test.
//!
//! Tests of plugins run pytest and print its whole report. What tells the outer report from an inner one: its rules are
//! as wide as the first one; its sections come in one order and none twice; a session with a heading has rules around its
//! totals, a quiet one has neither.

mod lines;

use crate::line::Line;

use super::counts::Counts;
use super::crash::Crash;
use super::rules::{self, Place, Section};
use super::story::{Report, Story};
use super::sugar;
use super::verbose::Watch;

/// How a session came to be known.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// By something it printed; its heading is missing or it is a quiet one.
    #[default]
    Implicit,
    /// By its heading, at the start of a line.
    Headed,
    /// By its heading, where only the output of a test can stand.
    Nested,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With its totals.
    Totals,
    /// The runner says that the step failed.
    StepFailed,
    /// The runner says that it was cancelled, or goes on to the next step.
    StepLeft,
    /// The input, or another session that begins.
    Input,
}

/// Where a title that stands in captured text led to: out of it, or only into an inner report.
#[derive(Debug)]
struct Detour {
    /// Where the captured text stood.
    from: Place,
    /// Entries that were known there.
    entries: usize,
    /// The title cannot be the session's own: its section has been, or comes before.
    is_certain: bool,
    /// No other title has come since.
    is_fresh: bool,
}

#[derive(Debug, Default)]
pub(super) struct Session {
    pub(super) origin: Origin,
    start: u64,
    /// Columns of the session's rules.
    width: Option<usize>,
    place: Place,
    /// Where the captured text begins that the lines stand in.
    capture: Option<u64>,
    detour: Option<Detour>,
    /// Totals that seem to be an inner report's.
    doubtful_totals: Option<Counts>,
    captured: Vec<(u64, u64)>,
    watch: Watch,
    is_sugar: bool,
    /// The entries are those of `--tb=line`, which have no headings.
    is_headless: bool,
    results: Option<Counts>,
    crash: Option<Crash>,
    pub(super) story: Story,
    /// Sessions that began in this one: its tests', unless it never comes to its end.
    pub(super) inner: Vec<Report>,
}

/// No terminal is narrower: such a rule tells nothing of the others.
const NARROWEST: usize = 40;

/// Captured texts that are remembered.
const CAPTURE_LIMIT: usize = 2_000;

impl Session {
    /// A session that begins with its heading.
    pub(super) fn headed(origin: Origin, width: usize, line: &Line<'_>) -> Self {
        Self {
            origin,
            start: line.start,
            width: Some(width).filter(|&width| width >= NARROWEST),
            watch: Watch::from_start(),
            ..Self::default()
        }
    }

    pub(super) fn follows(&self) -> bool {
        let is_shown_whole = matches!(self.place.section, Section::Entries | Section::Summary);
        is_shown_whole
            || self.crash.is_some()
            || self.is_sugar
            || self.watch.follows() && self.place.section == Section::Progress
    }

    pub(super) fn is_capturing(&self) -> bool {
        self.capture.is_some()
    }

    pub(super) fn is_in_progress(&self) -> bool {
        self.place.section == Section::Progress
    }

    /// A session begins behind `before`, what this one has printed of its line.
    pub(super) fn interrupted(&mut self, before: &Line<'_>) {
        if self.is_in_progress() {
            self.watch.other_line(before);
            self.watch.prints();
        }
    }

    /// Takes a line of pytest-sugar's totals in; `Some` when they have ended before it.
    pub(super) fn results(&mut self, line: &Line<'_>) -> Option<Counts> {
        let counts = self.results.as_mut()?;
        let continues = sugar::count(&line.text, counts);
        (!continues).then(|| self.results.take())?
    }

    pub(super) fn is_counting(&self) -> bool {
        self.results.is_some()
    }

    /// What the line says of the session's end.
    pub(super) fn totals(&mut self, line: &Line<'_>) -> Option<Counts> {
        let text = line.text.as_ref();
        let counts = Counts::parse(text)?;
        let is_ruled = text.starts_with('=');
        let is_own = match (self.origin, self.width) {
            (Origin::Implicit, Some(width)) if self.is_capturing() => {
                !is_ruled || rules::fills(text, width)
            }
            (Origin::Implicit, _) => true,
            (_, width) => is_ruled && width.is_none_or(|width| rules::fills(text, width)),
        };
        let is_doubtful = self.is_capturing() || self.detour.is_some();
        if is_own && (self.origin != Origin::Implicit || !is_doubtful || self.story.fits(&counts)) {
            return Some(counts);
        }
        self.end_inner(counts, line);
        None
    }

    /// Totals that are not the session's own end the report that a test has printed.
    fn end_inner(&mut self, counts: Counts, line: &Line<'_>) {
        let is_shown = self.capture.is_none();
        let is_inner = |detour: &Detour| {
            let is_printed = is_shown && detour.from.section == Section::Progress;
            detour.is_certain || is_printed || self.place.section == Section::Summary
        };
        if let Some(detour) = self.detour.take_if(|detour| is_inner(detour)) {
            self.story.summary.clear();
            self.go_back(&detour);
            self.capture = (!self.is_in_progress()).then_some(line.start);
        }
        self.doubtful_totals = (self.origin == Origin::Implicit).then_some(counts);
    }

    pub(super) fn line(&mut self, line: &Line<'_>) {
        if self.crash_line(line) {
            return;
        }
        let text = line.text.as_ref();
        if let Some(title) = rules::title(text).filter(|_| self.is_own(text)) {
            self.enter(title, line);
            return;
        }
        match self.place.section {
            Section::Entries if self.is_sugar => self.sugar_entry_line(line),
            Section::Entries => self.entry_line(line),
            Section::Summary => self.summary_line(line),
            Section::Progress => self.progress_line(line),
            Section::Unfailed | Section::Other => self.foreign_line(line),
        }
    }

    /// Whether a rule is as wide as the session's. Where the heading is missing the first rule tells the width, and
    /// only captured text is doubted.
    fn is_own(&self, text: &str) -> bool {
        let is_doubted = self.origin != Origin::Implicit || self.is_capturing();
        let fits = self.width.is_none_or(|width| rules::fills(text, width));
        fits || !is_doubted
    }

    fn enter(&mut self, title: &str, line: &Line<'_>) {
        self.close_crash();
        self.width
            .get_or_insert_with(|| line.text.trim_end().chars().count());
        let place = Place::of(title);
        if self.is_in_progress() && self.origin != Origin::Implicit {
            // With `-s` it may be a test's: the totals will tell.
            self.detour = Some(Detour {
                from: self.place,
                entries: self.story.entries.len(),
                is_certain: false,
                is_fresh: true,
            });
        }
        let is_certain = self.detour.as_ref().is_some_and(|detour| detour.is_certain);
        if self.is_capturing() || is_certain {
            let follows = place.follows(self.place);
            if !is_certain {
                self.detour = Some(Detour {
                    from: self.place,
                    entries: self.story.entries.len(),
                    is_certain: !follows,
                    is_fresh: follows,
                });
            }
            if !follows {
                return;
            }
        } else if let Some(detour) = &mut self.detour {
            detour.is_fresh &= detour.from.section == Section::Progress;
        }
        self.goes_on(line);
        self.is_headless = false;
        if title == "short test summary info" {
            // The last one is the session's own.
            self.story.summary.clear();
        }
        self.place = Place {
            section: place.section,
            rank: place.rank.or(self.place.rank),
        };
    }

    /// What came since the detour was printed by a test.
    fn go_back(&mut self, detour: &Detour) {
        self.story.entries.truncate(detour.entries);
        self.place = detour.from;
        let last = self.story.entries.last();
        self.is_headless = last.is_some_and(|entry| !entry.has_heading());
    }

    /// The session has something to say in `line`: what was captured ends before it, and the sessions that have begun
    /// and ended in it were its tests'.
    fn goes_on(&mut self, line: &Line<'_>) {
        self.inner.clear();
        self.doubtful_totals = None;
        self.end_capture(line);
    }

    /// Text that was captured ends before `line`.
    fn end_capture(&mut self, line: &Line<'_>) {
        if let Some(start) = self.capture.take()
            && self.captured.len() < CAPTURE_LIMIT
        {
            self.captured.push((start, line.start));
        }
    }

    pub(super) fn close_crash(&mut self) {
        self.story.crashes.extend(self.crash.take());
    }

    /// The runner speaks: a session of which no more is known than what it printed is not followed any further.
    pub(super) fn runner_speaks(&mut self) {
        self.close_crash();
        if self.origin == Origin::Implicit && !self.is_capturing() {
            self.place.section = Section::Progress;
        }
    }

    /// Turns the session into what is to be reported, first what its inner sessions have to say where they are not its
    /// tests' after all.
    pub(super) fn finish(mut self, counts: Option<&Counts>, end: End, at: u64) -> Vec<Report> {
        self.close_crash();
        let results = self.results.take();
        // A session that is cut off has not passed because a test says that something did.
        let doubtful = self
            .doubtful_totals
            .take()
            .filter(|counts| counts.declared() > 0);
        let counts = counts.or(results.as_ref()).or(doubtful.as_ref());
        let died = self.watch.running.take().filter(|running| match end {
            End::Totals | End::StepLeft => false,
            // Of a session that a test has begun the test's death is enough.
            End::StepFailed => self.origin != Origin::Nested,
            End::Input => running.died() && counts.is_none(),
        });
        if let Some(start) = self.capture.take()
            && end == End::Totals
        {
            self.captured.push((start, at));
        }
        let mut reports = std::mem::take(&mut self.inner);
        let mut report = self.story.settle(counts, died);
        report.enclosed = self.captured;
        if end == End::Totals {
            reports.clear();
            if self.origin != Origin::Implicit {
                report.enclosed = vec![(self.start, at)];
            }
        }
        reports.push(report);
        reports
    }
}
