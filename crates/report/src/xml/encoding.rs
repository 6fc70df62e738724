//! Encodings of reports.

use std::borrow::Cow;

/// An encoding that keeps ASCII, so that markup is found before anything is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    /// ISO-8859-1, read as windows-1252 like everywhere on the web: the two differ only in codes that ISO-8859-1
    /// gives to control characters.
    Windows1252,
}

/// What windows-1252 means by the bytes 0x80 to 0x9f; unassigned ones are replaced.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž',
    '\u{fffd}', '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}',
    'ž', 'Ÿ',
];

impl Encoding {
    /// The encoding called `label` in an XML declaration, `None` when we cannot read it.
    ///
    /// A declaration that could be read byte by byte is not UTF-16, whatever it says; .NET writers say so when they
    /// wrote to a string first. Such text is UTF-8.
    pub(crate) fn from_label(label: &str) -> Option<Self> {
        let label = label.trim().to_ascii_lowercase();
        match label.as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" | "utf-16" | "utf16" | "utf-16le"
            | "utf-16be" | "" => Some(Self::Utf8),
            "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "latin-1" | "l1"
            | "windows-1252" | "cp1252" => Some(Self::Windows1252),
            _ => None,
        }
    }

    /// `bytes` as UTF-8, or as the not quite UTF-8 that they were.
    pub(crate) fn to_utf8(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Utf8 => Cow::Borrowed(bytes),
            Self::Windows1252 if bytes.is_ascii() => Cow::Borrowed(bytes),
            Self::Windows1252 => {
                let text: String = bytes.iter().map(|&byte| windows_1252(byte)).collect();
                Cow::Owned(text.into_bytes())
            }
        }
    }
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}
