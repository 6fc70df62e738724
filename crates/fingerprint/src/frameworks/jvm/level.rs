//! The levels that Maven and sbt print before a line.

/// Who speaks in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Info,
    Warning,
    Error,
    /// The line has no level.
    None,
}

/// Takes Maven's level off: `[ERROR] text`.
pub(super) fn of(text: &str) -> (Level, &str) {
    let Some(inner) = text.strip_prefix('[') else {
        return (Level::None, text);
    };
    let levels = [
        ("INFO]", Level::Info),
        ("WARNING]", Level::Warning),
        ("ERROR]", Level::Error),
    ];
    for (name, level) in levels {
        if let Some(rest) = inner.strip_prefix(name) {
            return (level, rest.strip_prefix(' ').unwrap_or(rest));
        }
    }
    (Level::None, text)
}

/// Takes sbt's level off: `[error] text`. Without sbt a line has none.
pub(super) fn without_sbt(text: &str) -> &str {
    ["[info] ", "[error] ", "[warn] ", "[info]", "[error]"]
        .iter()
        .find_map(|level| text.strip_prefix(level))
        .unwrap_or(text)
}
