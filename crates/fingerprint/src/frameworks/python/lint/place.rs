//! The place in front of a complaint: `shop.py:12:15: `.

/// A file and a line in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: Option<u64>,
    /// A dash stands behind it, as pyright writes.
    pub(super) has_dash: bool,
}

impl Place {
    /// Reads a place and returns what stands behind it: `shop.py:12:15: text`, `shop.py: text`, `shop.py:12:15 - text`.
    pub(super) fn parse(text: &str) -> Option<(Self, &str)> {
        let text = text.trim_start();
        let at = [".py:", ".pyi:", ".ipynb:"]
            .iter()
            .find_map(|end| Some(text.find(end)? + end.len() - 1))?;
        let file = &text[..at];
        if file.contains(|c: char| " \"'(".contains(c)) {
            return None;
        }
        let mut rest = &text[at..];
        let mut line = None;
        while let Some(behind) = rest.strip_prefix(':') {
            let digits = behind.len()
                - behind
                    .trim_start_matches(|c: char| c.is_ascii_digit())
                    .len();
            if digits == 0 {
                break;
            }
            line = line.or_else(|| behind[..digits].parse().ok());
            rest = &behind[digits..];
        }
        let dashed = rest.strip_prefix(" - ");
        let rest = rest
            .strip_prefix(": ")
            .or(dashed)
            .or_else(|| rest.is_empty().then_some(rest))?;
        Some((
            Self {
                file: file.trim_start_matches("./").to_owned(),
                line,
                has_dash: dashed.is_some(),
            },
            rest,
        ))
    }
}

/// A line without what makes it an annotation of GitHub's: `::error title=ruff (F401),file=a.py,line=1::text`, or `##[error]text`
/// as the runner stores it.
pub(super) fn without_command(text: &str) -> &str {
    let inner = text
        .strip_prefix("##[error]")
        .or_else(|| {
            text.strip_prefix("::error ")
                .and_then(|rest| Some(rest.split_once("::")?.1))
        })
        .unwrap_or(text);
    match inner.split_once("%0A") {
        Some((first, _)) if inner.len() < text.len() => first,
        _ => inner,
    }
}
