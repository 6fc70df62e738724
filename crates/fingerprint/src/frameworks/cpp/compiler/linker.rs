//! A link that failed: the driver says so in the end, and why stands above.

use crate::line::Line;

use super::diagnostic::plain;

/// What the linker says of the reason.
const REASONS: &[&str] = &[
    "undefined reference to ",
    "undefined symbol: ",
    "multiple definition of ",
    "duplicate symbol",
    "cannot find ",
    ", referenced from:",
    "library not found for ",
    "unable to find library ",
];

/// The message of a failed link, if the line ends one.
pub(super) fn error(line: &Line<'_>) -> Option<String> {
    let text = line.text.as_ref();
    if let Some(message) = microsoft(text) {
        return Some(message);
    }
    let is_end = text.starts_with("collect2: error: ld returned ")
        || (text.contains("error: linker command failed with exit code")
            && text.starts_with("clang"));
    if !is_end {
        return None;
    }
    let mut reason = None;
    for above in line.before() {
        let is_other = above.starts_with("collect2: ")
            || above.starts_with('[')
            || above.starts_with("FAILED: ")
            || above.starts_with("##[");
        if is_other {
            break;
        }
        if let Some(message) = why(&above) {
            reason = Some(message);
        }
    }
    Some(reason.unwrap_or_else(|| plain(text)))
}

fn why(text: &str) -> Option<String> {
    let at = REASONS
        .iter()
        .filter_map(|reason| text.find(reason))
        .min()?;
    if text[at..].starts_with(", referenced from:") {
        return Some(format!("undefined symbol: {}", text[..at].trim()));
    }
    let message = &text[at..];
    let end = message.find("; ").unwrap_or(message.len());
    Some(plain(&message[..end]).replace('`', "'"))
}

/// `main.obj : error LNK2019: unresolved external symbol "x" referenced in function main [app.vcxproj]`.
fn microsoft(text: &str) -> Option<String> {
    let at = text
        .find(" : error LNK")
        .map(|at| at + " : error ".len())
        .or_else(|| Some(text.find(" : fatal error LNK")? + " : fatal error ".len()))?;
    let message = &text[at..];
    let (code, _) = message.split_once(": ")?;
    let is_code = code.len() == 7 && code[3..].bytes().all(|byte| byte.is_ascii_digit());
    // The number of them follows from the others.
    if !is_code || code == "LNK1120" {
        return None;
    }
    let message = match message.rsplit_once(" [") {
        Some((before, project)) if project.ends_with("proj]") => before,
        _ => message,
    };
    Some(message.trim().to_owned())
}
