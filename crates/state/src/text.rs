//! The boundary that every stored text passes: secrets and control characters go, and lengths are capped.

use jiff::Timestamp;

/// Longest excerpt that is kept, in bytes.
pub(crate) const EXCERPT_BYTES: usize = 16 * 1024;
/// Longest message or detail that is kept, in bytes.
pub(crate) const MESSAGE_BYTES: usize = 8 * 1024;
/// Longest name (test, suite, path, URL) that is kept, in bytes.
pub(crate) const NAME_BYTES: usize = 4 * 1024;
/// Longest word (commit, platform, framework, rule) that is kept, in bytes.
pub(crate) const WORD_BYTES: usize = 256;

/// Several lines.
pub(crate) fn block(text: &str, max_bytes: usize) -> String {
    ftc_redact::clean(text, max_bytes).into_owned()
}

/// One line: what a line end would split is joined by spaces.
pub(crate) fn line(text: &str, max_bytes: usize) -> String {
    let clean = ftc_redact::clean(text, max_bytes);
    if clean.contains(['\n', '\t']) {
        clean.replace(['\n', '\t'], " ")
    } else {
        clean.into_owned()
    }
}

/// Text that an identity is made from: never cut, since two long names with one beginning are two names.
pub(crate) fn key(text: &str) -> String {
    line(text, usize::MAX)
}

/// One line, where an empty one means that there is none.
pub(crate) fn optional(text: Option<&str>, max_bytes: usize) -> Option<String> {
    text.map(|text| line(text, max_bytes))
        .filter(|text| !text.is_empty())
}

/// Databases count in signed 64 bits. No forge has that many issues.
pub(crate) fn number(number: Option<u64>) -> Option<u64> {
    number.map(|number| number.min(i64::MAX.cast_unsigned()))
}

/// Times are kept to the microsecond, which is what databases agree on. The last second that a timestamp has cannot be made
/// from microseconds but for its beginning (jiff 0.2), so it loses its fraction.
pub(crate) fn to_microsecond(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond())
        .or_else(|_| Timestamp::from_second(time.as_second()))
        .expect("a timestamp's own seconds are in a timestamp's range")
}

/// Belief is between 0 and 1; what is not a number is no belief.
pub(crate) fn confidence(value: f64) -> f64 {
    if value.is_nan() {
        0.0
    } else {
        value.clamp(0.0, 1.0)
    }
}
