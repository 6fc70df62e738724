//! Files that ended before their tests did: what the process printed stands above.

use crate::line::Line;

use super::super::error;

/// What made the process of a test file die, if it died of an error that nobody caught: the file does not load.
pub(super) fn load_error(line: &Line<'_>) -> Option<String> {
    let mut has_died = false;
    for text in line.before() {
        let text = text.strip_prefix("# ").unwrap_or(&text);
        if is_result(text) {
            return None;
        }
        has_died |= text.starts_with("Node.js v");
        let is_error = has_died
            && text
                .split([':', ' '])
                .next()
                .is_some_and(|name| name.ends_with("Error"));
        if is_error {
            return Some(error::judge(text).1);
        }
    }
    None
}

fn is_result(text: &str) -> bool {
    let text = text.trim_start();
    ["✔ ", "✖ ", "▶ ", "ok ", "not ok ", "..."]
        .iter()
        .any(|mark| text.starts_with(mark))
}

/// A file below its folder: older versions print the whole path.
pub(super) fn short(path: &str) -> String {
    if !path.starts_with('/') {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = path.rsplit('/').take(2).collect();
    parts.reverse();
    parts.join("/")
}
