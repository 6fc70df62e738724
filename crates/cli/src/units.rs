//! Times and sizes as people write them.

use std::time::Duration;

use jiff::SignedDuration;

/// Reads a time such as `90s`, `10m` or `1h 30m`, for `#[arg(value_parser = parse_duration)]`. It has units and is longer than
/// nothing.
///
/// ```
/// # use std::time::Duration;
/// assert_eq!(ftc_cli::parse_duration("1h 30m"), Ok(Duration::from_secs(5_400)));
/// assert!(ftc_cli::parse_duration("10").is_err());
/// ```
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let duration: SignedDuration = text
        .parse()
        .map_err(|_| "it is not a time such as `90s`, `10m` or `1h 30m`".to_owned())?;
    match Duration::try_from(duration) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("it is not longer than nothing".to_owned()),
    }
}

/// Reads a number of bytes such as `4096`, `64KiB` or `1GiB`, for `#[arg(value_parser = parse_size)]`.
///
/// ```
/// assert_eq!(ftc_cli::parse_size("64KiB"), Ok(65_536));
/// assert!(ftc_cli::parse_size("1GB").is_err());
/// ```
pub fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let shift = match unit {
        "" | "B" => Some(0),
        "KiB" => Some(10),
        "MiB" => Some(20),
        "GiB" => Some(30),
        "TiB" => Some(40),
        _ => None,
    };
    let bytes = || number.parse::<u64>().ok()?.checked_mul(1 << shift?);
    bytes().ok_or_else(|| "it is not a size such as `4096`, `64KiB` or `1GiB`".to_owned())
}
