//! Rules that look at more than their pattern.

use super::{Number, Site};

/// Last parts of names that are hosts.
const TOP_LEVEL: &[&str] = &[
    "com", "org", "net", "io", "dev", "local", "internal", "svc", "cluster", "invalid", "test",
];

/// `db.example.com:5432`: the name stays. A file name with a line is none of these.
pub(super) fn port_of_name(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    let name = site.text[..site.start - 1]
        .rsplit(|c: char| c.is_whitespace() || "/@\"'(".contains(c))
        .next()?;
    let top = name.rsplit('.').next()?;
    TOP_LEVEL
        .contains(&top)
        .then(|| port(site, number))
        .flatten()
}

/// A port below 1024 names a service; the others are whatever was free.
pub(super) fn port(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    let is_service = site.value().parse::<u32>().is_ok_and(|port| port < 1024);
    (!is_service && !site.has_meaning()).then(|| number("port", site.value()))
}

/// A number of which the word before it says what it counts, unless the project has a use for it.
pub(super) fn id(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    (!site.has_meaning()).then(|| number("id", site.value()))
}

/// `com.example.Lease@1b2c3d4e`, which is not an address of mail.
pub(super) fn java_hash(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    let is_host = matches!(site.after(), Some('.' | '-'))
        && site.text[site.end + 1..].starts_with(|c: char| c.is_alphanumeric());
    let has_digit = site.value().bytes().any(|byte| byte.is_ascii_digit());
    (has_digit && !is_host).then(|| number("hash", site.value()))
}

/// Addresses are long; a short one is a byte, a flag or an offset. Windows writes its codes with eight digits.
pub(super) fn hex_number(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    let digits = &site.value()[2..];
    let is_windows_code =
        digits.len() == 8 && (digits.starts_with(['C', 'c']) || digits.starts_with("80"));
    if digits.len() < 5 || is_windows_code || site.has_meaning() {
        return None;
    }
    Some(number("hex", site.value()))
}

/// A random part has digits and letters.
pub(super) fn pod(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    (site.mixes_letters_and_digits() && !site.goes_on_with("-"))
        .then(|| number("pod", site.value()))
}

/// What `mktemp` and Python's `tempfile` make, outside of a directory.
pub(super) fn temporary_name(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    site.mixes_letters_and_digits()
        .then(|| number("tmp", site.value()))
}

/// What was measured of something; a bound that was set has no fraction.
pub(super) fn percent(site: &Site<'_>, _: Number<'_>) -> Option<String> {
    let (_, words) = site.value().split_once('%')?;
    (!site.is_quoted() && !site.has_meaning()).then(|| format!("<percent>{words}"))
}

/// A hexadecimal word is an id only when it has a digit and a letter: `effaced` and `defaced` are words, and plain
/// digits are the next rules' business.
pub(super) fn mixed_hex(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    (site.mixes_letters_and_digits() && !site.has_meaning()).then(|| number("num", site.value()))
}

/// Three digits behind the point are a measurement; three numbers are a version.
pub(super) fn float(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    let is_version = site.before() == Some('.')
        || (site.after() == Some('.')
            && site.text[site.end + 1..].starts_with(|c: char| c.is_ascii_digit()));
    (!is_version && !site.is_quoted() && !site.has_meaning()).then(|| number("float", site.value()))
}

/// Integers of five digits and more are ids, sizes or times, unless what stands around them gives them meaning. They are
/// of one type with hexadecimal ids, of which one in thirty has no letter.
pub(super) fn long_integer(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    /// No code, count or port has that many digits.
    const ALWAYS: usize = 12;
    let touched = site.before().is_some_and(char::is_alphabetic);
    if touched || site.has_meaning() || is_code(site) {
        return None;
    }
    let is_operand = site.is_quoted() || (site.is_compared() && site.value().len() < 8);
    (!is_operand || site.value().len() >= ALWAYS).then(|| number("num", site.value()))
}

/// `ORA-00942`, `CVE-2024-12345`: letters in upper case, then a dash.
fn is_code(site: &Site<'_>) -> bool {
    let before = &site.text[..site.start];
    let Some(name) = before.strip_suffix('-') else {
        return false;
    };
    let letters = name
        .chars()
        .rev()
        .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '-');
    letters.filter(char::is_ascii_uppercase).count() >= 2
}
