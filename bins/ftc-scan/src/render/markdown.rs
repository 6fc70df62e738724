//! Markdown, for the summary of a job or a comment on a pull request.
//!
//! GitHub takes at most 65,536 characters, so the whole is kept below that and says what it leaves out. Everything out
//! of a log stands inside of `code` or `pre`, where GitHub makes no links, mentions or references of it, and with the
//! characters escaped that mean something in HTML, in Markdown or in a table.

use std::fmt::{self, Write as _};
use std::io::{self, Write};

use super::Renderer;
use super::human::seen_words;
use super::text::{counted, first_line, fit_middle, one_line};
use crate::model::{FileFailure, FileResult, Summary};

/// Bytes of the whole; GitHub counts characters, of which there are never more.
const MAX_BYTES: usize = 65_000;
/// Bytes of that for the table, so that excerpts have room too.
const MAX_TABLE_BYTES: usize = 40_000;
/// Bytes of one excerpt.
const MAX_EXCERPT_BYTES: usize = 4_000;
/// Columns of a name or a reason in the table.
const MAX_CELL_WIDTH: usize = 100;

/// Gathers what is rendered at the end.
#[derive(Debug, Default)]
pub struct Markdown {
    table: String,
    excerpts: String,
    rows_left_out: usize,
    excerpts_left_out: usize,
}

impl Renderer for Markdown {
    fn file(&mut self, file: &FileResult, _out: &mut dyn Write) -> io::Result<()> {
        for failure in &file.failures {
            let row = row(&file.file, failure);
            if self.table.len() + row.len() > MAX_TABLE_BYTES {
                self.rows_left_out += 1;
                continue;
            }
            self.table.push_str(&row);
            let excerpt = excerpt(&file.file, failure);
            // Some room is kept for the words around the table.
            if self.excerpts.len() + excerpt.len() > MAX_BYTES - MAX_TABLE_BYTES - 8_000 {
                self.excerpts_left_out += 1;
            } else {
                self.excerpts.push_str(&excerpt);
            }
        }
        Ok(())
    }

    fn end(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let mut text = headline(summary);
        if !self.table.is_empty() {
            text.push_str("\n| Test | File | Kind | Class | Fingerprint | Seen |\n| --- | --- | --- | --- | --- | --- |\n");
            text.push_str(&self.table);
        }
        left_out(
            self.rows_left_out,
            "more failures are not shown here.",
            &mut text,
        );
        text.push_str(&unreadable(summary));
        if !self.excerpts.is_empty() {
            text.push('\n');
            text.push_str(&self.excerpts);
        }
        left_out(
            self.excerpts_left_out,
            "excerpts are not shown here.",
            &mut text,
        );
        debug_assert!(text.len() <= MAX_BYTES, "the parts are bounded");
        out.write_all(text.as_bytes())
    }
}

fn headline(summary: &Summary) -> String {
    let mut text = format!(
        "### ftc-scan: {} in {}",
        counted(summary.failures, "failure"),
        counted(summary.files, "file")
    );
    if summary.flaky > 0 {
        write_to(
            &mut text,
            format_args!(", {} passed on retry", summary.flaky),
        );
    }
    text.push('\n');
    text
}

fn row(file: &str, failure: &FileFailure) -> String {
    let cell = |text: &str| {
        format!(
            "<code>{}</code>",
            Escaped(&fit_middle(&one_line(text), MAX_CELL_WIDTH))
        )
    };
    let reason = failure
        .evidence
        .first()
        .map(|reason| format!(": {}", cell(reason)))
        .unwrap_or_default();
    let seen = failure.seen.as_ref().map(seen_words).unwrap_or_default();
    format!(
        "| {} | {} | {} | {}{reason} | <code>{}</code> | {seen} |\n",
        cell(failure.title()),
        cell(file),
        failure.kind,
        failure.class,
        failure.fingerprint.short(),
    )
}

fn excerpt(file: &str, failure: &FileFailure) -> String {
    let title = fit_middle(&first_line(failure.title()), MAX_CELL_WIDTH);
    let file = fit_middle(&one_line(file), MAX_CELL_WIDTH);
    let mut shown = String::new();
    let mut is_cut = false;
    for line in failure.excerpt.lines() {
        let line = Escaped(&ftc_cli::printable(line)).to_string();
        if shown.len() + line.len() > MAX_EXCERPT_BYTES {
            is_cut = true;
            break;
        }
        shown.push_str(&line);
        shown.push('\n');
    }
    if is_cut {
        shown.push_str("...\n");
    }
    format!(
        "<details><summary><code>{}</code> in <code>{}</code>, line {}</summary>\n\n<pre>\n{shown}</pre>\n\n</details>\n\n",
        Escaped(&title),
        Escaped(&file),
        failure.first_line,
    )
}

/// What could not be read, as far as it fits.
fn unreadable(summary: &Summary) -> String {
    const MAX_SHOWN: usize = 10;
    if summary.errors.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "\n**{} could not be read:**\n\n",
        counted(summary.errors.len(), "input")
    );
    for error in summary.errors.iter().take(MAX_SHOWN) {
        let error = fit_middle(&one_line(&error.error), 2 * MAX_CELL_WIDTH);
        write_to(
            &mut text,
            format_args!("- <code>{}</code>\n", Escaped(&error)),
        );
    }
    left_out(
        summary.errors.len().saturating_sub(MAX_SHOWN),
        "more are not shown here.",
        &mut text,
    );
    text
}

fn left_out(count: usize, words: &str, text: &mut String) {
    if count > 0 {
        write_to(text, format_args!("\n*{count} {words}*\n"));
    }
}

fn write_to(text: &mut String, arguments: fmt::Arguments<'_>) {
    text.write_fmt(arguments)
        .expect("a string takes everything");
}

/// Text with everything escaped that means something in HTML, in Markdown or in a table.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' | '\'' | '|' | '`' | '@' | '#' | '*' | '_' | '~' | '[' | ']' | '\\' | ':'
                | '$' => {
                    write!(f, "&#{};", u32::from(character))?;
                }
                _ => f.write_char(character)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ftc_fingerprint::Class;
    use insta::assert_snapshot;

    use super::super::samples::{self, failure, file, render};
    use super::*;

    #[test]
    fn a_comment() {
        assert_snapshot!(render(
            &mut Markdown::default(),
            &samples::files(),
            &samples::summary()
        ), @r#"
        ### ftc-scan: 2 failures in 3 files, 1 passed on retry

        | Test | File | Kind | Class | Fingerprint | Seen |
        | --- | --- | --- | --- | --- | --- |
        | <code>TestLease/expires&#95;after&#95;the&#95;renewal&#95;was&#95;refused&#95;by&#95;the&#95;leader</code> | <code>unit/lease.log</code> | assertion | unknown: <code>one failure in one log</code> | <code>3f3f3f3f3f3f</code> | 3x since 2026-11-02 |
        | <code>TestElection</code> | <code>unit/lease.log</code> | timeout | flaky: <code>passed on attempt 2 of 2</code> | <code>a1a1a1a1a1a1</code> | new |
        | <code>error&#91;E0308&#93;&#58; mismatched types</code> | <code>build.zip!/1&#95;build.txt</code> | build | regression: <code>compile error E0308</code> | <code>070707070707</code> | new |

        **1 input could not be read:**

        - <code>&#96;broken.gz&#96; is cut off&#58; its gzip data ends early</code>

        <details><summary><code>TestLease/expires&#95;after&#95;the&#95;renewal&#95;was&#95;refused&#95;by&#95;the&#95;leader</code> in <code>unit/lease.log</code>, line 12</summary>

        <pre>
        --- FAIL&#58; TestLease (0.01s)
            lease&#95;test.go&#58;41&#58; lease expired after 31ms
        </pre>

        </details>

        <details><summary><code>TestElection</code> in <code>unit/lease.log</code>, line 12</summary>

        <pre>
        --- FAIL&#58; TestLease (0.01s)
            lease&#95;test.go&#58;41&#58; lease expired after 31ms
        </pre>

        </details>

        <details><summary><code>error&#91;E0308&#93;&#58; mismatched types</code> in <code>build.zip!/1&#95;build.txt</code>, line 12</summary>

        <pre>
        --- FAIL&#58; TestLease (0.01s)
            lease&#95;test.go&#58;41&#58; lease expired after 31ms
        </pre>

        </details>
        "#);
    }

    #[test]
    fn nothing_failed() {
        let files = [file("pass.log", Class::Pass)];
        let summary = Summary {
            files: 1,
            ..Summary::default()
        };
        assert_snapshot!(render(&mut Markdown::default(), &files, &summary), @"### ftc-scan: 0 failures in 1 file");
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut hostile = failure(
            "Test|a|`b`<img src=x>@octocat #1 **bold** https://evil.example",
            1,
        );
        hostile.evidence = vec!["</code>|@team".to_owned()];
        hostile.excerpt = "</pre></details>\n\n# heading @octocat\n```\n| x |".to_owned();
        let file = FileResult {
            failures: vec![hostile],
            ..file("a|b.log", Class::Unknown)
        };
        let text = render(&mut Markdown::default(), &[file], &Summary::default());
        let rows: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("| <code>"))
            .collect();
        assert_eq!(rows.len(), 1, "{text}");
        assert_eq!(
            rows[0].matches('|').count(),
            7,
            "the row has six cells: {}",
            rows[0]
        );
        for forbidden in [
            "@octocat",
            "@team",
            "<img",
            "`",
            "**",
            "https://",
            "# heading",
            "</pre></details>",
        ] {
            let found = text.replace("### ftc-scan", "").contains(forbidden);
            assert!(!found, "`{forbidden}` must not come through: {text}");
        }
    }

    #[test]
    fn it_fits_a_comment_and_says_what_it_leaves_out() {
        let mut long = failure(&"Test_@_".repeat(50), 1);
        long.excerpt = "&<>@|".repeat(5_000);
        let short = FileFailure {
            excerpt: "a line & another\n".repeat(100),
            ..long.clone()
        };
        let files = FileResult {
            failures: [vec![long; 10], vec![short; 1_000]].concat(),
            ..file(&"d@/".repeat(100), Class::Unknown)
        };
        let mut summary = Summary::default();
        summary.add(&files);
        summary.errors = vec![samples::summary().errors[0].clone(); 50];
        summary.errors[0].error = "@".repeat(10_000);
        let text = render(&mut Markdown::default(), &[files], &summary);
        assert!(text.len() <= MAX_BYTES, "{}", text.len());
        assert!(text.contains("more failures are not shown here.*"));
        assert!(text.contains("excerpts are not shown here.*"));
        assert!(text.contains("*40 more are not shown here.*"));
    }
}
