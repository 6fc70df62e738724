//! One HTML page, complete in itself: it asks nobody for anything, runs no script, and says so to the browser.
//!
//! Everything out of a log is escaped once for a reader (what acts on a terminal or reorders text is spelled out) and once
//! for HTML. The summary stands first, so the page is written at the end; what is kept until then is bounded, and the page
//! says what was left out.

mod failure;

#[cfg(test)]
mod tests;

use std::fmt::{self, Write as _};
use std::io::{self, Write};

use ftc_fingerprint::Class;

use super::Renderer;
use super::text::{counted, one_line};
use crate::model::{FileFailure, FileResult, Summary};

const STYLE: &str = include_str!("html/page.css");
/// No request of any kind; a page that is opened from a disk has no headers, so it says it itself.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/// Bytes of failures from which on excerpts are left out.
const MAX_EXCERPT_BYTES: usize = 24 * 1024 * 1024;
/// Bytes of failures from which on they are only counted.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Files in the table at the top.
const MAX_ROWS: usize = 1000;
/// The classes that a failure can have, in the order in which they matter.
const CLASSES: [Class; 4] = [
    Class::Regression,
    Class::Infra,
    Class::Flaky,
    Class::Unknown,
];

/// Gathers the page.
#[derive(Debug, Default)]
pub struct Html {
    rows: String,
    row_count: usize,
    body: String,
    classes: [usize; CLASSES.len()],
    failures: usize,
    left_out: usize,
    without_excerpt: usize,
    version: String,
}

impl Renderer for Html {
    fn file(&mut self, file: &FileResult, _out: &mut dyn Write) -> io::Result<()> {
        self.row_count += 1;
        if self.row_count <= MAX_ROWS {
            self.row(file);
        }
        if file.failures.is_empty() && file.notes.is_empty() {
            return Ok(());
        }
        if self.body.len() > MAX_BYTES {
            self.left_out += file.failures.len();
            return Ok(());
        }
        self.head(file);
        for failure in &file.failures {
            self.failure(failure);
        }
        self.put("</section>\n");
        Ok(())
    }

    fn end(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let title = format!(
            "{} in {}",
            counted(summary.failures, "failure"),
            counted(summary.files, "file")
        );
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title} - ftc-scan</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#failures\">Skip to the failures</a>\n\
             <header>\n<h1>{title}</h1>\n<p>{}</p>\n",
            words(summary)
        )?;
        self.filter(out)?;
        out.write_all(b"</header>\n")?;
        self.table(out)?;
        out.write_all(b"<main id=\"failures\">\n")?;
        if summary.failures + summary.flaky == 0 {
            out.write_all(b"<p class=\"clean\">No failure was found.</p>\n")?;
        }
        out.write_all(self.body.as_bytes())?;
        self.what_was_left_out(out)?;
        unreadable(summary, out)?;
        write!(
            out,
            "</main>\n<footer>ftc-scan {}{}</footer>\n</body>\n</html>\n",
            env!("CARGO_PKG_VERSION"),
            if self.version.is_empty() {
                String::new()
            } else {
                format!(
                    ", fingerprints by the rules <code>{}</code>",
                    Escaped(&self.version)
                )
            }
        )
    }
}

impl Html {
    fn put(&mut self, text: &str) {
        self.body.push_str(text);
    }

    fn row(&mut self, file: &FileResult) {
        let name = one_line(&file.file);
        let name = Escaped(&name);
        let linked = if file.failures.is_empty() && file.notes.is_empty() {
            format!("{name}")
        } else {
            format!("<a href=\"#file-{}\">{name}</a>", self.row_count)
        };
        let reason = file.evidence.first().map(|reason| one_line(reason));
        write_to(
            &mut self.rows,
            format_args!(
                "<tr><td class=\"class\">{}</td><td>{linked}</td><td class=\"count\">{}</td><td class=\"reason muted\">{}</td></tr>\n",
                badge(file.class),
                file.failures.len(),
                Escaped(reason.as_deref().unwrap_or_default()),
            ),
        );
    }

    fn head(&mut self, file: &FileResult) {
        let place = self.row_count;
        write_to(
            &mut self.body,
            format_args!(
                "<section class=\"file\" aria-labelledby=\"file-{place}\">\n<div class=\"head\"><h2 id=\"file-{place}\">{}</h2>{}</div>\n",
                Escaped(&one_line(&file.file)),
                badge(file.class)
            ),
        );
        // The same is said of the failures below.
        let is_said = |reason: &String| {
            let mut failures = file.failures.iter();
            failures.any(|failure| failure.evidence.contains(reason))
        };
        if let Some(reason) = file.evidence.first().filter(|reason| !is_said(reason)) {
            write_to(
                &mut self.body,
                format_args!("<p class=\"why\">{}</p>\n", Escaped(&one_line(reason))),
            );
        }
        if !file.notes.is_empty() {
            self.put("<ul class=\"notes\">\n");
            for note in &file.notes {
                let note = one_line(note);
                write_to(
                    &mut self.body,
                    format_args!("<li>{}</li>\n", Escaped(&note)),
                );
            }
            self.put("</ul>\n");
        }
    }

    fn failure(&mut self, failure: &FileFailure) {
        if self.body.len() > MAX_BYTES {
            self.left_out += 1;
            return;
        }
        self.failures += 1;
        if let Some(place) = CLASSES.iter().position(|class| *class == failure.class) {
            self.classes[place] += 1;
        }
        self.version.clone_from(&failure.fingerprint_version);
        let shows_excerpt = self.body.len() <= MAX_EXCERPT_BYTES;
        if !shows_excerpt && !failure.excerpt.is_empty() {
            self.without_excerpt += 1;
        }
        failure::write(failure, self.failures, shows_excerpt, &mut self.body);
    }

    /// Choices that need no script; where a browser does not know `:has`, they do nothing and everything is shown.
    fn filter(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.classes.iter().filter(|count| **count > 0).count() < 2 {
            return Ok(());
        }
        out.write_all(b"<fieldset>\n<legend>Show</legend>\n")?;
        let total = self.failures;
        writeln!(
            out,
            "<label class=\"choice\"><input type=\"radio\" name=\"show\" id=\"show-all\" checked><span>all <b>{total}</b></span></label>"
        )?;
        for (class, count) in CLASSES.iter().zip(self.classes) {
            if count > 0 {
                writeln!(
                    out,
                    "<label class=\"choice\"><input type=\"radio\" name=\"show\" id=\"show-{class}\"><span>{class} <b>{count}</b></span></label>"
                )?;
            }
        }
        out.write_all(b"</fieldset>\n")
    }

    fn table(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.row_count < 2 {
            return Ok(());
        }
        write!(
            out,
            "<nav aria-label=\"Files\">\n<table>\n<caption>Files</caption>\n<thead><tr><th scope=\"col\">Class</th><th scope=\"col\">File</th>\
             <th scope=\"col\" class=\"count\">Failures</th><th scope=\"col\" class=\"reason\">Why</th></tr></thead>\n<tbody>\n{}</tbody>\n</table>\n",
            self.rows
        )?;
        if let Some(more) = self
            .row_count
            .checked_sub(MAX_ROWS)
            .filter(|more| *more > 0)
        {
            writeln!(
                out,
                "<p class=\"cut\">{} not listed here.</p>",
                counted(more, "more file")
            )?;
        }
        out.write_all(b"</nav>\n")
    }

    fn what_was_left_out(&self, out: &mut dyn Write) -> io::Result<()> {
        let places = [
            (self.left_out, "more failure"),
            (self.without_excerpt, "excerpt"),
        ];
        for (count, what) in places {
            if count > 0 {
                let what = counted(count, what);
                writeln!(
                    out,
                    "<p class=\"cut\">{what} left out: the page would be too large. <code>--format json</code> has everything.</p>"
                )?;
            }
        }
        Ok(())
    }
}

/// What stands below the headline.
fn words(summary: &Summary) -> String {
    let mut parts = Vec::new();
    if summary.flaky > 0 {
        parts.push(format!("{} passed on retry", summary.flaky));
    }
    if !summary.errors.is_empty() {
        parts.push(format!(
            "{} unreadable",
            counted(summary.errors.len(), "input")
        ));
    }
    parts.push(format!("scanned in {:.2} s", summary.elapsed.as_secs_f64()));
    parts.join(", ")
}

fn unreadable(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    if summary.errors.is_empty() {
        return Ok(());
    }
    out.write_all(b"<section class=\"file\" aria-labelledby=\"unreadable\">\n<h2 id=\"unreadable\">Inputs that could not be read</h2>\n<ul class=\"notes\">\n")?;
    for error in &summary.errors {
        writeln!(out, "<li>{}</li>", Escaped(&one_line(&error.error)))?;
    }
    out.write_all(b"</ul>\n</section>\n")
}

fn badge(class: Class) -> String {
    format!("<span class=\"badge {class}\">{class}</span>")
}

fn write_to(text: &mut String, arguments: fmt::Arguments<'_>) {
    text.write_fmt(arguments)
        .expect("a string takes everything");
}

/// Text where HTML stands, between tags and in quoted attributes.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                _ => f.write_char(character)?,
            }
        }
        Ok(())
    }
}
