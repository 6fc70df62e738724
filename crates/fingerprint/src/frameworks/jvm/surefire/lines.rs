//! The forms of Surefire's lines, without Maven's level.

/// Totals: `Tests run: 6, Failures: 2, Errors: 1, Skipped: 1`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) run: u64,
    pub(super) failures: u64,
    pub(super) errors: u64,
    pub(super) skipped: u64,
}

impl Counts {
    /// Totals of a whole run, which end with a number; those of a class go on with a time.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (counts, rest) = Self::head(text)?;
        let rest = rest.trim();
        (rest.is_empty() || rest.starts_with(", Flakes: ")).then_some(counts)
    }

    fn head(text: &str) -> Option<(Self, &str)> {
        let rest = text.strip_prefix("Tests run:")?;
        let (run, rest) = number(rest)?;
        let (failures, rest) = number(rest.strip_prefix(", Failures:")?)?;
        let (errors, rest) = number(rest.strip_prefix(", Errors:")?)?;
        let (skipped, rest) = match rest.strip_prefix(", Skipped:") {
            Some(rest) => number(rest)?,
            None => (0, rest),
        };
        let counts = Self {
            run,
            failures,
            errors,
            skipped,
        };
        Some((counts, rest))
    }
}

fn number(text: &str) -> Option<(u64, &str)> {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// The class of `Running package.Class`.
pub(super) fn running(text: &str) -> Option<&str> {
    let class = text.strip_prefix("Running ")?.trim();
    // A group of TestNG may stand behind it.
    let (name, rest) = class.split_once(' ').unwrap_or((class, ""));
    let is_class = name.starts_with(char::is_alphabetic)
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '$'));
    (is_class && (rest.is_empty() || rest.starts_with('('))).then_some(name)
}

/// The totals of a class; the class is empty where the line does not name it.
pub(super) fn set_totals(text: &str) -> Option<&str> {
    let (_, rest) = Counts::head(text)?;
    let rest = rest.strip_prefix(", Time elapsed: ")?;
    let class = rest
        .split_once(" - in ")
        .or_else(|| rest.split_once(" -- in "))
        .map_or("", |(_, class)| class.trim());
    Some(class)
}

/// The name of a failed test: `name  Time elapsed: 0.1 s  <<< FAILURE!`.
pub(super) fn failed(text: &str) -> Option<&str> {
    let body = text.trim_end();
    let body = body
        .strip_suffix("<<< FAILURE!")
        .or_else(|| body.strip_suffix("<<< ERROR!"))?;
    let (name, time) = body.rsplit_once("Time elapsed: ")?;
    let time = time.trim();
    let is_time = time.starts_with(|c: char| c.is_ascii_digit()) && time.len() < 24;
    let name = name.trim_end().trim_end_matches("--").trim();
    (is_time && !name.is_empty() && !name.starts_with("Tests run:")).then_some(name)
}

/// `Results:`, in older releases `Results :`.
pub(super) fn is_results(text: &str) -> bool {
    matches!(text.trim_end(), "Results:" | "Results :")
}

/// Maven goes on without any totals.
pub(super) fn is_end(text: &str) -> bool {
    text.starts_with("BUILD ") || text.starts_with("Failed to execute goal")
}

/// Whether a line without a level is Surefire's own, as all were up to 2.19.
pub(super) fn is_own(text: &str) -> bool {
    running(text).is_some()
        || set_totals(text).is_some()
        || failed(text).is_some()
        || is_results(text)
}

#[cfg(test)]
mod tests {
    use super::{Counts, failed, set_totals};

    #[test]
    fn totals_of_a_class_are_no_totals_of_a_run() {
        let set = "Tests run: 6, Failures: 2, Errors: 1, Skipped: 1, Time elapsed: 0.1 s <<< FAILURE! -- in a.B";
        assert_eq!(Counts::parse(set), None);
        assert_eq!(set_totals(set), Some("a.B"));
        assert_eq!(failed(set), None);
        let run = "Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Flakes: 1";
        assert_eq!(Counts::parse(run).map(|counts| counts.run), Some(2));
        assert_eq!(set_totals(run), None);
    }
}
