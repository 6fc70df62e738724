//! When, and how often.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use crate::gate::{Case, Clock, Finding};
use crate::policy::{FrequencyLimit, TimeWindows, Window};

pub(crate) fn time(case: &Case<'_>, findings: &mut BTreeSet<Finding>) {
    let rules = case.policy.rules();
    for (place, limit) in rules.frequency.iter().enumerate() {
        findings.extend(frequency(case, limit, place));
    }
    if let Some(windows) = &rules.windows
        && case.clock == Clock::Given
        && let Some(message) = closed(windows, case.facts.now)
    {
        let pointer = "/time_windows";
        findings.insert(Finding::of_policy(
            windows.otherwise,
            "time_windows",
            pointer,
            message,
        ));
    }
}

fn frequency(case: &Case<'_>, limit: &FrequencyLimit, place: usize) -> Option<Finding> {
    let pointer = format!("/frequency_limits/{place}");
    let finding =
        |message: &str| Finding::of_policy(limit.otherwise, &limit.id, pointer.clone(), message);
    let Some(history) = &case.facts.history else {
        return Some(finding("it is not known how many changes were made before"));
    };
    let count = count_in(history, case.facts.now, limit.rate.per);
    (count >= limit.rate.max).then(|| {
        let seconds = limit.rate.per.as_secs();
        finding("too many changes were made a short time ago")
            .observed(count, format_args!("{} in {seconds} s", limit.rate.max))
    })
}

/// How many of `times` are less than `per` ago. One in the future counts: a clock that was set back must not forgive.
pub(crate) fn count_in(times: &[Timestamp], now: Timestamp, per: Duration) -> u64 {
    let start = now.checked_sub(per).unwrap_or(Timestamp::MIN);
    times.iter().filter(|time| **time > start).count() as u64
}

/// Why no change may be made now, if so.
fn closed(windows: &TimeWindows, now: Timestamp) -> Option<&'static str> {
    let offset = windows.utc_offset_seconds;
    let inside = |list: &[Window]| list.iter().any(|window| contains(window, now, offset));
    if inside(&windows.blocked) {
        Some("no changes are made at this time")
    } else if !windows.allowed.is_empty() && !inside(&windows.allowed) {
        Some("changes are only made at other times")
    } else {
        None
    }
}

/// Whether `window` is open. The days are those on which it begins.
fn contains(window: &Window, now: Timestamp, offset_seconds: i32) -> bool {
    // The offset was checked when the policy was read.
    let offset = Offset::from_seconds(offset_seconds).unwrap_or(Offset::UTC);
    let local = now.to_zoned(TimeZone::fixed(offset));
    let minute =
        u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
    let (from, to) = (window.from_minute, window.to_minute);
    let today = local.weekday();
    if from < to {
        window.days.contains(&today) && (from..to).contains(&minute)
    } else {
        let since_today = window.days.contains(&today) && minute >= from;
        let since_yesterday = window.days.contains(&today.previous()) && minute < to;
        since_today || since_yesterday
    }
}
