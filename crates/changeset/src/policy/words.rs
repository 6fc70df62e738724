//! The words of a policy that are more than text and numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

use super::Limit;
use crate::GateVerdict;

/// A word that is read from a scalar's text.
macro_rules! from_text {
    ($name:ident, $parse:expr, $form:literal) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let parsed: Option<Self> = $parse(&text);
                parsed.ok_or_else(|| {
                    de::Error::custom(format_args!("`{}` is not {}", text.escape_debug(), $form))
                })
            }
        }
    };
}

/// A length of time such as `90s`. The unit is never left out: a bare number would be seconds to one and minutes to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span(pub Duration);

from_text!(
    Span,
    parse_span,
    "a length of time such as `90s`, `10m`, `24h` or `7d`"
);

fn parse_span(text: &str) -> Option<Span> {
    let (number, unit) = split_number(text)?;
    let unit_seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let seconds = number.checked_mul(unit_seconds)?;
    // A hundred years: beyond any use, and far from where adding it to a time could overflow.
    (1..=3_153_600_000)
        .contains(&seconds)
        .then(|| Span(Duration::from_secs(seconds)))
}

/// A number of bytes such as `16MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size(pub u64);

from_text!(
    Size,
    parse_size,
    "a size such as `4096`, `64KiB`, `1MiB` or `2GiB`"
);

fn parse_size(text: &str) -> Option<Size> {
    let (number, unit) = split_number(text)?;
    let shift = match unit {
        "" | "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return None,
    };
    number.checked_mul(1 << shift).map(Size)
}

/// Digits, then the rest.
fn split_number(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit))
}

/// Minutes since midnight, to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClockTime(pub u16);

from_text!(ClockTime, parse_clock, "a time of day such as `09:30`");

fn parse_clock(text: &str) -> Option<ClockTime> {
    let minutes = parse_hours_and_minutes(text)?;
    (minutes <= 24 * 60).then_some(ClockTime(minutes))
}

fn parse_hours_and_minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !two_digits(hours) || !two_digits(minutes) {
        return None;
    }
    let minutes: u16 = minutes.parse().ok()?;
    (minutes < 60).then_some(hours.parse::<u16>().ok()? * 60 + minutes)
}

/// Seconds east of Greenwich.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct UtcOffset(pub i32);

from_text!(
    UtcOffset,
    parse_offset,
    "an offset such as `+09:00` or `Z` (named time zones are not read, their rules change)"
);

fn parse_offset(text: &str) -> Option<UtcOffset> {
    if matches!(text, "Z" | "UTC") {
        return Some(UtcOffset(0));
    }
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let minutes = parse_hours_and_minutes(rest)?;
    (minutes <= 18 * 60).then(|| UtcOffset(sign * i32::from(minutes) * 60))
}

/// A moment: an RFC 3339 time, or a day, which means its end in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instant(pub Timestamp);

from_text!(
    Instant,
    parse_instant,
    "a day such as `2026-12-31` or a time such as `2026-12-31T18:00:00Z`"
);

fn parse_instant(text: &str) -> Option<Instant> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(Instant(time));
    }
    // A date parser would also take the date out of a longer text.
    if text.len() != "2026-12-31".len() {
        return None;
    }
    let next_day = text.parse::<Date>().ok()?.checked_add(1.day()).ok()?;
    let end = next_day.to_zoned(TimeZone::UTC).ok()?;
    Some(Instant(end.timestamp()))
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl From<Day> for Weekday {
    fn from(day: Day) -> Self {
        match day {
            Day::Mon => Self::Monday,
            Day::Tue => Self::Tuesday,
            Day::Wed => Self::Wednesday,
            Day::Thu => Self::Thursday,
            Day::Fri => Self::Friday,
            Day::Sat => Self::Saturday,
            Day::Sun => Self::Sunday,
        }
    }
}

/// How bad it is when a rule is hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Severity {
    Allow,
    NeedApproval,
    Deny,
}

impl From<Severity> for GateVerdict {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Allow => Self::Allow,
            Severity::NeedApproval => Self::NeedApproval,
            Severity::Deny => Self::Deny,
        }
    }
}

/// How bad it is when a limit is passed: one word for all, or one for each limit that differs from `deny`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OnLimit {
    All(Severity),
    Each(BTreeMap<Limit, Severity>),
}

impl<'de> Deserialize<'de> for OnLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnLimitVisitor)
    }
}

struct OnLimitVisitor;

impl<'de> Visitor<'de> for OnLimitVisitor {
    type Value = OnLimit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`deny`, `need_approval`, or one of them for each limit")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<OnLimit, E> {
        Severity::deserialize(de::value::StrDeserializer::new(text)).map(OnLimit::All)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OnLimit, A::Error> {
        BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(OnLimit::Each)
    }
}
