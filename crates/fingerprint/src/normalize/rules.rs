//! The rules in the order in which they apply: the more specific shape first.

use std::sync::LazyLock;

use regex::Regex;

/// Names a value by type and first appearance.
pub(super) type Number<'a> = &'a mut dyn FnMut(&'static str, &str) -> String;

/// Where a pattern matched.
pub(super) struct Site<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Site<'_> {
    fn value(&self) -> &str {
        &self.text[self.start..self.end]
    }

    fn before(&self) -> Option<char> {
        self.text[..self.start].chars().next_back()
    }

    fn after(&self) -> Option<char> {
        self.text[self.end..].chars().next()
    }

    /// Whether the value is all that stands between two quotes: then it is an operand, not a measurement.
    fn is_quoted(&self) -> bool {
        matches!(
            (self.before(), self.after()),
            (Some('"'), Some('"')) | (Some('\''), Some('\'')) | (Some('`'), Some('`'))
        )
    }

    /// Whether letters or digits touch the value, so that it is only a part of a word.
    fn is_part_of_word(&self) -> bool {
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        is_word(self.before()) || is_word(self.after())
    }
}

/// One rule: what to look for (group `v` is the value, else the whole match) and what to put in its place; `None`
/// leaves the match as it is.
pub(super) struct Rule {
    pub(super) pattern: Regex,
    pub(super) replace: fn(&Site<'_>, Number<'_>) -> Option<String>,
}

pub(super) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    TABLE
        .iter()
        .map(|&(pattern, replace)| Rule {
            pattern: Regex::new(pattern).expect("the table's patterns are valid"),
            replace,
        })
        .collect()
});

type Row = (&'static str, fn(&Site<'_>, Number<'_>) -> Option<String>);

const TABLE: &[Row] = &[
    // Dates with times, in the forms of RFC 3339, RFC 1123, RFC 850 and C's asctime, then times of day and dates.
    (
        r"\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z| ?[+-]\d{2}:?\d{2}| UTC)?(?: m=[+-]\d+\.\d+)?",
        |site, number| Some(number("time", site.value())),
    ),
    (
        r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? (?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2}[ -][A-Z][a-z]{2}[ -]\d{2,4}),? \d{2}:\d{2}:\d{2}(?: [A-Z]{3,4})?(?: [+-]\d{4})?(?: \d{4})?",
        |site, number| Some(number("time", site.value())),
    ),
    (r"\b\d{2}:\d{2}:\d{2}(?:[.,]\d+)?\b", |site, number| {
        Some(number("time", site.value()))
    }),
    (r"\b(?:19|20)\d{2}-\d{2}-\d{2}\b", |site, number| {
        Some(number("date", site.value()))
    }),
    (
        r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        |site, number| Some(number("uuid", site.value())),
    ),
    // The query of a URL and the port of its host change; host and path say what was asked for.
    (
        r"\b[a-z][a-z0-9+.-]*://[^\s/?#]+(?::\d+)?(?:/[^\s?#]*)?(?P<v>\?[^\s#]+)",
        |_, _| Some("?<query>".to_owned()),
    ),
    (
        r"(?:\b\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F]*:[0-9a-fA-F:.]+\]|\blocalhost)(?::\d{1,5})?",
        |site, number| Some(number("host", site.value())),
    ),
    (
        r"(?:[A-Za-z][\w-]*\.)+[A-Za-z][\w-]*(?P<v>:\d{2,5})(?:$|[\s/,;)\]\x22'])",
        port_of_name,
    ),
    (r"(?i)\bport[ =:#]+(?P<v>\d{1,5})\b", |site, number| {
        Some(number("port", site.value()))
    }),
    (
        r"(?:[A-Za-z]:\\|/)[^\s\x22'`<>|,;:()\[\]{}=]+",
        absolute_path,
    ),
    (
        r"\b[\w./-]*\.[A-Za-z]\w{0,5}(?P<v>:\d+(?::\d+)?)\b",
        |_, _| Some(String::new()),
    ),
    (r"\b0[xX][0-9a-fA-F]+\b", |site, number| {
        Some(number("hex", site.value()))
    }),
    (
        r"\b(?:\d+(?:\.\d+)?(?:h|ms|min|m|s|µs|μs|us|ns))+\b",
        |site, number| {
            (!site.is_quoted() && !site.is_part_of_word()).then(|| number("duration", site.value()))
        },
    ),
    (
        r"\b\d+(?:\.\d+)?(?P<u> ?(?:nanoseconds?|microseconds?|milliseconds?|msecs?|seconds?|secs?|minutes?|mins?|hours?))\b",
        |site, number| Some(number("duration", site.value())),
    ),
    (
        r"(?i)\b(?:pid|tid|goroutine|thread|worker|process|task|fiber|session|request|attempt|seed|inode|fd)(?:[ _-]?id)?[ =:#]+\(?(?P<v>\d+)\b",
        |site, number| Some(number("id", site.value())),
    ),
    (r"\b[0-9a-fA-F]{7,}\b", mixed_hex),
    (r"\b\d+\.\d{3,}\b", |site, number| {
        (!site.is_quoted()).then(|| number("float", site.value()))
    }),
    (r"\d{5,}", long_integer),
];

/// Last parts of names that are hosts.
const TOP_LEVEL: &[&str] = &[
    "com", "org", "net", "io", "dev", "local", "internal", "svc", "cluster", "invalid", "test",
];

/// `db.example.com:5432`: the name stays. A file name with a line is none of these.
fn port_of_name(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    let name = site.text[..site.start]
        .rsplit(|c: char| c.is_whitespace() || "/@\"'(".contains(c))
        .next()?;
    let top = name.rsplit('.').next()?;
    TOP_LEVEL
        .contains(&top)
        .then(|| format!(":{}", number("port", site.value())))
}

/// Temporary directories go whole; of other absolute paths the last part stays, since checkouts lie anywhere.
fn absolute_path(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    const TEMPORARY: &[&str] = &[
        "/tmp/",
        "/var/tmp/",
        "/private/",
        "/var/folders/",
        "/dev/shm/",
        "/run/user/",
    ];
    let starts = matches!(
        site.before(),
        None | Some(' ' | '\t' | '\n' | '"' | '\'' | '`' | '(' | '[' | '{' | '=' | ':' | ',' | ';')
    );
    let path = site.value().trim_end_matches(['.', '!', '?']);
    let dots = &site.value()[path.len()..];
    let inner = path.trim_end_matches(['/', '\\']);
    let parts = inner
        .split(['/', '\\'])
        .filter(|part| !part.is_empty())
        .count();
    let is_url = site.text[..site.start].ends_with(':') && path.starts_with("//");
    if !starts || is_url || parts < 2 {
        return None;
    }
    let last = inner.rsplit(['/', '\\']).next().unwrap_or_default();
    if TEMPORARY.iter().any(|root| path.starts_with(root)) || path.contains("\\Temp\\") {
        let name = if parts > 2 && !last.contains(|c: char| c.is_ascii_digit()) {
            last
        } else {
            ""
        };
        let directory = number("tmp", path.strip_suffix(name).unwrap_or(path));
        return Some(if name.is_empty() {
            format!("{directory}{dots}")
        } else {
            format!("{directory}/{name}{dots}")
        });
    }
    Some(format!("<path>/{last}{dots}"))
}

/// A hexadecimal word is an id only when it has a digit and a letter: `effaced` and `defaced` are words, and plain
/// digits are the next rules' business.
fn mixed_hex(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    let value = site.value();
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let has_letter = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    (has_digit && has_letter).then(|| number("hex", value))
}

/// Integers of five digits and more are ids, ports, sizes or times, unless a word before them gives them meaning.
fn long_integer(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    const MEANING: &[&str] = &[
        "code", "status", "errno", "error", "signal", "http", "exit", "sqlstate",
    ];
    let before = site.text[..site.start].trim_end_matches([' ', '=', ':', '#', '(']);
    let word = before
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let touched = site.before().is_some_and(char::is_alphabetic);
    (!MEANING.contains(&word.as_str()) && !touched && !site.is_quoted())
        .then(|| number("int", site.value()))
}
