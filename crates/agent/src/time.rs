//! Durations as people write them.

use std::time::Duration;

const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

/// Reads `90s` or `10m`; `None` where it is none, or 0.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, unit_ms) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let ms = number.parse::<u64>().ok()?.checked_mul(*unit_ms)?;
    (ms > 0).then(|| Duration::from_millis(ms))
}

/// The shortest form that [`parse`] reads, of whole milliseconds.
pub(crate) fn show(duration: Duration) -> String {
    let ms = duration.as_millis();
    let (unit, unit_ms) = UNITS
        .iter()
        .rev()
        .find(|(_, unit_ms)| ms > 0 && ms.is_multiple_of(u128::from(*unit_ms)))
        .unwrap_or(&UNITS[0]);
    format!("{}{unit}", ms / u128::from(*unit_ms))
}
