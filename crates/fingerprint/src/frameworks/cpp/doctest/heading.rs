//! The heading of a test: a rule of equals signs, the place, the suite, the test, its subcases, an empty line.

use crate::frameworks::cpp::parts::is_place;
use crate::line::Line;

/// The test and its subcases, joined as JUnit reports join them.
pub(super) fn above(line: &Line<'_>) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    for text in line.before() {
        if text.len() >= 70 && text.bytes().all(|byte| byte == b'=') {
            lines.reverse();
            return read(&lines);
        }
        lines.push(text.into_owned());
    }
    None
}

fn read(lines: &[String]) -> Option<String> {
    let (place, rest) = lines.split_first()?;
    if !is_place(place.strip_suffix(':')?) {
        return None;
    }
    let names: Vec<&str> = rest
        .iter()
        .take_while(|text| !text.trim().is_empty())
        .filter(|text| !text.starts_with("TEST SUITE: ") && !text.starts_with("DESCRIPTION: "))
        .map(|text| text.strip_prefix("TEST CASE:").unwrap_or(text).trim())
        .collect();
    (!names.is_empty()).then(|| names.join("/"))
}
