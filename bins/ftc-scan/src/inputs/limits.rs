//! What an archive may make us do.

use std::fmt;

const MIB: u64 = 1024 * 1024;

/// Bounds on archives. Real logs shrink to a tenth or a hundredth; an archive beyond these bounds is made to hurt.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes that one archive may expand to.
    pub expanded_bytes: u64,
    /// Bytes out per byte in.
    pub ratio: u64,
    /// Bytes out before `ratio` is looked at: a short log that repeats one line shrinks a thousandfold.
    pub ratio_from_bytes: u64,
    /// Members of one archive.
    pub members: usize,
    /// Bytes that may be read to learn what a zip archive holds.
    pub directory_bytes: u64,
    /// Bytes of a zip archive.
    pub archive_bytes: u64,
    /// Bytes of a zip archive on standard input, which is kept in memory because it is read from its end.
    pub buffered_archive_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            expanded_bytes: 4096 * MIB,
            ratio: 500,
            ratio_from_bytes: 64 * MIB,
            members: 10_000,
            directory_bytes: 4 * MIB,
            archive_bytes: 1024 * MIB,
            buffered_archive_bytes: 32 * MIB,
        }
    }
}

/// A bound that an archive has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// [`Limits::expanded_bytes`].
    Expanded(u64),
    /// [`Limits::ratio`].
    Ratio(u64),
    /// [`Limits::members`].
    Members(usize),
    /// [`Limits::directory_bytes`].
    Directory(u64),
    /// [`Limits::archive_bytes`].
    Archive(u64),
    /// [`Limits::buffered_archive_bytes`].
    Buffered(u64),
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expanded(limit) => write!(f, "expands to more than {}", Bytes(*limit)),
            Self::Ratio(limit) => write!(f, "expands to more than {limit} times its size"),
            Self::Members(limit) => write!(f, "has more than {limit} members"),
            Self::Directory(limit) => write!(f, "has a directory of more than {}", Bytes(*limit)),
            Self::Archive(limit) => write!(f, "is larger than {}", Bytes(*limit)),
            Self::Buffered(limit) => {
                write!(f, "is larger than {} on standard input", Bytes(*limit))
            }
        }
    }
}

/// A size for a person.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(bytes) = *self;
        if bytes >= MIB && bytes.is_multiple_of(MIB) {
            write!(f, "{} MiB", bytes / MIB)
        } else {
            write!(f, "{bytes} bytes")
        }
    }
}

/// What one archive has been expanded to so far.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    expanded: u64,
}

impl Budget {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            expanded: 0,
        }
    }

    /// Counts `bytes` more out of an archive of which `compressed` bytes were read.
    pub fn take(&mut self, bytes: usize, compressed: u64) -> Result<(), Exceeded> {
        let limits = &self.limits;
        self.expanded = self.expanded.saturating_add(bytes as u64);
        if self.expanded > limits.expanded_bytes {
            return Err(Exceeded::Expanded(limits.expanded_bytes));
        }
        let allowed = compressed
            .max(1)
            .saturating_mul(limits.ratio)
            .max(limits.ratio_from_bytes);
        if self.expanded > allowed {
            return Err(Exceeded::Ratio(limits.ratio));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Limits {
        Limits {
            expanded_bytes: 1000,
            ratio: 10,
            ratio_from_bytes: 100,
            ..Limits::default()
        }
    }

    #[test]
    fn the_total_counts_over_all_members() {
        let mut budget = Budget::new(small());
        assert_eq!(budget.take(600, 1000), Ok(()));
        assert_eq!(budget.take(400, 1000), Ok(()));
        assert_eq!(budget.take(1, 1000), Err(Exceeded::Expanded(1000)));
    }

    #[test]
    fn the_ratio_counts_only_for_what_is_large() {
        let mut budget = Budget::new(small());
        assert_eq!(
            budget.take(100, 1),
            Ok(()),
            "small things may shrink as they like"
        );
        assert_eq!(budget.take(1, 1), Err(Exceeded::Ratio(10)));
        assert_eq!(Budget::new(small()).take(500, 50), Ok(()));
    }

    #[test]
    fn each_bound_is_named_with_its_value() {
        let limits = Limits::default();
        for (exceeded, words) in [
            (
                Exceeded::Expanded(limits.expanded_bytes),
                "expands to more than 4096 MiB",
            ),
            (
                Exceeded::Ratio(limits.ratio),
                "expands to more than 500 times its size",
            ),
            (
                Exceeded::Members(limits.members),
                "has more than 10000 members",
            ),
            (
                Exceeded::Directory(limits.directory_bytes),
                "has a directory of more than 4 MiB",
            ),
            (
                Exceeded::Archive(limits.archive_bytes),
                "is larger than 1024 MiB",
            ),
            (
                Exceeded::Buffered(limits.buffered_archive_bytes),
                "is larger than 32 MiB on standard input",
            ),
            (
                Exceeded::Directory(1000),
                "has a directory of more than 1000 bytes",
            ),
        ] {
            assert_eq!(exceeded.to_string(), words);
        }
    }
}
