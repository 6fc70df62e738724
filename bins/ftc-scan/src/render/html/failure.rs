//! One failure on the page.

use ftc_cli::printable;

use super::super::human::seen_words;
use super::super::text::one_line;
use super::{Escaped, badge, write_to};
use crate::model::FileFailure;

/// Writes `failure`, the page's `number`th.
pub(super) fn write(failure: &FileFailure, number: usize, shows_excerpt: bool, out: &mut String) {
    let short = failure.fingerprint.short();
    let anchor = format!("f{number}-{short}");
    let class = failure.class;
    write_to(
        out,
        format_args!(
            "<article class=\"failure {class}\" id=\"{anchor}\" aria-labelledby=\"{anchor}-name\">\n\
             <div class=\"head\"><h3 id=\"{anchor}-name\"><a href=\"#{anchor}\">{}</a></h3>{}</div>\n",
            Escaped(&one_line(failure.title())),
            badge(class)
        ),
    );
    let message = failure.message.trim_end();
    // Without a test the message may be all of the title.
    if !message.trim().is_empty() && message != failure.title() {
        write_to(
            out,
            format_args!(
                "<pre class=\"message\" tabindex=\"0\">{}</pre>\n",
                Escaped(&lines(message))
            ),
        );
    }
    facts(failure, out);
    if shows_excerpt && !failure.excerpt.trim().is_empty() {
        excerpt(failure, out);
    }
    out.push_str("</article>\n");
}

fn facts(failure: &FileFailure, out: &mut String) {
    let fingerprint = failure.fingerprint;
    let mut facts = vec![
        ("kind", kind(failure)),
        ("by", failure.framework.to_owned()),
    ];
    if let Some(suite) = &failure.suite {
        facts.push(("in", one_line(suite)));
    }
    if !failure.evidence.is_empty() {
        let why: Vec<String> = failure.evidence.iter().map(|why| one_line(why)).collect();
        facts.push(("why", why.join("; ")));
    }
    if let Some(seen) = &failure.seen {
        facts.push(("seen", seen_words(seen)));
    }
    out.push_str("<dl>\n");
    for (name, value) in facts {
        write_to(
            out,
            format_args!("<div><dt>{name}</dt><dd>{}</dd></div>\n", Escaped(&value)),
        );
    }
    write_to(
        out,
        format_args!(
            "<div><dt>fingerprint</dt><dd><code title=\"{fingerprint}\">{}</code></dd></div>\n</dl>\n",
            fingerprint.short()
        ),
    );
}

fn kind(failure: &FileFailure) -> String {
    match &failure.detail {
        Some(detail) => format!("{}, {}", failure.kind, one_line(detail)),
        None => failure.kind.to_string(),
    }
}

/// The lines with their numbers, where these are known.
fn excerpt(failure: &FileFailure, out: &mut String) {
    let (first, last) = (failure.first_line, failure.last_line);
    let numbers = &failure.excerpt_numbers;
    let is_numbered = numbers.len() == failure.excerpt.lines().count();
    let class = if is_numbered { "log numbered" } else { "log" };
    let place = match (first, last) {
        (0, _) => "the log".to_owned(),
        (first, last) if first == last => format!("line {first}"),
        (first, last) => format!("lines {first} to {last}"),
    };
    write_to(
        out,
        format_args!(
            "<details open><summary>Excerpt, {place}</summary>\n\
             <pre class=\"{class}\" tabindex=\"0\"><code>"
        ),
    );
    for (place, line) in failure.excerpt.lines().enumerate() {
        let line = printable(line);
        let number = match numbers.get(place) {
            Some(number) if is_numbered => format!(" data-n=\"{number}\""),
            _ => String::new(),
        };
        write_to(
            out,
            format_args!("<span class=\"l\"{number}>{}</span>", Escaped(&line)),
        );
    }
    out.push_str("</code></pre>\n");
    if failure.excerpt_is_cut {
        out.push_str("<p class=\"cut\">The failure has more lines than are shown.</p>\n");
    }
    out.push_str("</details>\n");
}

/// Several lines, each made harmless.
fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    lines.join("\n")
}
