//! What holds for every input. Shared by the fuzz targets and by the test binary `fuzz` of the crate.

use std::fmt::Write as _;

use ftc_fingerprint::{
    Failure, Identity, Kind, Masks, Options, Scan, Scanner, Span, explain_template,
};

/// What the README promises.
const FAILURES: usize = 10_000;
/// What is kept of a message or a name, and of an excerpt, each with the mark that tells of a cut.
const MESSAGE: usize = 8 * 1024 + 64;
const EXCERPT: usize = 16 * 1024 + 64;
/// The lines of an excerpt.
const EXCERPT_LINES: usize = 120;
/// As many lines tell how a log is wrapped. Those that say nothing do not count, but they do once they carry a time stamp.
const LINES_THAT_DECIDE: usize = 200;

/// All laws of a scan.
pub fn scan(input: &[u8]) {
    let whole = scanned([input]);
    is_sound(&whole, input);
    let mut dice = Dice::of(input);
    let text = format!("{whole:#?}");
    let pieces = format!("{:#?}", scanned(cut(input, &mut dice)));
    assert_eq!(pieces, text, "the cut of the input makes a difference");
    let end = dice.below(input.len() + 1);
    is_sound(&scanned([&input[..end]]), &input[..end]);
    if let Some(stamped) = stamped(input) {
        let found = scanned([stamped.as_bytes()]);
        is_sound(&found, stamped.as_bytes());
        assert_eq!(
            essence(&found),
            essence(&whole),
            "time stamps make a difference"
        );
    }
}

/// All laws of the normaliser. The first line of the input is a project's pattern, the second one its word.
pub fn normalise(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut parts = text.splitn(3, '\n');
    let mut part = || parts.next().unwrap_or_default();
    let (pattern, word, message) = (part(), part(), part());
    is_normal(&text, &Masks::default());
    is_normal(message, &Masks::default());
    let own = [
        Masks::new(&[pattern], &[word]),
        Masks::new(&[pattern], &[]),
        Masks::new(&[], &[word]),
        Masks::new(&["id ([a-z]+-[a-z0-9]+)"], &["shard"]),
    ];
    for masks in own.iter().flatten() {
        let (once, _) = explain_template(message, masks);
        assert_eq!(once, explain_template(message, masks).0);
    }
}

/// A template stays as it is, and a message and its template have the same key.
fn is_normal(message: &str, masks: &Masks) {
    let (template, steps) = explain_template(message, masks);
    let (again, more) = explain_template(&template, masks);
    assert_eq!(again, template, "a template of {message:?} changes");
    assert!(more.is_empty(), "{more:?}");
    for step in &steps {
        assert!(!step.value.is_empty(), "{step:?}");
    }
    let keys = |message| {
        let identity = Identity {
            family: "go",
            test: Some("TestA"),
            kind: Kind::Assertion,
            message,
            function: None,
            excerpt: "",
        };
        identity.keys(masks)
    };
    assert_eq!(keys(message), keys(&template));
}

fn scanned<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Scan {
    let mut scanner = Scanner::new(&Options::default());
    pieces.into_iter().for_each(|piece| scanner.feed(piece));
    scanner.finish()
}

/// The input in pieces of all sizes.
fn cut<'a>(mut input: &'a [u8], dice: &mut Dice) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let largest = 1 << dice.below(11);
    while !input.is_empty() {
        let (piece, rest) = input.split_at(dice.below(largest + 1).min(input.len()));
        pieces.push(piece);
        input = rest;
    }
    pieces
}

/// What a scan says of itself is true.
fn is_sound(scan: &Scan, input: &[u8]) {
    assert_eq!(scan.bytes, input.len() as u64);
    assert_eq!(scan.lines, lines(input));
    assert!((0.0..=1.0).contains(&scan.confidence));
    assert!(scan.failures.len() <= FAILURES);
    assert!(scan.failures.is_sorted_by_key(|failure| failure.span.start));
    for failure in &scan.failures {
        is_bounded(failure);
        is_within(failure, input);
    }
}

fn is_bounded(failure: &Failure) {
    let names = [
        &failure.test,
        &failure.suite,
        &failure.detail,
        &failure.function,
    ];
    for text in names.into_iter().flatten().chain([&failure.message]) {
        assert!(text.len() <= MESSAGE, "{} bytes: {text}", text.len());
    }
    let excerpt = &failure.excerpt;
    assert!(excerpt.text.len() <= EXCERPT, "{}", excerpt.text.len());
    let count = excerpt.text.lines().count();
    assert!(count <= EXCERPT_LINES, "{count} lines");
    assert!(failure.attempts >= 1);
}

/// Offsets and line numbers lie within the input, and tell the same.
fn is_within(failure: &Failure, input: &[u8]) {
    let span = failure.span;
    let numbers = &failure.excerpt.line_numbers;
    assert!(
        numbers
            .iter()
            .all(|number| (1..=lines(input)).contains(number)),
        "{numbers:?}"
    );
    let shown = failure.excerpt.text.lines().count();
    assert!(
        numbers.is_empty() || numbers.len() == shown,
        "{shown} lines have the numbers {numbers:?}"
    );
    // A case of a report may stand at no place.
    if span == Span::default() {
        return;
    }
    let offset = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    let (start, end) = (offset(span.start), offset(span.end));
    assert!(start < end && end <= input.len(), "{span:?}");
    assert_eq!(span.first_line, 1 + newlines(&input[..start]), "{span:?}");
    assert_eq!(span.last_line, 1 + newlines(&input[..end]), "{span:?}");
}

fn newlines(text: &[u8]) -> u64 {
    text.split(|&byte| byte == b'\n').count() as u64 - 1
}

fn lines(input: &[u8]) -> u64 {
    newlines(input) + u64::from(input.last().is_some_and(|&byte| byte != b'\n'))
}

/// What has to stay the same however a log is wrapped.
fn essence(scan: &Scan) -> Vec<(Option<&str>, Kind, String, bool)> {
    let failures = scan.failures.iter();
    let mut list: Vec<_> = failures
        .map(|failure| {
            let test = failure.test.as_deref();
            let key = failure.keys.exact.to_string();
            (test, failure.kind, key, failure.passed_on_retry)
        })
        .collect();
    list.sort_by(|a, b| (a.0, &a.2, a.3).cmp(&(b.0, &b.2, b.3)));
    list
}

/// A log as GitHub hands it out, unless it has something that does not survive that: bytes that are no text, control
/// characters, which a terminal obeys at the column where it meets them, or more lines than tell how a log is wrapped.
/// A report is none any more behind a time stamp.
fn stamped(input: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(input).ok()?;
    let is_kept = |c: char| c != '\u{feff}' && (c == '\n' || c == '\t' || !c.is_control());
    let is_plain = text.chars().all(is_kept) && !text.trim_start().starts_with('<');
    if !is_plain || text.is_empty() || text.lines().count() > LINES_THAT_DECIDE {
        return None;
    }
    let mut stamped = String::with_capacity(text.len() * 2);
    for (number, line) in text.lines().enumerate() {
        writeln!(stamped, "2026-03-01T10:00:00.{number:07}Z {line}").ok()?;
    }
    Some(stamped)
}

/// Numbers that an input always gives again (`xorshift64*`, seeded by FNV-1a).
struct Dice(u64);

impl Dice {
    fn of(input: &[u8]) -> Self {
        let hash = input
            .iter()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, &byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(hash | 1)
    }

    /// A number below `limit`, which is not 0.
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap_or(0) % limit
    }
}
