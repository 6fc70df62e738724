//! Times and sizes as people write them.

use std::time::Duration;

use ftc_cli::{parse_duration, parse_size};

#[test]
fn durations_have_units_and_last() {
    assert_eq!(parse_duration("90s"), Ok(Duration::from_secs(90)));
    assert_eq!(parse_duration("1h 30m"), Ok(Duration::from_secs(5_400)));
    assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
    for wrong in ["", "10", "0s", "-1h", "soon"] {
        assert!(parse_duration(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn sizes_count_in_powers_of_1024() {
    assert_eq!(parse_size("4096"), Ok(4096));
    assert_eq!(parse_size("1B"), Ok(1));
    assert_eq!(parse_size("3MiB"), Ok(3 << 20));
    assert_eq!(parse_size("2TiB"), Ok(2 << 40));
    for wrong in ["", "KiB", "1KB", "1 GiB", "-1", "1.5MiB", "99999999999GiB"] {
        assert!(parse_size(wrong).is_err(), "{wrong}");
    }
}
