//! The rules in the order in which they apply.

mod decide;
mod paths;
mod site;

use std::sync::LazyLock;

use regex::Regex;

pub(super) use site::Site;

/// Names an identity by type and first appearance.
pub(super) type Number<'a> = &'a mut dyn FnMut(&'static str, &str) -> String;

/// What to put in place of a match; `None` leaves it as it is.
type Replace = fn(&Site<'_>, Number<'_>) -> Option<String>;

/// One rule: what to look for (group `v` is the value, else the whole match) and what to put in its place.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) pattern: Regex,
    pub(super) needs_digit: bool,
    pub(super) replace: Replace,
}

/// What stands between the brackets of a placeholder, before its number.
pub(super) const KINDS: &[&str] = &[
    "date", "duration", "float", "hash", "hex", "host", "id", "line", "mask", "num", "path",
    "percent", "pod", "port", "query", "size", "time", "tmp", "ulid", "uuid",
];

pub(super) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    TABLE
        .iter()
        .map(|&(name, pattern, replace)| Rule {
            name,
            pattern: Regex::new(pattern).expect("the table's patterns are valid"),
            needs_digit: !matches!(name, "path" | "file url" | "query" | "host"),
            replace,
        })
        .collect()
});

const TABLE: &[(&str, &str, Replace)] = &[
    // Times: RFC 3339 and its relatives, RFC 1123, RFC 850 and C's asctime, syslog, glog, compact ones in file names, what
    // Python's `repr` makes of one, then times of day and dates.
    (
        "time",
        r"\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z| ?[+-]\d{2}:?\d{2}| UTC)?(?: m=[+-]\d+\.\d+)?",
        |_, _| Some("<time>".to_owned()),
    ),
    (
        "time",
        r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? (?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2}[ -][A-Z][a-z]{2}[ -]\d{2,4}),? \d{2}:\d{2}:\d{2}(?: [A-Z]{3,4})?(?: [+-]\d{4})?(?: \d{4})?",
        |_, _| Some("<time>".to_owned()),
    ),
    (
        "time",
        r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2},? (?:\d{4},? )?\d{2}:\d{2}:\d{2}(?: ?[AP]M\b)?",
        |_, _| Some("<time>".to_owned()),
    ),
    (
        "time",
        r"\b[IWEF](?P<v>(?:\d{4}){1,2} \d{2}:\d{2}:\d{2}\.\d+ +\d+)\b",
        |_, _| Some("<time>".to_owned()),
    ),
    (
        "time",
        r"(?:^|[^0-9A-Za-z])(?P<v>(?:19|20)\d{6}[T_-]?\d{6}(?:\.\d+)?(?:Z\b|-utc\b)?)(?:$|[^0-9A-Za-z])",
        |_, _| Some("<time>".to_owned()),
    ),
    (
        "time",
        r"\bdatetime\.(?:datetime|date)\((?P<v>\d{4}, \d+, \d+[0-9, ]*)",
        |_, _| Some("<time>".to_owned()),
    ),
    ("time", r"\b\d{2}:\d{2}:\d{2}(?:[.,]\d+)?\b", |_, _| {
        Some("<time>".to_owned())
    }),
    ("date", r"\b(?:19|20)\d{2}-\d{2}-\d{2}\b", |site, _| {
        (!site.is_quoted()).then(|| "<date>".to_owned())
    }),
    // The query of a URL changes; host and path say what was asked for.
    (
        "query",
        r"\b[a-z][a-z0-9+.-]*://[^\s/?#]+(?::\d+)?(?:/[^\s?#]*)?(?P<v>\?(?:[^\s#\x22'<>]|<[a-z]+\d*>)+)",
        |site, _| (site.value() != "?<query>").then(|| "?<query>".to_owned()),
    ),
    (
        "file url",
        r"\bfile://(?P<v>/[^\s\x22'`|,;:()\[\]{}=]+)",
        paths::of_url,
    ),
    (
        "path",
        r"(?:\b[A-Za-z]:[\\/]|/)(?:[^\s\x22'`<>|,;:()\[\]{}=]|<[a-z]+\d*>)+",
        paths::absolute,
    ),
    (
        "uuid",
        r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        |site, number| Some(number("uuid", site.value())),
    ),
    // A GitHub request id, before what looks like an address.
    (
        "id",
        r"\b[0-9A-F]{4}:[0-9A-F]{4,8}:[0-9A-F]{4,8}:[0-9A-F]{4,8}(?::[0-9A-F]{4,8})?\b",
        |site, number| Some(number("id", site.value())),
    ),
    (
        "ulid",
        r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b",
        |site, number| {
            site.mixes_letters_and_digits()
                .then(|| number("ulid", site.value()))
        },
    ),
    (
        "host",
        r"(?:\b\d{1,3}(?:\.\d{1,3}){3}\b|\[[0-9a-fA-F]*:[0-9a-fA-F:.]+\]|\blocalhost\b)(?::\d{1,5}\b)?",
        |site, number| Some(number("host", site.value())),
    ),
    ("host", r"\bip-\d{1,3}(?:-\d{1,3}){3}\b", |site, number| {
        Some(number("host", site.value()))
    }),
    ("host", r"(?:^|\s)(?P<v>:::\d{1,5})\b", |site, number| {
        Some(number("host", site.value()))
    }),
    (
        "port",
        r"(?:[A-Za-z][\w-]*\.)+[A-Za-z][\w-]*:(?P<v>\d{2,5})(?:$|[\s/,;)\]\x22'])",
        decide::port_of_name,
    ),
    (
        "port",
        r"(?i)\b(?:(?:tcp|udp)[46]?|listen(?:ing)?(?: on)?|addr(?:ess)?) :(?P<v>\d{2,5})\b",
        decide::port,
    ),
    ("port", r"(?i)\bport[ =:#]+(?P<v>\d{1,5})\b", decide::port),
    (
        "line of a file",
        r"\b[\w./-]*\.[A-Za-z]\w{0,5}(?P<v>:\d+(?::\d+)?|\(\d+,\d+\))",
        |site, _| (!site.is_part_of_word()).then(String::new),
    ),
    (
        "line of a file",
        r"(?i)(?:,|:| on| at) line (?P<v>\d+)\b",
        |site, _| (!site.goes_on_with(" col")).then(|| "<line>".to_owned()),
    ),
    // Runtimes' names for objects, threads and processes.
    (
        "hash",
        r"\$\$Lambda(?P<v>(?:\$\d+)?/(?:0x)?[0-9a-fA-F]+(?:@[0-9a-f]+)?)",
        |_, _| Some(String::new()),
    ),
    ("hash", r"\$\$(?P<v>[0-9a-f]{6,8})\b", |site, number| {
        Some(number("hash", site.value()))
    }),
    (
        "hash",
        r"[A-Za-z0-9_$;\])>]@(?P<v>[0-9a-f]{5,8})\b",
        decide::java_hash,
    ),
    (
        "id",
        r"#(?:PID|Reference|Port)<(?P<v>\d[\d.]*)>",
        |site, number| Some(number("id", site.value())),
    ),
    (
        "id",
        r"(?i)\bobject ?\(?(?:[\w\\]+ ?\(?)?#(?P<v>\d+)\b",
        |site, number| Some(number("id", site.value())),
    ),
    ("id", r"\[\d+:0x[0-9a-fA-F]+\]", |_, number| {
        Some(format!("[{}]", number("id", "")))
    }),
    ("id", r"==(?P<v>\d+)==", |site, number| {
        Some(number("id", site.value()))
    }),
    ("id", r"\bthread '[^']*' \((?P<v>\d+)\)", |site, number| {
        Some(number("id", site.value()))
    }),
    (
        "id",
        r"\b(?:thread T|GitHub Actions |gw|core\.|Proxy)(?P<v>\d+)\b",
        |site, number| Some(number("id", site.value())),
    ),
    (
        "id",
        r"(?:^|: )(?P<v>\d+) (?:Killed|Segmentation fault|Aborted|Terminated|Bus error|Illegal instruction|Floating point exception|Trace/breakpoint trap|Hangup)\b",
        |site, number| Some(number("id", site.value())),
    ),
    (
        "id",
        r"(?i)\b(?:thread|task|worker|process|fiber|pool|hikaripool|forkjoinpool)-(?P<v>\d+(?:-(?:thread|worker)-\d+)?)\b",
        decide::id,
    ),
    (
        "id",
        r"(?i)\b(?:pid|tid|goroutine|thread|worker|process|task|fiber|session|request|attempt|seed|inode|fd)(?:[ _-]?id)?[ =:#]+\(?(?P<v>\d+)\b",
        decide::id,
    ),
    (
        "id",
        r"(?i)\b(?:installation|job|run|build|runner|request|trace|span|node|store|region|peer|container)[ _-]id[ =:#]+(?P<v>\d+)\b",
        decide::id,
    ),
    ("id", r"\bid=['\x22](?P<v>\d{6,})['\x22]", |site, number| {
        Some(number("id", site.value()))
    }),
    ("hex", r"\b0[xX][0-9a-fA-F]+\b", decide::hex_number),
    // Names that Kubernetes made: its random parts have no vowels and no 0, 1 and 3.
    (
        "pod",
        r"-(?P<v>[0-9a-f]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5})\b",
        decide::pod,
    ),
    (
        "pod",
        r"[a-z0-9]-(?P<v>[bcdfghjklmnpqrstvwxz2456789]{5})\b",
        decide::pod,
    ),
    (
        "tmp",
        r"\btmp(?P<v>\.[A-Za-z0-9]{6,10}|[a-z0-9_]{8})\b",
        decide::temporary_name,
    ),
    ("size", r"\b(?P<v>\d{4,}) bytes\b", |site, _| {
        (!site.has_meaning()).then(|| "<size>".to_owned())
    }),
    (
        "duration",
        r"\b(?:\d+(?:\.\d+)?(?:h|ms|min|m|s|µs|μs|us|ns))+\b",
        |site, _| {
            let is_operand = site.is_quoted() || site.is_part_of_word() || site.has_meaning();
            (!is_operand).then(|| "<duration>".to_owned())
        },
    ),
    (
        "duration",
        r"\b\d+(?:\.\d+)? ?(?:nanoseconds?|microseconds?|milliseconds?|msecs?|millis|ms|µs|us|ns|seconds?|secs?|minutes?|mins?|hours?)\b",
        |site, _| (!site.has_meaning()).then(|| "<duration>".to_owned()),
    ),
    (
        "duration",
        r"<duration>(?: (?:and )?(?:<duration>|\d+(?:\.\d+)? ?(?:h|min|m|s|ms)\b))+",
        |_, _| Some("<duration>".to_owned()),
    ),
    (
        "percent",
        r"\b(?P<v>\d+\.\d+%|\d+% (?:used|full|done|complete|of|packet loss|cpu|memory))",
        decide::percent,
    ),
    ("hex", r"\b[0-9a-fA-F]{7,}\b", decide::mixed_hex),
    ("float", r"\b\d+\.\d{3,}\b", decide::float),
    ("int", r"\d{5,}", decide::long_integer),
];
