//! The files of a log: `log.00000001` and so on, each begun when the one before was written for the last time.

use std::io;
use std::os::fd::AsFd;

use rustix::fs::Dir;

const PREFIX: &str = "log.";

pub(super) fn file_name(number: u64) -> String {
    format!("{PREFIX}{number:08}")
}

/// The numbers of the files that are there, in order.
pub(super) fn list(directory: impl AsFd) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let number = entry
            .file_name()
            .to_str()
            .ok()
            .and_then(|name| name.strip_prefix(PREFIX))
            .filter(|digits| digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|digits| digits.parse::<u64>().ok());
        // The last number could have no successor: nobody but a vandal made it.
        numbers.extend(number.filter(|&number| number < u64::MAX - 1_000_000));
    }
    numbers.sort_unstable();
    Ok(numbers)
}
