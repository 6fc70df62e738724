//! The list of targets at the end, and the sums below it.

use super::target::label_of;

/// How a target has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Passed,
    Failed {
        attempts: u32,
    },
    TimedOut {
        attempts: u32,
    },
    /// It passed when it was run again.
    Flaky {
        attempts: u32,
    },
    NotBuilt,
}

/// `//pkg:fails      FAILED in 3 out of 3 in 1.2s`, with `(cached)` before the word.
pub(super) fn of_target(text: &str) -> Option<(&str, Ending)> {
    let label = label_of(text)?;
    let rest = &text[label.len()..];
    if !rest.starts_with(' ') {
        return None;
    }
    let mut rest = rest.trim_start();
    if rest.starts_with('(') {
        rest = rest.split_once(") ")?.1.trim_start();
    }
    let runs = |rest: &str| {
        let (_, runs) = rest.split_once(" out of ")?;
        runs.split(' ').next()?.parse().ok()
    };
    let ending = if rest.starts_with("PASSED in ") {
        Ending::Passed
    } else if rest.starts_with("FAILED TO BUILD") {
        Ending::NotBuilt
    } else if let Some(rest) = rest.strip_prefix("FAILED in ") {
        Ending::Failed {
            attempts: runs(rest).unwrap_or(1),
        }
    } else if let Some(rest) = rest.strip_prefix("TIMEOUT in ") {
        Ending::TimedOut {
            attempts: runs(rest).unwrap_or(1),
        }
    } else if let Some(rest) = rest.strip_prefix("FLAKY, failed in ") {
        Ending::Flaky {
            attempts: runs(rest).unwrap_or(2),
        }
    } else {
        return None;
    };
    Some((label, ending))
}

#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) passed: u64,
    pub(super) failed: u64,
    /// Some were not built, not run or have no result.
    pub(super) has_trouble: bool,
}

/// `Executed 7 out of 8 tests: 2 tests pass, 1 fails to build and 5 fail locally.`
pub(super) fn sums(text: &str) -> Option<Sums> {
    let rest = text.strip_prefix("Executed ")?;
    let (head, rest) = rest.split_once(": ")?;
    if !head.contains(" out of ") || !head.contains(" test") {
        return None;
    }
    let mut sums = Sums::default();
    for part in rest
        .trim_end_matches('.')
        .split(", ")
        .flat_map(|part| part.split(" and "))
    {
        let (count, words) = part.trim().split_once(' ')?;
        let count: u64 = count.parse().ok()?;
        if words.contains("pass") {
            sums.passed += count;
        } else if words.ends_with("locally") || words.ends_with("remotely") {
            sums.failed += count;
        } else {
            sums.has_trouble = true;
        }
    }
    Some(sums)
}
