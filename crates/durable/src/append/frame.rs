//! One frame: encoding, and decoding at an offset of a file.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use sha2::{Digest as _, Sha256};

/// The first line of every log of this version.
pub(super) const FILE_HEADER: &[u8] = b"ftc-log 1\n";
/// What precedes the version in the first line of every version.
pub(super) const FILE_HEADER_STEM: &[u8] = b"ftc-log ";

/// The largest payload. A length beyond it can only be damage, and must not make a reader allocate.
pub(super) const MAX_RECORD_BYTES: usize = 64 << 20;

/// `SSSSSSSSSSSSSSSS LLLLLLLL ` is covered by the checksum, which follows with one more space.
const COVERED_HEADER_LENGTH: usize = 26;
const FRAME_HEADER_LENGTH: usize = COVERED_HEADER_LENGTH + 17;

/// The frame of `payload`, which the caller has checked against [`MAX_RECORD_BYTES`].
pub(super) fn encode(sequence: u64, payload: &[u8]) -> Vec<u8> {
    let covered = format!("{sequence:016x} {:08x} ", payload.len());
    let checksum = checksum(covered.as_bytes(), payload);
    let mut frame = Vec::with_capacity(FRAME_HEADER_LENGTH + payload.len() + 1);
    frame.extend_from_slice(covered.as_bytes());
    frame.extend_from_slice(format!("{checksum:016x} ").as_bytes());
    frame.extend_from_slice(payload);
    frame.push(b'\n');
    frame
}

/// An intact frame.
pub(super) struct Frame {
    pub(super) sequence: u64,
    pub(super) payload: Vec<u8>,
    /// Where the next frame begins.
    pub(super) end: u64,
}

/// Reads the frame at `offset` of a file of `length` bytes; `None` if there is no intact one.
pub(super) fn decode_at(file: &File, offset: u64, length: u64) -> io::Result<Option<Frame>> {
    let remaining = length.saturating_sub(offset);
    if remaining <= FRAME_HEADER_LENGTH as u64 {
        return Ok(None);
    }
    let mut header = [0; FRAME_HEADER_LENGTH];
    if !read_exact_at(file, &mut header, offset)? {
        return Ok(None);
    }
    let Some((sequence, payload_length, expected)) = parse_header(&header) else {
        return Ok(None);
    };
    let end = offset + (FRAME_HEADER_LENGTH + payload_length + 1) as u64;
    if end > length {
        return Ok(None);
    }
    let mut payload = vec![0; payload_length + 1];
    if !read_exact_at(file, &mut payload, offset + FRAME_HEADER_LENGTH as u64)? {
        return Ok(None);
    }
    if payload.pop() != Some(b'\n')
        || checksum(&header[..COVERED_HEADER_LENGTH], &payload) != expected
    {
        return Ok(None);
    }
    Ok(Some(Frame {
        sequence,
        payload,
        end,
    }))
}

/// Where the frame at `offset` says that it ends, whether or not it is intact.
pub(super) fn declared_end(file: &File, offset: u64) -> io::Result<Option<u64>> {
    let mut header = [0; FRAME_HEADER_LENGTH];
    if !read_exact_at(file, &mut header, offset)? {
        return Ok(None);
    }
    Ok(parse_header(&header)
        .map(|(_, payload_length, _)| offset + (FRAME_HEADER_LENGTH + payload_length + 1) as u64))
}

fn parse_header(header: &[u8; FRAME_HEADER_LENGTH]) -> Option<(u64, usize, u64)> {
    if [header[16], header[25], header[42]] != *b"   " {
        return None;
    }
    let payload_length = usize::try_from(parse_hex(&header[17..25])?).ok()?;
    (payload_length <= MAX_RECORD_BYTES).then_some((
        parse_hex(&header[..16])?,
        payload_length,
        parse_hex(&header[26..42])?,
    ))
}

/// Lower-case digits only: `from_str_radix` alone would take `+` and upper case, which no writer produces.
fn parse_hex(digits: &[u8]) -> Option<u64> {
    if !digits
        .iter()
        .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    {
        return None;
    }
    u64::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

fn checksum(covered_header: &[u8], payload: &[u8]) -> u64 {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(covered_header)
        .chain_update(payload)
        .finalize()
        .into();
    digest[..8]
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Whether the whole buffer could be filled; a writer may shorten the file while we read.
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<bool> {
    match file.read_exact_at(buffer, offset) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
