//! Headings between rules of `=`, and the counts at the end of a session.

/// The title in `===== FAILURES =====`.
pub(super) fn title(text: &str) -> Option<&str> {
    let inner = text.trim_end();
    let title = inner.trim_matches('=');
    let rules = inner.len() - title.len();
    let is_title =
        rules >= 6 && title.starts_with(' ') && title.ends_with(' ') && title.trim().len() > 1;
    is_title.then(|| title.trim())
}

/// `3 failed, 4 passed, 1 skipped in 0.96s`, with or without rules around it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) failed: u64,
    pub(super) passed: u64,
    pub(super) errors: u64,
    /// How often a test was run again.
    pub(super) reruns: u64,
    others: u64,
}

impl Counts {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let inner = text.trim().trim_matches('=').trim();
        if !inner.ends_with(['s', ')']) {
            return None;
        }
        let (list, time) = inner.rsplit_once(" in ")?;
        // pytest before 5.0 wrote `in 70.39 seconds`.
        let time = time.strip_suffix(" seconds").unwrap_or(time);
        let seconds = time.split_whitespace().next()?.trim_end_matches('s');
        if seconds.is_empty()
            || !seconds
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b".:".contains(&byte))
        {
            return None;
        }
        let mut counts = Self::default();
        if list == "no tests ran" {
            return Some(counts);
        }
        for part in list.split(", ") {
            let (number, word) = part.split_once(' ')?;
            let number: u64 = number.parse().ok()?;
            match word {
                "failed" => counts.failed += number,
                "passed" => counts.passed += number,
                "error" | "errors" => counts.errors += number,
                "rerun" | "reruns" => counts.reruns += number,
                "skipped" | "deselected" | "xfailed" | "xpassed" | "warning" | "warnings" => {
                    counts.others += number;
                }
                _ if word.starts_with("subtests ") => counts.others += number,
                _ => return None,
            }
        }
        Some(counts)
    }

    /// Tests that were run to an end that counts.
    pub(super) fn ran(&self) -> u64 {
        self.failed + self.passed + self.errors
    }
}
