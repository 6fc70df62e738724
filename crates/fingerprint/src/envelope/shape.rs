//! The forms that time stamps have.

pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// What stands behind a text of this shape, in which `d` is a digit and `a` a letter.
pub(super) fn behind<'a>(line: &'a [u8], shape: &[u8]) -> Option<&'a [u8]> {
    let head = line.get(..shape.len())?;
    let fits = |(&byte, &shape): (&u8, &u8)| match shape {
        b'd' => byte.is_ascii_digit(),
        b'a' => byte.is_ascii_alphabetic(),
        other => byte == other,
    };
    head.iter()
        .zip(shape)
        .all(fits)
        .then(|| &line[shape.len()..])
}

/// What stands behind `.123`, or everything.
fn behind_fraction(line: &[u8]) -> &[u8] {
    let Some((b'.' | b',', digits)) = line.split_first() else {
        return line;
    };
    let count = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if (1..=9).contains(&count) {
        &digits[count..]
    } else {
        line
    }
}

/// What stands behind `12:49:23`, with or without a fraction.
pub(super) fn behind_clock(line: &[u8]) -> Option<&[u8]> {
    behind(line, b"dd:dd:dd").map(behind_fraction)
}

/// What stands behind `2024-02-07 12:49:23`, with or without a fraction and a zone.
pub(super) fn behind_date(line: &[u8]) -> Option<&[u8]> {
    let rest = behind_clock(behind(line, b"dddd-dd-dd ")?)?;
    Some(
        [&b"Z"[..], b" UTC", b" +0000"]
            .iter()
            .find_map(|zone| rest.strip_prefix(*zone))
            .unwrap_or(rest),
    )
}

/// What stands behind `Feb  7 12:49:23`, as syslog and `ts` write it.
pub(super) fn behind_syslog(line: &[u8]) -> Option<&[u8]> {
    let rest = behind(line, b"aaa dd ").or_else(|| behind(line, b"aaa  d "))?;
    behind_clock(rest)
}

/// `2024-02-07T12:49:23.1837986Z` or with an offset, as RFC 3339 has it, and what stands behind it.
pub(super) fn instant(line: &[u8]) -> Option<(&str, &[u8])> {
    let line = line.strip_prefix(BOM).unwrap_or(line);
    let rest = behind_fraction(behind(line, b"dddd-dd-ddTdd:dd:dd")?);
    let rest = match rest.split_first()? {
        (b'Z', rest) => rest,
        (b'+', _) => behind(rest, b"+dd:dd")?,
        (b'-', _) => behind(rest, b"-dd:dd")?,
        _ => return None,
    };
    let stamp = std::str::from_utf8(&line[..line.len() - rest.len()]).ok()?;
    Some((stamp, rest))
}

/// The text behind one blank; an empty line may have lost it.
pub(super) fn behind_blank(rest: &[u8]) -> Option<&[u8]> {
    match rest.first() {
        Some(b' ') => Some(&rest[1..]),
        None | Some(b'\r') => Some(rest),
        Some(_) => None,
    }
}

/// A time stamp that a line carries inside of a label, and what stands behind it.
pub(crate) fn inner_stamp(line: &[u8]) -> Option<(&str, &[u8])> {
    let (stamp, rest) = instant(line)?;
    Some((stamp, behind_blank(rest)?))
}
