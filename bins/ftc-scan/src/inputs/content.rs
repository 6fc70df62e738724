//! What an input is, by its first bytes.

/// Bytes that are looked at.
pub const PREFIX_BYTES: usize = 8 * 1024;

/// What an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Text,
    Utf16(Endianness),
    Gzip,
    Zip,
    /// Compressed with something that is not read.
    Compressed(&'static str),
    Binary(&'static str),
}

/// The order of the two bytes of a UTF-16 unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endianness {
    Little,
    Big,
}

/// How formats begin that are neither text nor read.
const FORMATS: &[(&[u8], Content)] = &[
    (b"\x1f\x8b", Content::Gzip),
    (b"PK\x03\x04", Content::Zip),
    (b"PK\x05\x06", Content::Zip),
    (b"PK\x07\x08", Content::Zip),
    (b"\xff\xfe\x00\x00", Content::Binary("it is UTF-32")),
    (b"\x00\x00\xfe\xff", Content::Binary("it is UTF-32")),
    (b"\xff\xfe", Content::Utf16(Endianness::Little)),
    (b"\xfe\xff", Content::Utf16(Endianness::Big)),
    (b"\xfd7zXZ\x00", Content::Compressed("xz")),
    (b"\x28\xb5\x2f\xfd", Content::Compressed("zstd")),
    (b"BZh", Content::Compressed("bzip2")),
    (b"7z\xbc\xaf\x27\x1c", Content::Compressed("7-Zip")),
    (b"\x04\x22\x4d\x18", Content::Compressed("lz4")),
    (b"\x7fELF", Content::Binary("it is an ELF file")),
    (b"\x89PNG\r\n", Content::Binary("it is an image")),
    (b"\xff\xd8\xff", Content::Binary("it is an image")),
    (b"GIF8", Content::Binary("it is an image")),
    (b"%PDF-", Content::Binary("it is a PDF document")),
    (
        b"SQLite format 3\x00",
        Content::Binary("it is an SQLite database"),
    ),
    (
        b"\xca\xfe\xba\xbe",
        Content::Binary("it is a class or Mach-O file"),
    ),
    (b"\x00asm", Content::Binary("it is WebAssembly")),
];

/// Tells an input by its `prefix`, its first [`PREFIX_BYTES`] or all of it.
///
/// Text may hold any bytes, also a few NULs that a test printed. It is binary when more than a twentieth of it are
/// control characters that no log is written with; random bytes have twice as many.
pub fn content(prefix: &[u8]) -> Content {
    let known = FORMATS.iter().find(|(magic, _)| prefix.starts_with(magic));
    if let Some((_, content)) = known {
        return *content;
    }
    let odd = prefix.iter().filter(|&&byte| is_odd(byte)).count();
    if odd * 20 > prefix.len() {
        return Content::Binary("more than a twentieth of its beginning are control characters");
    }
    Content::Text
}

/// Control characters other than bell, backspace, white space and escape, which terminals and logs know.
fn is_odd(byte: u8) -> bool {
    matches!(byte, 0x00..=0x06 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_binary(prefix: &[u8]) -> bool {
        matches!(content(prefix), Content::Binary(_))
    }

    #[test]
    fn text_is_text_in_any_encoding() {
        for text in [
            "",
            "plain\r\n",
            "\u{1b}[31mred\u{1b}[0m \u{7}\u{8}",
            "\u{feff}marked",
            "日本語",
        ] {
            assert_eq!(content(text.as_bytes()), Content::Text, "{text:?}");
        }
        assert_eq!(content(b"caf\xe9 \xff\xfe"), Content::Text);
    }

    #[test]
    fn a_few_nuls_do_not_make_a_log_binary() {
        let log = [b"a line that some test printed\0\n".as_slice(); 20].concat();
        assert_eq!(content(&log), Content::Text);
        assert!(is_binary(b"\0"));
        assert!(is_binary(b"ab\0\0\x01"));
    }

    #[test]
    fn bytes_without_order_are_binary() {
        // Each byte value equally often, as in compressed or encrypted data.
        let all: Vec<u8> = (0..=255).cycle().skip(128).take(PREFIX_BYTES).collect();
        assert!(is_binary(&all));
    }

    #[test]
    fn utf_16_without_a_mark_is_binary() {
        let bytes: Vec<u8> = "FAIL".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(is_binary(&bytes));
    }

    #[test]
    fn formats_are_known_by_their_first_bytes() {
        assert_eq!(content(b"\x1f\x8b\x08"), Content::Gzip);
        assert_eq!(content(b"PK\x03\x04rest"), Content::Zip);
        assert_eq!(content(b"\xff\xfeF\0"), Content::Utf16(Endianness::Little));
        assert_eq!(content(b"\xfe\xff\0F"), Content::Utf16(Endianness::Big));
        assert!(is_binary(b"\xff\xfe\0\0"));
        assert_eq!(content(b"\x28\xb5\x2f\xfd"), Content::Compressed("zstd"));
        assert!(is_binary(b"\x7fELF\x02"));
    }
}
