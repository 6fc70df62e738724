//! Moving bytes from a reader to a scanner, bounded.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::limits::{Budget, Exceeded};

/// Bytes that are read at once.
pub const PIECE_BYTES: usize = 256 * 1024;

/// Why the moving stopped early.
#[derive(Debug)]
pub enum Stopped {
    Read(io::Error),
    Limit(Exceeded),
}

/// Moves everything from `reader` to `take`. A call of a signal handler in between does not count as an error.
pub fn pump(
    reader: &mut dyn Read,
    mut take: impl FnMut(&[u8]) -> Result<(), Exceeded>,
) -> Result<(), Stopped> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(count) => take(&piece[..count]).map_err(Stopped::Limit)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Stopped::Read(error)),
        }
    }
}

/// Like [`pump`], out of an archive: every piece is paid for from `budget`, and `compressed` tells what went in.
pub fn pump_expanding(
    reader: &mut dyn Read,
    budget: &mut Budget,
    compressed: impl Fn() -> u64,
    mut take: impl FnMut(&[u8]),
) -> Result<(), Stopped> {
    pump(reader, |piece| {
        budget.take(piece.len(), compressed())?;
        take(piece);
        Ok(())
    })
}

/// Reads until `limit` bytes or the end.
pub fn read_prefix(reader: &mut dyn Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut prefix = Vec::new();
    reader.take(limit as u64).read_to_end(&mut prefix)?;
    Ok(prefix)
}

/// A reader that counts what was taken from it.
#[derive(Debug)]
pub struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R> Counted<R> {
    /// The reader, and where its count can be seen.
    pub fn new(inner: R) -> (Self, Rc<Cell<u64>>) {
        let count = Rc::new(Cell::new(0));
        let counted = Self {
            inner,
            count: Rc::clone(&count),
        };
        (counted, count)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count.set(self.count.get() + count as u64);
        Ok(count)
    }
}
