//! gzip with any number of members.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// Reads the members of a gzip file one after the other, as gzip itself does. Zeros after the last member are padding,
/// as tapes and some object stores leave it; anything else there is an error.
#[derive(Debug)]
pub struct Members<R: BufRead> {
    state: State<R>,
}

#[derive(Debug)]
enum State<R: BufRead> {
    Inside(GzDecoder<R>),
    Between(R),
    Ended,
}

impl<R: BufRead> Members<R> {
    /// Reads `input`, which begins with a member.
    pub fn new(input: R) -> Self {
        Self {
            state: State::Inside(GzDecoder::new(input)),
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            self.state = match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Inside(mut member) => {
                    let count = member.read(buffer)?;
                    if count > 0 {
                        self.state = State::Inside(member);
                        return Ok(count);
                    }
                    State::Between(member.into_inner())
                }
                State::Between(mut input) => {
                    if has_member(&mut input)? {
                        State::Inside(GzDecoder::new(input))
                    } else {
                        State::Ended
                    }
                }
            };
        }
    }
}

/// Passes over padding and says whether another member follows.
fn has_member(input: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let buffered = input.fill_buf()?;
        let Some(&first) = buffered.first() else {
            return Ok(false);
        };
        if first == 0x1f {
            return Ok(true);
        }
        if first != 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "bytes that are no gzip follow the data",
            ));
        }
        let zeros = buffered.iter().take_while(|&&byte| byte == 0).count();
        input.consume(zeros);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn member(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder
            .write_all(text.as_bytes())
            .expect("a vector takes everything");
        encoder.finish().expect("a vector takes everything")
    }

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        Members::new(bytes).read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn members_follow_each_other() {
        let bytes = [member("one\n"), member(""), member("two\n")].concat();
        assert_eq!(read(&bytes).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn padding_is_passed_over_and_garbage_is_not() {
        let padded = [member("one\n"), vec![0; 1000]].concat();
        assert_eq!(read(&padded).unwrap(), "one\n");
        let garbage = [member("one\n"), b"garbage".to_vec()].concat();
        assert_eq!(
            read(&garbage).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
    }

    #[test]
    fn a_cut_ends_early_and_a_wrong_checksum_is_damage() {
        let whole = member("one\n");
        for end in 1..whole.len() {
            assert_eq!(
                read(&whole[..end]).unwrap_err().kind(),
                io::ErrorKind::UnexpectedEof,
                "cut at {end}"
            );
        }
        let mut wrong = whole.clone();
        let checksum = wrong.len() - 8;
        wrong[checksum] ^= 1;
        assert_eq!(
            read(&wrong).unwrap_err().kind(),
            io::ErrorKind::InvalidInput
        );
    }
}
