//! In which order the bytes of both outputs were read.

mod merge;

use std::collections::VecDeque;
use std::time::Duration;

pub(crate) use merge::merged_text;

use crate::event::Output;

/// How many segments are kept from the beginning, and how many from the end.
const KEPT_SEGMENTS: usize = 1024;

/// How long a segment lasts at most. A longer one is divided, so that one can tell when something was printed.
const SEGMENT_LIMIT: Duration = Duration::from_secs(1);

/// The order in which the bytes of both outputs were read: segments, each of one output.
///
/// That is the order in which the child wrote them as far as there was time between: what it writes to both outputs before one
/// of them is read cannot be told apart, and standard output comes first then. Of a long run the first and the last segments
/// are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Order {
    first: Vec<Segment>,
    last: VecDeque<Segment>,
    forgotten: Forgotten,
}

/// Bytes of one output that were read one after another within a second, and none of the other between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Segment {
    /// Which output.
    pub output: Output,
    /// How many bytes.
    pub length: u64,
    /// When the first of them were read, since the start.
    pub elapsed: Duration,
}

/// What is not known any more of an [`Order`]: the segments between the first and the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Forgotten {
    /// How many segments.
    pub segments: u64,
    /// How many bytes of standard output are in them.
    pub stdout_bytes: u64,
    /// How many bytes of standard error are in them.
    pub stderr_bytes: u64,
}

impl Order {
    /// The first segments: all of them, if none is [`forgotten`](Self::forgotten) and there are no [`last`](Self::last).
    pub fn first(&self) -> &[Segment] {
        &self.first
    }

    /// What comes between the first and the last.
    pub fn forgotten(&self) -> Forgotten {
        self.forgotten
    }

    /// The last segments, as far as they are not among the first.
    pub fn last(&self) -> impl Iterator<Item = &Segment> {
        self.last.iter()
    }

    /// Appends bytes, and says whether they begin a segment.
    pub(crate) fn push(&mut self, output: Output, length: usize, elapsed: Duration) -> bool {
        let length = length as u64;
        if let Some(segment) = self.last.back_mut().or(self.first.last_mut())
            && segment.output == output
            && elapsed.saturating_sub(segment.elapsed) < SEGMENT_LIMIT
        {
            segment.length += length;
            return false;
        }
        let segment = Segment {
            output,
            length,
            elapsed,
        };
        if self.first.len() < KEPT_SEGMENTS {
            self.first.push(segment);
            return true;
        }
        if self.last.len() == KEPT_SEGMENTS
            && let Some(segment) = self.last.pop_front()
        {
            self.forgotten.add(segment);
        }
        self.last.push_back(segment);
        true
    }
}

impl Forgotten {
    fn add(&mut self, segment: Segment) {
        self.segments += 1;
        match segment.output {
            Output::Stdout => self.stdout_bytes += segment.length,
            Output::Stderr => self.stderr_bytes += segment.length,
        }
    }
}
