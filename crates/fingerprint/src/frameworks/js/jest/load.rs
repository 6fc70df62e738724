//! Files that could not be loaded: `● Test suite failed to run`.

use crate::kind::Kind;

use super::super::error;

pub(in super::super) const TITLE: &str = "Test suite failed to run";

/// Says how a file failed; a worker that died is a crash, anything else is code that does not load.
pub(super) fn judge(text: &str) -> (Kind, String) {
    let first = text.lines().next().unwrap_or_default();
    if error::is_crash(first) {
        (Kind::Crash, first.trim().to_owned())
    } else {
        (Kind::Build, message(text))
    }
}

/// The line that says what is wrong: jest writes advice around it.
pub(in super::super) fn message(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let details = text
        .split_once("\nDetails:\n")
        .and_then(|(_, rest)| rest.lines().map(str::trim).find(|line| !line.is_empty()));
    let diagnostic = text
        .lines()
        .map(str::trim)
        .find(|line| line.contains("error TS") || line.contains(" TS"));
    let said = details
        .or_else(|| diagnostic.filter(|line| line.contains(": ")))
        .or_else(|| lines.next())
        .unwrap_or_default();
    without_place(&error::judge(said).1).to_owned()
}

/// `Unexpected token (1:28)`: where it stands in the file is not what it is.
fn without_place(text: &str) -> &str {
    let inner = text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once(" ("));
    match inner {
        Some((said, place)) if place.bytes().all(|b| b.is_ascii_digit() || b == b':') => said,
        _ => text,
    }
}
