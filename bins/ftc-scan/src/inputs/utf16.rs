//! UTF-16 in pieces.

use super::content::Endianness;

/// Turns UTF-16 into UTF-8. What is no character becomes U+FFFD.
#[derive(Debug)]
pub struct Utf16Decoder {
    endianness: Endianness,
    /// The first byte of a unit.
    half: Option<u8>,
    /// The first unit of a pair.
    high: Option<u16>,
    text: String,
}

impl Utf16Decoder {
    pub fn new(endianness: Endianness) -> Self {
        Self {
            endianness,
            half: None,
            high: None,
            text: String::new(),
        }
    }

    /// Decodes what is complete after `bytes`.
    pub fn feed(&mut self, bytes: &[u8]) -> &str {
        self.text.clear();
        for &byte in bytes {
            let Some(first) = self.half.take() else {
                self.half = Some(byte);
                continue;
            };
            let unit = match self.endianness {
                Endianness::Little => u16::from_le_bytes([first, byte]),
                Endianness::Big => u16::from_be_bytes([first, byte]),
            };
            self.unit(unit);
        }
        &self.text
    }

    /// What stands for a character that the end has cut.
    pub fn finish(self) -> &'static str {
        if self.half.is_some() || self.high.is_some() {
            "\u{fffd}"
        } else {
            ""
        }
    }

    fn unit(&mut self, unit: u16) {
        let high = self.high.take();
        match (high, unit) {
            (Some(high), 0xdc00..=0xdfff) => {
                let pair = char::decode_utf16([high, unit]).next();
                self.text.push(
                    pair.and_then(Result::ok)
                        .unwrap_or(char::REPLACEMENT_CHARACTER),
                );
                return;
            }
            (Some(_), _) => self.text.push(char::REPLACEMENT_CHARACTER),
            (None, _) => {}
        }
        if matches!(unit, 0xd800..=0xdbff) {
            self.high = Some(unit);
        } else {
            self.text
                .push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8], endianness: Endianness, size: usize) -> String {
        let mut decoder = Utf16Decoder::new(endianness);
        let mut text: String = bytes
            .chunks(size)
            .map(|piece| decoder.feed(piece).to_owned())
            .collect();
        text.push_str(decoder.finish());
        text
    }

    #[test]
    fn any_cut_decodes_to_the_same() {
        let text = "FAIL ü 日本 \u{1f600}\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for size in 1..little.len() {
            assert_eq!(decode(&little, Endianness::Little, size), text);
            assert_eq!(decode(&big, Endianness::Big, size), text);
        }
    }

    #[test]
    fn lone_surrogates_and_halves_are_replaced() {
        assert_eq!(decode(b"\x00\xd8a\x00", Endianness::Little, 1), "\u{fffd}a");
        assert_eq!(decode(b"\x00\xdca\x00", Endianness::Little, 1), "\u{fffd}a");
        assert_eq!(
            decode(b"\x00\xd8\x00\xd8", Endianness::Little, 1),
            "\u{fffd}\u{fffd}"
        );
        assert_eq!(decode(b"a\x00b", Endianness::Little, 1), "a\u{fffd}");
    }
}
