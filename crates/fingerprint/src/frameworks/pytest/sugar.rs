//! pytest-sugar (1.0 and 1.1): entries stand under `――― test ―――` among the progress, totals in a list at the end.

use super::counts::Counts;

/// The name in `―――――― test_a ――――――`.
pub(super) fn heading(text: &str) -> Option<&str> {
    let inner = text.trim_end();
    let name = inner.trim_matches('―');
    let is_heading = inner.starts_with('―')
        && inner.ends_with('―')
        && name.starts_with(' ')
        && name.ends_with(' ')
        && name.len() > 2;
    is_heading.then(|| name.trim())
}

/// Whether the line is one of progress, which ends with a percentage and a bar: ` tests/test_a.py ✓✓   66% ██████▋   `.
pub(super) fn is_progress(text: &str) -> bool {
    let Some((before, bar)) = text.trim_end().rsplit_once("% ") else {
        return false;
    };
    let is_bar = |c: char| c == ' ' || ('\u{2588}'..='\u{258f}').contains(&c);
    before.ends_with(|c: char| c.is_ascii_digit())
        && !bar.trim().is_empty()
        && bar.chars().all(is_bar)
}

/// Whether the line is the heading of the totals, `Results (2.43s):`.
pub(super) fn is_results(text: &str) -> bool {
    text.trim_end()
        .strip_prefix("Results (")
        .is_some_and(|rest| rest.ends_with("):"))
}

/// Takes in a line under the heading of the totals; `false` where the list has ended before it.
pub(super) fn count(text: &str, counts: &mut Counts) -> bool {
    if !text.starts_with("   ") {
        return false;
    }
    let item = text.trim();
    // Under the failed ones stands where each is.
    item.starts_with("- ") || counts.add(item).is_some()
}
