//! Reading an index back.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};

use super::{ENTRY_BYTES, Entry, HEADER_BYTES, MAGIC, VERSION, u64_at};

/// The entries of an index that hold, one after another.
#[derive(Debug)]
pub(crate) struct Entries {
    file: BufReader<File>,
    left: u64,
}

impl Entries {
    /// Looks through the whole index of a spill file of `length` bytes. Says besides of how many of these it speaks.
    pub(crate) fn open(file: File, length: u64) -> io::Result<(Self, u64)> {
        let mut file = BufReader::new(file);
        let mut header = [0; HEADER_BYTES];
        if read_full(&mut file, &mut header)? < HEADER_BYTES {
            return Ok((Self { file, left: 0 }, 0));
        }
        if header[..8] != MAGIC[..] || header[8..12] != VERSION.to_le_bytes() {
            let message = format!("it is not an index of version {VERSION}");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let mut finished_count = [0; 4];
        finished_count.copy_from_slice(&header[12..16]);
        let finished_count = u64::from(u32::from_le_bytes(finished_count));
        let known_to = u64_at(&header, 16).min(length);
        let (count, known_to) = check(&mut file, finished_count, known_to)?;
        file.seek(SeekFrom::Start(HEADER_BYTES as u64))?;
        Ok((Self { file, left: count }, known_to))
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<Entry>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut bytes = [0; ENTRY_BYTES];
        self.file.read_exact(&mut bytes)?;
        Ok(Some(Entry::of_bytes(bytes)))
    }
}

/// How many entries are in order, and to which byte they say what is what.
fn check(file: &mut BufReader<File>, finished_count: u64, known_to: u64) -> io::Result<(u64, u64)> {
    let mut last = None;
    let mut count = 0;
    loop {
        let mut bytes = [0; ENTRY_BYTES];
        let length = read_full(file, &mut bytes)?;
        let offset = u64_at(&bytes, 0);
        let in_order = last.map_or(offset == 0, |last| last < offset);
        if length == ENTRY_BYTES && in_order && offset < known_to {
            last = Some(offset);
            count += 1;
            continue;
        }
        let is_whole = length == 0 && count >= finished_count;
        let is_about_more = length == ENTRY_BYTES && in_order && offset >= known_to;
        if last.is_some() && (is_whole || is_about_more) {
            return Ok((count, known_to));
        }
        // Where the last segment ends is not known, so that nothing is known of it.
        return Ok((count, last.unwrap_or(0)));
    }
}

fn read_full(file: &mut BufReader<File>, bytes: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < bytes.len() {
        match file.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}
