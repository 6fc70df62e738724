//! One cause out of one line.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use regex::Regex;

use crate::prefilter;

use super::table::{self, Group, Row};

/// What a line says of the machine, the network or a service.
#[derive(Debug, Clone)]
pub(super) struct Cause {
    pub(super) row: &'static Row,
    /// The primary message: the tool, then its words without what only this run had.
    pub(super) message: String,
    /// Whether the tool says that it tries again.
    pub(super) will_retry: bool,
}

/// The table with its search: one pass over a line finds the rows that can fit.
struct Table {
    rows: Vec<Entry>,
    needles: AhoCorasick,
}

struct Entry {
    row: &'static Row,
    /// Whether its pattern holds [`TROUBLE`](table::TROUBLE), which is looked for first: once in a line for all such rows.
    is_of_trouble: bool,
    pattern: OnceLock<Option<Regex>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let entry = |row: &'static Row| Entry {
        row,
        is_of_trouble: row.pattern.contains(table::TROUBLE),
        pattern: OnceLock::new(),
    };
    let rows: Vec<_> = table::rows().map(entry).collect();
    let needles = AhoCorasick::new(rows.iter().map(|entry| entry.row.needle))
        .expect("some hundred short literals are far below the automaton's limits");
    Table { rows, needles }
});

/// The needles that the prefilter can find. Other rows are found only among the last lines of what has failed.
pub(super) static ANCHORS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut anchors: Vec<&str> = table::rows()
        .map(|row| row.needle)
        .filter(|needle| prefilter::holds_marker(needle))
        .collect();
    anchors.extend(super::watch::ENDS);
    anchors.sort_unstable();
    anchors.dedup();
    anchors
});

/// Longer lines are data.
const LINE_LIMIT: usize = 4 * 1024;

impl Cause {
    /// Reads one line.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = tool_words(text);
        if text.len() > LINE_LIMIT {
            return None;
        }
        let table = &*TABLE;
        let mut fitting: Vec<usize> = Vec::new();
        for hit in table.needles.find_overlapping_iter(text) {
            fitting.push(hit.pattern().as_usize());
        }
        fitting.sort_unstable();
        fitting.dedup();
        let mut has_trouble = None;
        fitting.into_iter().find_map(|at| {
            let entry = &table.rows[at];
            let row = entry.row;
            if entry.is_of_trouble && !*has_trouble.get_or_insert_with(|| holds_trouble(text)) {
                return None;
            }
            let pattern = entry.pattern.get_or_init(|| Regex::new(row.pattern).ok());
            let captures = pattern.as_ref()?.captures(text)?;
            let words = captures.name("m").or(captures.get(0))?.as_str();
            let tool = captures.name("tool").map_or(row.tool, |tool| {
                tool.as_str().rsplit('/').next().unwrap_or(row.tool)
            });
            Some(Self {
                row,
                message: message(tool, words),
                will_retry: says_retry(text),
            })
        })
    }
}

/// Whether words of trouble with the network stand anywhere in the line.
fn holds_trouble(text: &str) -> bool {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(&format!("(?i){}", table::TROUBLE)).expect("the pattern is valid")
    });
    PATTERN.is_match(text)
}

/// The line without what runners, loggers and builders put before a tool's words.
fn tool_words(text: &str) -> &str {
    static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"^(?:##\[error\]|##\[warning\]|\[\d\d:\d\d:\d\d(?:\.\d+)?\] |#\d+ (?:\d+\.\d+ )?",
            r"|Error: (?:Error: |ERROR: )?|│ |│ │ )+"
        ))
        .expect("the pattern is valid")
    });
    // What such a prefix begins with.
    let may_begin = text.starts_with(['#', '[', 'E', '│']);
    let prefix = may_begin.then(|| PREFIX.find(text)).flatten();
    text[prefix.map_or(0, |prefix| prefix.end())..].trim_end()
}

/// `curl: (7) Failed to connect`: the tool stands in front once; of addresses the host stays.
fn message(tool: &str, words: &str) -> String {
    static URL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?P<host>[a-z][a-z0-9+.-]*://(?:[^/@\s'"]*@)?[^/\s'"`>),]+)/(?:[^\s'"`>),]*[^\s'"`>),:.;])?"#)
            .expect("the pattern is valid")
    });
    let words = URL.replace_all(words.trim(), "$host");
    let words = words.trim_end_matches(['.', ':', ' ']);
    if tool.is_empty() || words.starts_with(&format!("{tool}: ")) {
        words.to_owned()
    } else {
        format!("{tool}: {words}")
    }
}

/// Whether the words announce another try, or that it goes without. The last of several tries announces none.
pub(super) fn says_retry(text: &str) -> bool {
    static RETRY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)\b(?:will (?:be )?(?:retry|retried)|retrying|trying again|next attempt|retries left|tries remaining",
            r"|^W: Some index files failed to download|before retry|retry (?:in|after) \d|attempt \d+ (?:failed|of|/)|attempt:? \d+/\d+)"
        ))
        .expect("the pattern is valid")
    });
    static COUNT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)(?:attempt:? |try |\()(?P<try>\d+)(?: of |/| / )(?P<tries>\d+)",
            r"|(?P<left>\d+) (?:tries|retries|attempts) (?:remaining|left)|Retry\(total=(?P<total>\d+)"
        ))
        .expect("the pattern is valid")
    });
    if !RETRY.is_match(text) {
        return false;
    }
    let number = |name| {
        let captures = COUNT.captures(text)?;
        captures.name(name)?.as_str().parse::<u64>().ok()
    };
    let is_last = number("left") == Some(0)
        || number("total") == Some(0)
        || number("try").is_some_and(|this| number("tries").is_some_and(|all| this >= all));
    !is_last
}

/// Whether rows of this group end what they happen in, so that several of them are one failure.
pub(super) fn is_same(a: &Cause, b: &Cause) -> bool {
    a.row.group == b.row.group && a.row.group != Group::Head
}
