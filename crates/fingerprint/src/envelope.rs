//! What a CI system wraps around each line of a tool's output.
//!
//! GitHub's raw job logs start each line with `YYYY-MM-DDTHH:MM:SS.fffffffZ ` (seven fraction digits); `gh run view
//! --log` puts the job and the step before it, separated by tabs. Seen in actions/runner 2.3xx logs and gh 2.x, 2024.

/// The prefix that the lines of one input carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// Lines are the tool's own.
    None,
    /// A time stamp and a blank before each line.
    GithubRaw,
    /// Job, tab, step, tab, then as raw.
    GithubView,
}

/// How many lines decide, and how many bytes at most have to be seen first.
const LINES_TO_DECIDE: usize = 20;
pub(crate) const BYTES_TO_DECIDE: usize = 64 * 1024;

impl Envelope {
    /// Decides from the beginning of an input, up to [`BYTES_TO_DECIDE`] bytes. Most of its lines must carry the prefix:
    /// a test that prints one line with a time stamp does not make an envelope.
    pub(crate) fn detect(head: &[u8]) -> Self {
        let lines: Vec<&[u8]> = head
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.trim_ascii().is_empty())
            .take(LINES_TO_DECIDE)
            .collect();
        for candidate in [Self::GithubRaw, Self::GithubView] {
            let wrapped = lines
                .iter()
                .filter(|line| candidate.peel(line).0.is_some())
                .count();
            if wrapped > 0 && wrapped * 10 >= lines.len() * 6 {
                return candidate;
            }
        }
        Self::None
    }

    /// Splits a raw line into its time stamp, where it carries one, and the tool's own bytes.
    pub(crate) fn peel(self, raw: &[u8]) -> (Option<&str>, &[u8]) {
        let raw_line = raw.strip_prefix(BOM).unwrap_or(raw);
        match self {
            Self::None => (None, raw_line),
            Self::GithubRaw => split_stamp(raw_line).unwrap_or((None, raw_line)),
            Self::GithubView => {
                let mut tabs = memchr::memchr_iter(b'\t', raw_line).skip(1);
                tabs.next()
                    .and_then(|tab| split_stamp(&raw_line[tab + 1..]))
                    .unwrap_or((None, raw_line))
            }
        }
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Splits `2024-02-07T12:49:23.1837986Z rest`; an empty line may have lost its blank.
fn split_stamp(line: &[u8]) -> Option<(Option<&str>, &[u8])> {
    const SHAPE: &[u8] = b"dddd-dd-ddTdd:dd:dd.";
    let line = line.strip_prefix(BOM).unwrap_or(line);
    let date = line.get(..SHAPE.len())?;
    let fits = |(&byte, &shape): (&u8, &u8)| match shape {
        b'd' => byte.is_ascii_digit(),
        other => byte == other,
    };
    if !date.iter().zip(SHAPE).all(fits) {
        return None;
    }
    let fraction = line[SHAPE.len()..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let after = &line[SHAPE.len() + fraction..];
    if !(1..=9).contains(&fraction) || after.first() != Some(&b'Z') {
        return None;
    }
    let stamp = std::str::from_utf8(&line[..=SHAPE.len() + fraction]).ok()?;
    match after.get(1) {
        Some(b' ') => Some((Some(stamp), &after[2..])),
        None | Some(b'\r') => Some((Some(stamp), &after[1..])),
        Some(_) => None,
    }
}
