//! The lines of a session's sections.

use crate::line::Line;

use super::super::counts::Counts;
use super::super::crash::Crash;
use super::super::entry::{self, Entry};
use super::super::internal::InternalError;
use super::super::names;
use super::super::rules::{self, Section};
use super::super::sugar;
use super::super::verbose::{self, Progress, Watch};
use super::{Detour, Origin, Session};

impl Session {
    pub(super) fn entry_line(&mut self, line: &Line<'_>) {
        let text = line.text.as_ref();
        let is_capturing = self.is_capturing();
        let heading = rules::entry_heading(text)
            .filter(|_| !self.is_headless && (!is_capturing || self.is_own(text)));
        if let Some(name) = heading {
            self.goes_on(line);
            self.story.add_entry(Entry::new(name, line));
            return;
        }
        let may_be_headless =
            self.place.rank == Some(2) && self.story.entries.last().is_none_or(Entry::is_error);
        if (self.is_headless || may_be_headless) && self.headless_line(line) {
            self.is_headless = true;
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
                None => {
                    let mut entry = Entry::headless(line);
                    entry.close(file, message);
                    self.story.add_entry(entry);
                    self.end_capture(line);
                }
                Some(_) => return false,
            }
            return true;
        }
        let begins = open.is_none() && !is_capturing && text.starts_with("E   ");
        if begins {
            self.story.add_entry(Entry::headless(line));
        }
        begins
    }

    pub(super) fn summary_line(&mut self, line: &Line<'_>) {
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

    pub(super) fn foreign_line(&mut self, line: &Line<'_>) {
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
        if section == Section::Summary {
            self.story.summary.clear();
        }
        self.go_back(&detour);
        if self.place.section == Section::Entries {
            self.entry_line(line);
        }
        true
    }

    pub(super) fn progress_line(&mut self, line: &Line<'_>) {
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

    pub(super) fn sugar_entry_line(&mut self, line: &Line<'_>) {
        if sugar::is_progress(&line.text) {
            self.end_capture(line);
            self.place.section = Section::Progress;
        } else if !self.sugar_line(line) {
            self.entry_line(line);
        }
    }

    pub(super) fn crash_line(&mut self, line: &Line<'_>) -> bool {
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
}
