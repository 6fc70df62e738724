//! Reading a stream straight to where it is kept.

use std::io;

use super::Captured;

/// How much is read at once, at most.
const READ_BYTES: usize = 256 << 10;

/// The kept part of a stream while it is read: its beginning, and a ring with its end.
///
/// A read goes to where its bytes are kept, so that nothing is copied: first into the beginning; once that is full, into the
/// ring, over the oldest bytes there.
///
/// Memory is taken as it is needed, twice as much each time, and it comes zeroed from the allocator, which does not touch it
/// where it is new from the system: what is resident is what was read.
pub(crate) struct Keep {
    head: Vec<u8>,
    head_filled: usize,
    head_limit: usize,
    ring: Vec<u8>,
    /// Where the next read goes in the ring.
    ring_next: usize,
    ring_limit: usize,
    /// Whether the ring has been filled once: from `ring_next` on it holds older bytes then.
    ring_lapped: bool,
    tail_limit: usize,
    total_bytes: u64,
}

impl Keep {
    /// Keeps so many bytes of the beginning and so many of the end.
    pub(crate) fn new(head_limit: usize, tail_limit: usize) -> Self {
        // Whole reads, so that one at the end of the ring is seldom cut short; and one of them where little is kept.
        let reads = tail_limit.div_ceil(READ_BYTES).max(1);
        Self {
            head: Vec::new(),
            head_filled: 0,
            head_limit,
            ring: Vec::new(),
            ring_next: 0,
            ring_limit: reads.saturating_mul(READ_BYTES),
            ring_lapped: false,
            tail_limit,
            total_bytes: 0,
        }
    }

    /// Lets `read` fill memory from its beginning and say how far, keeps that, and hands it out.
    pub(crate) fn read_with(
        &mut self,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<&[u8]> {
        let in_head = self.head_filled < self.head_limit;
        let (memory, start) = if in_head {
            grow(&mut self.head, self.head_filled, self.head_limit);
            (&mut self.head, self.head_filled)
        } else {
            if self.ring_next == self.ring_limit {
                self.ring_next = 0;
                self.ring_lapped = true;
            }
            grow(&mut self.ring, self.ring_next, self.ring_limit);
            (&mut self.ring, self.ring_next)
        };
        let end = memory.len().min(start.saturating_add(READ_BYTES));
        let length = read(&mut memory[start..end])?;
        let filled = start + length;
        if in_head {
            self.head_filled = filled;
        } else {
            self.ring_next = filled;
        }
        self.total_bytes += length as u64;
        Ok(&memory[start..filled])
    }

    /// What is kept in the end, in no more memory than that takes.
    pub(crate) fn finish(mut self) -> Captured {
        self.head.truncate(self.head_filled);
        self.head.shrink_to_fit();
        if self.ring_lapped {
            self.ring.rotate_left(self.ring_next);
        } else {
            self.ring.truncate(self.ring_next);
        }
        let forgotten = self.ring.len().saturating_sub(self.tail_limit);
        self.ring.drain(..forgotten);
        self.ring.shrink_to_fit();
        Captured {
            head: self.head,
            tail: self.ring,
            total_bytes: self.total_bytes,
            sha256: None,
        }
    }
}

/// Makes sure that there is memory behind the `filled` bytes, of which there are less than `limit`.
fn grow(memory: &mut Vec<u8>, filled: usize, limit: usize) {
    if filled < memory.len() {
        return;
    }
    let length = filled.saturating_mul(2).max(READ_BYTES).min(limit);
    let mut larger = vec![0; length];
    larger[..filled].copy_from_slice(&memory[..filled]);
    *memory = larger;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// However the bytes come, the first and the last are kept: also when the ring goes round several times.
        #[test]
        fn the_first_and_the_last_bytes_are_kept(
            lengths in prop::collection::vec(1usize..400_000, 0..16),
            head in 0usize..600_000,
            tail in 0usize..600_000,
        ) {
            let total: usize = lengths.iter().sum();
            // A period that divides no size in use.
            let bytes: Vec<u8> = (0..251).cycle().take(total).collect();
            let mut keep = Keep::new(head, tail);
            let mut rest = bytes.as_slice();
            for length in lengths {
                let (mut piece, more) = rest.split_at(length);
                rest = more;
                while !piece.is_empty() {
                    let taken = keep
                        .read_with(|memory| {
                            let length = memory.len().min(piece.len());
                            memory[..length].copy_from_slice(&piece[..length]);
                            Ok(length)
                        })
                        .unwrap();
                    prop_assert!(!taken.is_empty() && piece.starts_with(taken));
                    piece = &piece[taken.len()..];
                }
            }
            let captured = keep.finish();
            let head = head.min(total);
            let tail = tail.min(total - head);
            prop_assert!(captured.head() == &bytes[..head]);
            prop_assert!(captured.tail() == &bytes[total - tail..]);
            prop_assert_eq!(captured.total_bytes(), total as u64);
            prop_assert_eq!(captured.omitted_bytes(), (total - head - tail) as u64);
        }
    }

    #[test]
    fn a_failed_read_keeps_nothing() {
        let mut keep = Keep::new(1, 1);
        let error = keep.read_with(|memory| {
            memory.fill(1);
            Err(io::ErrorKind::Other.into())
        });
        assert!(error.is_err());
        assert_eq!(keep.finish(), Captured::default());
    }

    #[test]
    fn a_limit_without_bound_takes_no_more_memory_than_there_is_output() {
        let mut keep = Keep::new(usize::MAX / 2, usize::MAX);
        keep.read_with(|memory| Ok(memory.len().min(3))).unwrap();
        assert!(keep.head.len() <= READ_BYTES && keep.ring.is_empty());
        assert_eq!(keep.finish().to_bytes(), [0; 3]);
    }
}
