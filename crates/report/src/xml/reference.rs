//! Character and entity references.

/// Bytes of the longest reference we look at, `&` and `;` included. Longer runs are plain text.
pub(crate) const MAX_BYTES: usize = 40;

/// Whether `byte` may stand between `&` and `;`.
pub(crate) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'.' | b'_' | b'-' | b':')
}

/// The character that `name`, the part between `&` and `;`, stands for.
///
/// Only the five predefined entities are known. An entity that the document declares is not: expanding those is how a
/// small document becomes a huge one, or reads a file.
pub(crate) fn resolve(name: &[u8]) -> Option<char> {
    match name {
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"amp" => Some('&'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x' | b'X', digits @ ..] => character(digits, 16),
        [b'#', digits @ ..] => character(digits, 10),
        _ => None,
    }
}

fn character(digits: &[u8], radix: u32) -> Option<char> {
    let digits = str::from_utf8(digits).ok()?;
    // `from_str_radix` would take a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, radix).ok()?)
}

/// Replaces the references in an attribute's value; unknown ones stay as they are and are counted.
pub(crate) fn unescape(value: &str) -> (String, u64) {
    let mut out = String::with_capacity(value.len());
    let mut unknown = 0;
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name_len = rest
            .bytes()
            .skip(1)
            .take(MAX_BYTES - 2)
            .take_while(|&b| is_name_byte(b))
            .count();
        let closed = rest.as_bytes().get(name_len + 1) == Some(&b';');
        let known = closed
            .then(|| resolve(&rest.as_bytes()[1..=name_len]))
            .flatten();
        if let Some(c) = known {
            out.push(c);
            rest = &rest[name_len + 2..];
        } else {
            unknown += 1;
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    (out, unknown)
}
