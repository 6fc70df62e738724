//! What a failed example says: the source of the expectation, then what was raised, then the backtrace.

use crate::kind::Kind;

use super::super::function;

const SOURCE: &str = "Failure/Error:";

/// Lines of a matcher's text that are kept.
const LINES: usize = 8;

/// What is known from an entry's lines.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) kind: Kind,
    pub(super) message: String,
    pub(super) function: Option<String>,
    /// The file of the example.
    pub(super) file: Option<String>,
}

/// Reads the lines below an entry's heading, indented or not.
pub(super) fn of(lines: &[String]) -> Said {
    let at = lines
        .iter()
        .enumerate()
        .find_map(|(at, line)| Some((at, line.find(SOURCE)?)));
    let (kind, message) = match at {
        Some((at, indent)) => behind_source(lines, at, indent),
        None => (Kind::Assertion, first_line(lines).to_owned()),
    };
    Said {
        kind,
        message,
        function: lines
            .iter()
            .filter_map(|line| frame(line))
            .find_map(function)
            .map(str::to_owned),
        file: lines
            .iter()
            .filter_map(|line| frame(line))
            .find_map(|frame| frame.split_once(".rb:"))
            .map(|(file, _)| format!("{}.rb", file.trim_start_matches("./"))),
    }
}

fn first_line(lines: &[String]) -> &str {
    lines
        .iter()
        .map(|line| line.trim())
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}

/// `# ./spec/a_spec.rb:3:in ...`; in XML the sign is missing.
fn frame(line: &str) -> Option<&str> {
    let text = line.trim_start();
    let frame = text.strip_prefix("# ").unwrap_or(text);
    (frame.starts_with("./") && frame.contains(".rb:")).then_some(frame)
}

fn behind_source(lines: &[String], at: usize, indent: usize) -> (Kind, String) {
    let mut below = lines[at + 1..].iter().map(String::as_str);
    if lines[at].trim_end().ends_with(SOURCE) {
        // The source takes several lines.
        below.by_ref().find(|line| line.trim().is_empty());
    }
    let text: Vec<&str> = below
        .skip_while(|line| line.trim().is_empty())
        .take_while(|line| !is_end(line, indent))
        .collect();
    let Some(first) = text.first() else {
        return (Kind::Assertion, String::new());
    };
    let is_class = first.find(|c| c != ' ') == Some(indent) && is_class(first.trim());
    if !is_class {
        return (Kind::Assertion, matcher_text(&text));
    }
    let class = first.trim().trim_end_matches(':');
    let said = text[1..].iter().map(|line| line.trim());
    let said = said
        .filter(|line| !line.is_empty())
        .find(|line| !line.starts_with("-->"));
    let message = match said {
        Some(said) => format!("{class}: {said}"),
        None => class.to_owned(),
    };
    (kind_of(class), message)
}

/// Whether the line is behind what was raised: the backtrace, or where shared examples were called from.
fn is_end(line: &str, indent: usize) -> bool {
    let text = line.trim_start();
    let is_at_margin = line.len() - text.len() <= indent;
    is_at_margin
        && (text.starts_with("# ")
            || text.starts_with("Shared Example Group:")
            || frame(line).is_some())
}

/// `RuntimeError:`, `Shop::Errors::NotFound:`.
fn is_class(text: &str) -> bool {
    text.strip_suffix(':').is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_uppercase() || c == '#')
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || "_:#<>".contains(c))
    })
}

/// The text of a matcher without the difference of the two values.
fn matcher_text(text: &[&str]) -> String {
    let lines: Vec<&str> = text
        .iter()
        .map(|line| line.trim())
        .take_while(|line| !line.starts_with("Diff:") && !line.starts_with("(compared using "))
        .filter(|line| !line.is_empty())
        .take(LINES)
        .collect();
    lines.join("\n")
}

fn kind_of(class: &str) -> Kind {
    match class {
        "Timeout::Error" | "Timeout::ExitException" => Kind::Timeout,
        "Minitest::Assertion" | "Test::Unit::AssertionFailedError" => Kind::Assertion,
        _ => Kind::Panic,
    }
}
