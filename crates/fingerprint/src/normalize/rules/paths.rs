//! Paths lose what depends on the machine.

use super::{Number, Site};

const TEMPORARY: &[&str] = &[
    "/tmp/",
    "/var/tmp/",
    "/private/",
    "/var/folders/",
    "/dev/shm/",
    "/run/user/",
];

const METHODS: &[&str] = &["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];

/// A path where text may be anything: it has to begin like one, and have two parts.
pub(super) fn absolute(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    let starts = matches!(
        site.before(),
        None | Some(' ' | '"' | '\'' | '`' | '(' | '[' | '{' | '=' | ':' | ',' | ';' | '<')
    );
    let before = &site.text[..site.start];
    let is_url = before.ends_with(':') && site.value().starts_with("//");
    let word = before.trim_end().rsplit([' ', '"', '\'', '`']).next()?;
    let is_route = METHODS.contains(&word) && site.value().starts_with('/');
    if !starts || is_url || is_route || parts(site.value()).count() < 2 {
        return None;
    }
    Some(shorten(site.value(), number))
}

/// The path of a `file:` URL.
pub(super) fn of_url(site: &Site<'_>, number: Number<'_>) -> Option<String> {
    (parts(site.value()).count() >= 2).then(|| shorten(site.value(), number))
}

fn parts(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.split(['/', '\\']).filter(|part| !part.is_empty())
}

/// Temporary directories go whole; of other paths the last part stays, since checkouts lie anywhere.
fn shorten(path: &str, number: Number<'_>) -> String {
    let whole = path;
    let path = path.trim_end_matches(['.', '!', '?']);
    let dots = &whole[path.len()..];
    let inner = path.trim_end_matches(['/', '\\']);
    let last = inner.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_temporary =
        TEMPORARY.iter().any(|root| path.starts_with(root)) || path.contains("\\Temp\\");
    if !is_temporary {
        return format!("<path>/{last}{dots}");
    }
    let is_name = parts(inner).count() > 2 && !last.contains(|c: char| c.is_ascii_digit());
    let name = if is_name { last } else { "" };
    let directory = number("tmp", path.strip_suffix(name).unwrap_or(path));
    if name.is_empty() {
        format!("{directory}{dots}")
    } else {
        format!("{directory}/{name}{dots}")
    }
}
