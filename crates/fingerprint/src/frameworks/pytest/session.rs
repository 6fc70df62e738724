//! One run of pytest, from its first line to its totals: under which heading the lines stand, and what is only printed by
//! a test.
//!
//! Tests of plugins run pytest and print its whole report. What tells the outer report from an inner one: its rules are
//! as wide as the first one; its sections come in one order and none twice; a session with a heading has rules around its
//! totals, a quiet one has neither.

use crate::line::Line;

use super::counts::Counts;
use super::crash::Crash;
use super::entry::{self, Entry};
use super::internal::InternalError;
use super::names;
use super::rules::{self, Place, Section};
use super::story::{Report, Story};
use super::sugar;
use super::verbose::{self, Progress, Watch};

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
            self.story.entries.truncate(detour.entries);
            self.story.summary.clear();
            self.place = detour.from;
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
        if title == "short test summary info" {
            // The last one is the session's own.
            self.story.summary.clear();
        }
        self.place = Place {
            section: place.section,
            rank: place.rank.or(self.place.rank),
        };
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

    fn entry_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        if let Some(name) =
            rules::entry_heading(text).filter(|_| !self.is_capturing() || self.is_own(text))
        {
            self.goes_on(line);
            self.story.add_entry(Entry::new(name, line));
            return;
        }
        let is_capturing = self.is_capturing();
        let is_headless = self.place.rank == Some(2)
            && self
                .story
                .entries
                .last()
                .is_none_or(|entry| entry.is_error() || !entry.has_heading());
        if is_headless && self.headless_line(line) {
            return;
        }
        let is_captured_title = rules::dashed(text).is_some_and(|title| {
            let is_named = title.starts_with("Captured ") || title.starts_with("generated ");
            is_named && (!is_capturing || self.is_own(text))
        });
        if is_captured_title {
            self.capture.get_or_insert(line.end);
        }
        if let Some(entry) = self.story.entries.last_mut() {
            if is_capturing || is_captured_title {
                entry.captured_line(line);
            } else {
                entry.line(line);
            }
        }
    }

    /// A line of `--tb=line`, where entries have no heading; `false` when it is none of theirs.
    fn headless_line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        let is_capturing = self.is_capturing();
        let open = self
            .story
            .entries
            .last_mut()
            .filter(|entry| entry.is_open());
        if let Some((file, message)) = entry::crash_line(text) {
            match open {
                Some(entry) if !is_capturing || entry.says(message) => {
                    entry.line(line);
                    entry.close(file, message);
                    self.end_capture(line);
                }
                None if !is_capturing => {
                    let mut entry = Entry::headless(line);
                    entry.close(file, message);
                    self.story.add_entry(entry);
                }
                _ => return false,
            }
            return true;
        }
        let begins = open.is_none() && !is_capturing && text.starts_with("E   ");
        if begins {
            self.story.add_entry(Entry::headless(line));
        }
        begins
    }

    fn summary_line(&mut self, line: &Line<'_>) {
        if self.resumes(line) {
            return;
        }
        let text = line.text.as_ref();
        if sugar::is_results(text) {
            self.is_sugar = true;
            self.results = Some(Counts::default());
        } else if let Some(mention) = names::mention(text) {
            self.story.mentioned(mention, line);
        }
    }

    fn foreign_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        let is_passing = self.place.section == Section::Unfailed;
        let is_captured = rules::dashed(text).is_some_and(|title| title.starts_with("Captured "));
        if is_passing && is_captured && self.is_own(text) {
            self.capture.get_or_insert(line.end);
        } else if !is_passing {
            self.resumes(line);
        }
    }

    /// An entry under a title that was met in captured text shows that the title was captured too: behind a summary no
    /// entry comes. Takes the entry in where that is so.
    fn resumes(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        let section = self.place.section;
        let is_entry = rules::entry_heading(text).is_some_and(|name| {
            !name.starts_with("coverage: ") && self.width.is_some() && self.is_own(text)
        });
        let is_captured = |detour: &mut Detour| section == Section::Summary || detour.is_fresh;
        if !is_entry {
            return false;
        }
        let Some(detour) = self.detour.take_if(is_captured) else {
            return false;
        };
        self.story.entries.truncate(detour.entries);
        if section == Section::Summary {
            self.story.summary.clear();
        }
        self.place = detour.from;
        if self.place.section == Section::Entries {
            self.entry_line(line);
        }
        true
    }

    fn progress_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        if let Some(rootdir) = text.strip_prefix("rootdir: ") {
            if self.story.rootdir.is_none() && self.origin == Origin::Implicit {
                self.watch = Watch::from_start();
            }
            let rootdir = rootdir.split(", ").next().unwrap_or(rootdir);
            self.story.rootdir = Some(rootdir.trim_end_matches('/').to_owned());
        } else if text.contains("while loading conftest") {
            self.story
                .add_entry(Entry::new("ERROR collecting conftest.py", line));
            self.place.section = Section::Entries;
        } else if InternalError::take(&mut self.story.internal, line) || self.sugar_line(line) {
        } else if let Some(progress) = verbose::result(text) {
            self.ended(progress, line);
        } else {
            self.watch.other_line(line);
        }
    }

    fn ended(&mut self, progress: Progress<'_>, line: &Line<'_>) {
        match (progress, self.watch.running.take()) {
            (Progress::Result { word, node }, _) => self.story.ended(word, node, line),
            (Progress::Bare(word), Some(running)) => self.story.ended(word, running.node, line),
            // A test has printed the word.
            (Progress::Bare(_), None) => return,
        }
        self.watch.ended();
    }

    /// A line among pytest-sugar's progress; `false` when it is not sugar's.
    fn sugar_line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        if let Some(name) = sugar::heading(text) {
            self.width
                .get_or_insert_with(|| text.trim_end().chars().count());
            self.is_sugar = true;
            self.place.section = Section::Entries;
            self.end_capture(line);
            self.story.add_entry(Entry::new(name, line));
        } else if sugar::is_progress(text) {
            self.is_sugar = true;
        } else if self.is_sugar && sugar::is_results(text) {
            self.results = Some(Counts::default());
        } else {
            return false;
        }
        true
    }

    fn sugar_entry_line(&mut self, line: &Line<'_>) {
        if sugar::is_progress(&line.text) {
            self.end_capture(line);
            self.place.section = Section::Progress;
        } else if !self.sugar_line(line) {
            self.entry_line(line);
        }
    }

    fn crash_line(&mut self, line: &Line<'_>) -> bool {
        if let Some(crash) = &mut self.crash {
            let continues = crash.extend(line);
            if !continues || crash.is_closed {
                self.close_crash();
            }
            if continues {
                return true;
            }
        }
        if !self.is_in_progress() {
            return false;
        }
        self.crash = Crash::start(line);
        let Some(crash) = &mut self.crash else {
            return false;
        };
        let running = self.watch.running.take().map(|running| running.node);
        crash.node = crash.node.take().or(running);
        true
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
        let doubtful = self.doubtful_totals.take();
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
