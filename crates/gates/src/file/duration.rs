//! Durations as people write them: `90s`, `10m`.

use std::time::Duration;

/// Takes one whole number and one of the units `ms`, `s`, `m` and `h`. Zero is no limit that anybody means.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let complaint = || format!("`{text}` is not a duration such as `90s`, `10m` or `1h`");
    let unit_at = text
        .find(|character: char| !character.is_ascii_digit())
        .ok_or_else(complaint)?;
    let (number, unit) = text.split_at(unit_at);
    let unit_ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(complaint()),
    };
    let number: u64 = number.parse().map_err(|_| complaint())?;
    match number.checked_mul(unit_ms) {
        None => Err(complaint()),
        Some(0) => Err("a limit of no time at all cannot be kept".to_owned()),
        Some(milliseconds) => Ok(Duration::from_millis(milliseconds)),
    }
}
