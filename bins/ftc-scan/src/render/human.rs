//! For a person at a terminal.
//!
//! Below [`WIDE`] columns a failure takes a line for its name and one for what is known of it; from there on one line
//! holds both. What it said stands below.

use std::io::{self, Write};

use anstyle::Style;
use ftc_cli::{Styles, Terminal, printable};
use ftc_fingerprint::Class;

use super::Renderer;
use super::text::{self, counted, first_line, fit_end, fit_middle, one_line, pad, width, wrap};
use crate::model::{FileFailure, FileResult, Seen, Summary};

/// From this width on a failure fits one line.
const WIDE: usize = 100;
/// Lines longer than this are hard to follow.
const MAX_WIDTH: usize = 140;
/// Below this width nothing can be arranged, so lines may be longer than the terminal.
const MIN_WIDTH: usize = 60;
/// Columns of a short fingerprint.
const FINGERPRINT_WIDTH: usize = 12;
/// Columns of the longest kind.
const KIND_WIDTH: usize = 9;

/// Renders for a person.
#[derive(Debug)]
pub struct Human {
    styles: Styles,
    width: usize,
    shows_excerpts: bool,
}

impl Human {
    pub fn new(terminal: Terminal, shows_excerpts: bool) -> Self {
        Self {
            styles: Styles::of(terminal),
            width: terminal.width.clamp(MIN_WIDTH, MAX_WIDTH),
            shows_excerpts,
        }
    }

    fn class_style(&self, class: Class) -> Style {
        match class {
            Class::Regression => self.styles.error,
            Class::Flaky => self.styles.warning,
            Class::Infra => self.styles.hint,
            Class::Pass => self.styles.good,
            _ => self.styles.strong,
        }
    }

    fn failure(
        &self,
        failure: &FileFailure,
        columns: &Columns,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let strong = self.styles.strong;
        let title = pad(
            &fit_middle(&one_line(failure.title()), columns.title),
            columns.title,
        );
        write!(out, "  {strong}{title}{strong:#}")?;
        let kind = pad(failure.kind.as_str(), KIND_WIDTH);
        if let Some(reason) = columns.reason {
            write!(out, "  {kind}  ")?;
            let used = self.class(failure.class, &failure.evidence, reason, out)?;
            write!(out, "{}", " ".repeat(reason - used))?;
            self.identity(failure, out)?;
        } else {
            self.identity(failure, out)?;
            write!(out, "    {kind} ")?;
            self.class(
                failure.class,
                &failure.evidence,
                self.width - KIND_WIDTH - 5,
                out,
            )?;
            writeln!(out)?;
        }
        // Without a test the message is already the title.
        if failure.test.is_some() && !failure.message.trim().is_empty() {
            let message = fit_end(&first_line(&failure.message), self.width - 4);
            writeln!(out, "    {message}")?;
        }
        if self.shows_excerpts {
            self.excerpt(failure, out)?;
        }
        Ok(())
    }

    fn identity(&self, failure: &FileFailure, out: &mut dyn Write) -> io::Result<()> {
        let dim = self.styles.dim;
        write!(out, "  {dim}{}{dim:#}", failure.fingerprint.short())?;
        match &failure.seen {
            None => writeln!(out),
            Some(seen) => writeln!(out, "  {}", seen_words(seen)),
        }
    }

    /// The class and its first reason; returns the columns that it took.
    fn class(
        &self,
        class: Class,
        evidence: &[String],
        limit: usize,
        out: &mut dyn Write,
    ) -> io::Result<usize> {
        let style = self.class_style(class);
        write!(out, "{style}{class}{style:#}")?;
        let reason = reason_words(evidence);
        let reason = fit_end(&reason, limit.saturating_sub(class.as_str().len()));
        write!(out, "{reason}")?;
        Ok(class.as_str().len() + width(&reason))
    }

    fn excerpt(&self, failure: &FileFailure, out: &mut dyn Write) -> io::Result<()> {
        let dim = self.styles.dim;
        writeln!(
            out,
            "    {dim}lines {} to {}{dim:#}",
            failure.first_line, failure.last_line
        )?;
        for line in failure.excerpt.lines() {
            writeln!(out, "    {dim}|{dim:#} {}", printable(line))?;
        }
        Ok(())
    }
}

impl Renderer for Human {
    fn file(&mut self, file: &FileResult, out: &mut dyn Write) -> io::Result<()> {
        // Half of the line at most: a path says most at its end, a reason at its beginning.
        let name = fit_middle(&one_line(&file.file), self.width / 2);
        let room = self.width - width(&name) - 2;
        let strong = self.styles.strong;
        write!(out, "{strong}{name}{strong:#}: ")?;
        self.class(file.class, &file.evidence, room, out)?;
        writeln!(out)?;
        for note in &file.notes {
            for (index, line) in wrap(&printable(note), self.width - 8).iter().enumerate() {
                let label = if index == 0 { "note:" } else { "     " };
                writeln!(out, "  {label} {line}")?;
            }
        }
        let columns = Columns::new(file, self.width);
        for failure in &file.failures {
            self.failure(failure, &columns, out)?;
        }
        if file.failures.is_empty() {
            Ok(())
        } else {
            writeln!(out)
        }
    }

    fn end(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let strong = self.styles.strong;
        let mut parts = vec![counted(summary.failures, "failure")];
        if summary.flaky > 0 {
            parts.push(format!("{} flaky", summary.flaky));
        }
        if !summary.errors.is_empty() {
            parts.push(format!("{} unreadable", summary.errors.len()));
        }
        let files = counted(summary.files, "file");
        let seconds = summary.elapsed.as_secs_f64();
        writeln!(
            out,
            "{strong}{files}: {}{strong:#} in {seconds:.2} s",
            parts.join(", ")
        )
    }
}

/// Columns that the parts of a failure get, the same for all failures of a file.
struct Columns {
    title: usize,
    /// Class and reason, where they stand on the line of the title.
    reason: Option<usize>,
}

impl Columns {
    /// No part gets more than it needs, and the title gets what it needs first, but leaves two fifths to the reason.
    fn new(file: &FileResult, width: usize) -> Self {
        let most = |columns: &dyn Fn(&FileFailure) -> usize| {
            file.failures.iter().map(columns).max().unwrap_or(0)
        };
        let title = most(&|failure| text::width(&one_line(failure.title())));
        let seen = most(&|failure| {
            failure
                .seen
                .as_ref()
                .map_or(0, |seen| seen_words(seen).len() + 2)
        });
        let room = width - 2 - 2 - FINGERPRINT_WIDTH - seen;
        if width < WIDE {
            return Self {
                title: title.min(room),
                reason: None,
            };
        }
        let room = room - KIND_WIDTH - 4;
        let reason = most(&|failure| {
            failure.class.as_str().len() + text::width(&reason_words(&failure.evidence))
        });
        let title = title.min(room.saturating_sub(reason).max(room * 3 / 5));
        Self {
            title,
            reason: Some(reason.min(room - title)),
        }
    }
}

/// The first reason for a class as it stands after its name.
fn reason_words(evidence: &[String]) -> String {
    evidence
        .first()
        .map(|reason| format!(": {}", one_line(reason)))
        .unwrap_or_default()
}

/// How often and since when, in a few words.
pub fn seen_words(seen: &Seen) -> String {
    if seen.is_new {
        return "new".to_owned();
    }
    format!("{}x since {}", seen.times, seen.since.strftime("%Y-%m-%d"))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::samples::{self, failure, file, render};
    use super::*;

    fn at(width: usize) -> Human {
        Human::new(
            Terminal {
                width,
                ..Terminal::PLAIN
            },
            false,
        )
    }

    fn without_store() -> Vec<FileResult> {
        let mut files = samples::files();
        for failure in files.iter_mut().flat_map(|file| &mut file.failures) {
            failure.seen = None;
        }
        files
    }

    #[test]
    fn eighty_columns() {
        assert_snapshot!(render(&mut at(80), &samples::files(), &samples::summary()), @r#"
        unit/lease.log: flaky: passed on attempt 2 of 2
          TestLease/expi…al_was_refused_by_the_leader  3f3f3f3f3f3f  3x since 2026-11-02
            assertion unknown: one failure in one log
            lease expired after 31ms
          TestElection                                 a1a1a1a1a1a1  new
            timeout   flaky: passed on attempt 2 of 2
            lease expired after 31ms

        build.zip!/1_build.txt: regression: compile error E0308
          note: the tool counted 4 failures and 3 were found, so look at the log itself
                before you trust this list
          error[E0308]: mismatched types  070707070707  new
            build     regression: compile error E0308

        pass.log: pass
        3 files: 2 failures, 1 flaky, 1 unreadable in 1.23 s
        "#);
    }

    #[test]
    fn a_hundred_and_twenty_columns() {
        assert_snapshot!(render(&mut at(120), &samples::files(), &samples::summary()), @r#"
        unit/lease.log: flaky: passed on attempt 2 of 2
          TestLease/exp…al_was_refused_by_the_leader  assertion  unknown: one failure in one…  3f3f3f3f3f3f  3x since 2026-11-02
            lease expired after 31ms
          TestElection                                timeout    flaky: passed on attempt 2…   a1a1a1a1a1a1  new
            lease expired after 31ms

        build.zip!/1_build.txt: regression: compile error E0308
          note: the tool counted 4 failures and 3 were found, so look at the log itself before you trust this list
          error[E0308]: mismatched types  build      regression: compile error E0308  070707070707  new

        pass.log: pass
        3 files: 2 failures, 1 flaky, 1 unreadable in 1.23 s
        "#);
    }

    #[test]
    fn without_a_store_the_names_have_more_room() {
        assert_snapshot!(render(&mut at(80), &without_store(), &samples::summary()), @r#"
        unit/lease.log: flaky: passed on attempt 2 of 2
          TestLease/expires_after_the_renewal_was_refused_by_the_leader  3f3f3f3f3f3f
            assertion unknown: one failure in one log
            lease expired after 31ms
          TestElection                                                   a1a1a1a1a1a1
            timeout   flaky: passed on attempt 2 of 2
            lease expired after 31ms

        build.zip!/1_build.txt: regression: compile error E0308
          note: the tool counted 4 failures and 3 were found, so look at the log itself
                before you trust this list
          error[E0308]: mismatched types  070707070707
            build     regression: compile error E0308

        pass.log: pass
        3 files: 2 failures, 1 flaky, 1 unreadable in 1.23 s
        "#);
    }

    #[test]
    fn with_excerpts() {
        let mut human = Human::new(Terminal::PLAIN, true);
        assert_snapshot!(render(
            &mut human,
            &without_store()[..1],
            &samples::summary()
        ), @r#"
        unit/lease.log: flaky: passed on attempt 2 of 2
          TestLease/expires_after_the_renewal_was_refused_by_the_leader  3f3f3f3f3f3f
            assertion unknown: one failure in one log
            lease expired after 31ms
            lines 12 to 14
            | --- FAIL: TestLease (0.01s)
            |     lease_test.go:41: lease expired after 31ms
          TestElection                                                   a1a1a1a1a1a1
            timeout   flaky: passed on attempt 2 of 2
            lease expired after 31ms
            lines 12 to 14
            | --- FAIL: TestLease (0.01s)
            |     lease_test.go:41: lease expired after 31ms

        3 files: 2 failures, 1 flaky, 1 unreadable in 1.23 s
        "#);
    }

    #[test]
    fn colour_by_class() {
        let mut human = Human::new(
            Terminal {
                color: true,
                ..Terminal::PLAIN
            },
            false,
        );
        let text = render(
            &mut human,
            &[file("pass.log", Class::Pass)],
            &Summary::default(),
        );
        assert!(
            text.contains("\u{1b}[1m\u{1b}[32mpass\u{1b}[0m\n"),
            "{text:?}"
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let mut wide = failure(&"租约_到期_".repeat(30), 1);
        wide.message = "message ".repeat(40);
        wide.evidence = vec!["reason ".repeat(40)];
        wide.seen = samples::files()[0].failures[0].seen.clone();
        let long = FileResult {
            failures: vec![wide],
            evidence: vec!["evidence ".repeat(40)],
            notes: vec!["note ".repeat(60)],
            ..file(&"directory/".repeat(30), Class::Regression)
        };
        for columns in [60, 80, 99, 100, 120, 140, 200] {
            let text = render(
                &mut at(columns),
                std::slice::from_ref(&long),
                &samples::summary(),
            );
            for line in text.lines() {
                assert!(
                    width(line) <= columns,
                    "{} columns at {columns}: {line}",
                    width(line)
                );
            }
        }
    }

    #[test]
    fn hostile_names_do_not_reach_the_terminal() {
        let mut hostile = failure("Test\u{1b}[2J\u{202e}\nevil", 2);
        hostile.message = "\u{9b}2Jmessage\u{7}".to_owned();
        hostile.excerpt = "\u{1b}]0;title\u{7}".to_owned();
        hostile.evidence = vec!["\u{1b}[31m".to_owned()];
        let file = FileResult {
            failures: vec![hostile],
            notes: vec!["\u{1b}[0m".to_owned()],
            ..file("a\u{1b}[2J\n.log", Class::Unknown)
        };
        let text = render(
            &mut Human::new(Terminal::PLAIN, true),
            &[file],
            &Summary::default(),
        );
        let acting = text
            .chars()
            .find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
        assert_eq!(acting, None, "{text}");
    }
}
