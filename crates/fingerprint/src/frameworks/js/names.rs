//! Names of tests and files, and the counts of summaries.

/// The number before `word` in a summary such as `3 failed, 2 passed` or `3 failed | 2 passed`.
pub(super) fn count(text: &str, word: &str) -> u64 {
    text.split([',', '|', '(', ')', ';'])
        .find_map(|part| {
            let (number, name) = part.trim().split_once(' ')?;
            let is_it = name.split_whitespace().next() == Some(word);
            number.parse().ok().filter(|_| is_it)
        })
        .unwrap_or(0)
}

/// How far a line is indented.
pub(super) fn indent(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

/// A file as reporters name it, without `./`.
pub(super) fn file(text: &str) -> &str {
    text.strip_prefix("./").unwrap_or(text)
}

/// Whether the text is one word that ends like the name of a source file.
pub(super) fn is_source(text: &str) -> bool {
    let Some((stem, extension)) = text.rsplit_once('.') else {
        return false;
    };
    let is_extension =
        (1..=10).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_alphanumeric());
    is_extension && !stem.is_empty() && !text.contains(char::is_whitespace)
}

/// Takes a duration in brackets off the end: `name (12ms)`, `name [1.00s]`, `name (1.2 s)`, `name 12ms`.
pub(super) fn without_duration(text: &str) -> &str {
    let text = text.trim_end();
    for (open, close) in [(" (", ')'), (" [", ']')] {
        let inner = text
            .strip_suffix(close)
            .and_then(|body| body.rsplit_once(open));
        if let Some((name, inner)) = inner
            && is_duration(inner)
        {
            return name.trim_end();
        }
    }
    match text.rsplit_once(' ') {
        Some((name, last)) if last != "s" && is_duration(last) => name.trim_end(),
        _ => text,
    }
}

/// `12ms`, `1.2s`, `1.2 s`, `3m`, `1m 2s`, `1:02`.
fn is_duration(text: &str) -> bool {
    let text = text.trim_start_matches('~');
    let units = text.trim_end_matches(['m', 's', 'h', 'n', 'µ']);
    units.len() < text.len()
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b".msh nu \xc2\xb5".contains(&b))
}
