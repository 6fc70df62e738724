//! Patterns that would silently never match, or match other than they read, are refused.

use super::Scope;

/// What is wrong with a pattern, if anything, and what to write instead.
pub(crate) fn problem_of(pattern: &str, scope: Scope) -> Option<(String, Option<String>)> {
    let shown = pattern.escape_debug();
    let plain = |words: &str| Some((format!("pattern `{shown}` {words}"), None));
    let better =
        |words: &str, hint: String| Some((format!("pattern `{shown}` {words}"), Some(hint)));
    if pattern.is_empty() {
        return plain("is empty");
    }
    if pattern.len() > 1024 {
        return plain("is longer than 1024 bytes");
    }
    if let Some(rest) = pattern.strip_prefix('/') {
        return better(
            "begins with `/` and would match nothing",
            format!("patterns are relative to the root of the repository: `{rest}`"),
        );
    }
    if pattern.starts_with('!') {
        return plain("begins with `!`, but there is no negation");
    }
    if pattern.chars().any(char::is_control) {
        return plain("holds a control character");
    }
    if pattern.trim() != pattern {
        return plain("begins or ends in white space");
    }
    if scope == Scope::Covering && has_slash_in_braces(pattern) {
        return plain("has `/` inside braces, so that it is not clear at which depth it matches");
    }
    if pattern.ends_with('/') && scope == Scope::Exact {
        return better(
            "ends in `/` and would match nothing",
            format!("for everything in the folder write `{pattern}**`"),
        );
    }
    problem_of_components(pattern)
        .or_else(|| problem_of_letters(pattern))
        .and_then(plain)
}

/// A pattern with `/` is anchored. With `{.env,a/b}` the first choice would silently be so, too.
fn has_slash_in_braces(pattern: &str) -> bool {
    let mut depth = 0_u32;
    pattern.chars().any(|character| {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 0 && character == '/'
    })
}

fn problem_of_components(pattern: &str) -> Option<&'static str> {
    let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
    pattern.split('/').find_map(|component| match component {
        "" => Some("has an empty component and would match nothing"),
        "." | ".." => Some("has the component `.` or `..` and would match nothing"),
        "**" => None,
        _ if component.contains("**") => {
            Some("has `**` as a part of a component, where it means no more than `*`")
        }
        _ => None,
    })
}

/// Matching is by bytes: a class or `?` stands for one byte, which is no whole letter beyond ASCII. Covering patterns make up
/// for that (see `Patterns`), but not when one pattern has both.
fn problem_of_letters(pattern: &str) -> Option<&'static str> {
    if pattern.is_ascii() || !pattern.contains(['?', '[']) {
        return None;
    }
    Some("has both letters beyond ASCII and `?` or `[`, which match only ASCII")
}
