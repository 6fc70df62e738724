//! Headings between rules: what a session prints over its whole width, and what only looks like it.

/// Under which heading the lines stand.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// Progress, or not in a run at all.
    #[default]
    Progress,
    /// `FAILURES` and `ERRORS`: entries with tracebacks.
    Entries,
    /// `PASSES`, `XPASSES`, `XFAILURES`: entries of tests that did not fail.
    Unfailed,
    /// `short test summary info` and `rerun test summary info`.
    Summary,
    /// `warnings summary`, coverage: nothing of ours.
    Other,
}

/// A section with its place in the order in which `pytest_terminal_summary` of `_pytest/terminal.py` (pytest 9.0) prints
/// them. Plugins print theirs in between; they have no place.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) section: Section,
    pub(super) rank: Option<u8>,
}

impl Place {
    pub(super) fn of(title: &str) -> Self {
        let (section, rank) = match title {
            "ERRORS" => (Section::Entries, Some(1)),
            "FAILURES" => (Section::Entries, Some(2)),
            "XFAILURES" => (Section::Unfailed, Some(3)),
            "warnings summary" => (Section::Other, Some(4)),
            "PASSES" => (Section::Unfailed, Some(5)),
            "XPASSES" => (Section::Unfailed, Some(6)),
            "rerun test summary info" => (Section::Summary, Some(7)),
            "short test summary info" => (Section::Summary, Some(8)),
            "warnings summary (final)" => (Section::Other, Some(9)),
            _ => (Section::Other, None),
        };
        Self { section, rank }
    }

    /// Whether a section that begins under `self` can belong to the same report as `earlier`.
    pub(super) fn follows(self, earlier: Self) -> bool {
        match (self.rank, earlier.rank) {
            (Some(new), Some(old)) => new > old,
            _ => true,
        }
    }
}

/// The title in `===== FAILURES =====`.
pub(super) fn title(text: &str) -> Option<&str> {
    let inner = text.trim_end();
    let title = inner.trim_matches('=');
    let rules = inner.len() - title.len();
    let is_title =
        rules >= 6 && title.starts_with(' ') && title.ends_with(' ') && title.trim().len() > 1;
    is_title.then(|| title.trim())
}

/// What stands before the first rule of a session, and how wide the rule is: with `-s` the heading of a session that a
/// test runs stands behind the progress of the outer one.
pub(super) fn session_start(text: &str) -> Option<(&str, usize)> {
    let inner = text.trim_end().trim_end_matches('=');
    let before = inner.strip_suffix(" test session starts ")?;
    let glued = before.trim_end_matches('=');
    let is_rule = before.len() > glued.len() && inner.len() < text.trim_end().len();
    let width = text.trim_end().chars().count() - glued.chars().count();
    is_rule.then_some((glued, width))
}

/// How far a rule may be from the width of the others: characters that take two columns are counted as one, and logs are
/// edited.
const SLACK: usize = 2;

/// Whether a rule is one that a terminal of `width` columns gets: pytest fills the line, and a title that is too long has
/// one sign on each side.
pub(super) fn fills(text: &str, width: usize) -> bool {
    let inner = text.trim_end();
    let columns = inner.chars().count();
    columns.abs_diff(width) <= SLACK || columns > width && inner.chars().nth(1) == Some(' ')
}

/// The title in `----- Captured stdout call -----`.
pub(super) fn dashed(text: &str) -> Option<&str> {
    let inner = text.trim_end();
    let title = inner.trim_matches('-');
    let is_title = inner.starts_with('-')
        && inner.ends_with('-')
        && title.starts_with(' ')
        && title.ends_with(' ')
        && title.trim().len() > 1;
    is_title.then(|| title.trim())
}

/// The name in `______ TestB.test_c[1] ______`, as `TestB.test_c[1]`.
pub(super) fn entry_heading(text: &str) -> Option<&str> {
    let inner = text.trim_end();
    if !inner.starts_with('_') || !inner.ends_with('_') {
        return None;
    }
    let name = inner.trim_matches('_');
    // Between the frames of one traceback stands `_ _ _ _`.
    let is_rule = inner.split(' ').all(|part| part == "_");
    let is_name = name.starts_with(' ') && name.ends_with(' ') && name.len() > 2;
    (is_name && !is_rule).then(|| name.trim())
}
