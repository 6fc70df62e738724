//! Numbers as report writers print them.

use std::time::Duration;

/// A count: digits, with white space or a fraction of zero around them.
pub(crate) fn count(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text.strip_suffix(".0").unwrap_or(text);
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Seconds with an optional fraction, as `1.5`, as `1,234.5` (Surefire) or as `0,5` (writers that follow the locale).
///
/// One comma before exactly three digits, as in `1,234`, could mean either, so it is no time.
pub(crate) fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let plain = match (text.contains(','), text.contains('.')) {
        (true, true) => text.replace(',', ""),
        (true, false) => {
            let (whole, fraction) = text.split_once(',')?;
            if fraction.contains(',')
                || (fraction.len() == 3 && !whole.trim_start_matches('0').is_empty())
            {
                return None;
            }
            format!("{whole}.{fraction}")
        }
        (false, _) => text.to_owned(),
    };
    let seconds: f64 = plain.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
