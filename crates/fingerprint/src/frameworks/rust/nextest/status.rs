//! nextest's status lines: `        FAIL [   0.005s] (3/7) crate tests::name`.

/// How one attempt of a test ended, by the word in its status line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    Passed,
    Failed,
    /// Ended by a signal, with its name.
    Signal(String),
    TimedOut,
    /// `FLAKY 2/3`: passed after failing.
    Flaky,
    /// `FLKY-FL 2/3`: the same, where that counts as failed.
    FlakyFailed,
    /// `START`: begins, and its output follows.
    Started,
    /// Says nothing of an ending: `SLOW`, `SKIP`.
    Other,
}

/// A status line taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Status<'a> {
    pub(super) ended: Ended,
    /// The attempt that it tells of; 0 when it does not say.
    pub(super) attempt: u32,
    /// The number of tests in the run, from `(3/7)`.
    pub(super) total: Option<u64>,
    /// Binary id: `crate`, `crate::it`.
    pub(super) binary: &'a str,
    pub(super) test: &'a str,
}

impl<'a> Status<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (words, rest) = split(text)?;
        let (ended, attempt) = ended(words)?;
        let (time, rest) = rest.split_once(']')?;
        let is_time = time
            .trim()
            .trim_start_matches('>')
            .trim_start()
            .trim_end_matches('s');
        if !is_time
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
        {
            return None;
        }
        let mut rest = rest.trim_start();
        let mut total = None;
        if let Some(counter) = rest.strip_prefix('(') {
            let (counter, behind) = counter.split_once(')')?;
            total = counter
                .split_once('/')
                .and_then(|(_, total)| total.trim().parse().ok());
            rest = behind.trim_start();
        }
        let (binary, test) = rest.split_once(' ')?;
        Some(Self {
            ended,
            attempt,
            total,
            binary,
            test: test.trim(),
        })
    }
}

/// Splits `        FAIL [   0.005s] rest` at the bracket. nextest aligns the words to the right of twelve columns; what a
/// test printed is indented further, or stands where it happens to stand.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    const WIDTH: usize = 12;
    const LONGEST: usize = 24;
    let (words, rest) = text.split_once(" [")?;
    let inner = words.trim_start();
    let is_aligned = words.len() == WIDTH || (words.len() > WIDTH && inner.len() == words.len());
    (is_aligned && !inner.is_empty() && words.len() <= LONGEST).then_some((inner, rest))
}

fn ended(words: &str) -> Option<(Ended, u32)> {
    let (word, attempt) = match words.strip_prefix("TRY ") {
        Some(rest) => {
            let (number, word) = rest.split_once(' ')?;
            (word, number.parse().ok()?)
        }
        None => (words, 0),
    };
    let ended = match word {
        "PASS" | "LEAK" | "TIMEOUT-PASS" | "TMPASS" | "TMT-PASS" => Ended::Passed,
        "FAIL" | "LEAK-FAIL" | "LK-FL" | "XFAIL" | "FAIL + LEAK" | "FL+LK" | "ABORT"
        | "FAIL+LEAK" => Ended::Failed,
        "START" => Ended::Started,
        "TIMEOUT" | "TMT" => Ended::TimedOut,
        "SKIP" | "TERMINATING" | "TRMNTG" | "RETRY" => Ended::Other,
        _ if word.starts_with("FLAKY ") => Ended::Flaky,
        _ if word.starts_with("FLKY-FL ") => Ended::FlakyFailed,
        _ if word.starts_with("RETRY ") || word.starts_with("DELAY ") => Ended::Other,
        _ if word.starts_with("SLOW") => Ended::Other,
        _ => Ended::Signal(signal(word)?),
    };
    Some((ended, attempt))
}

/// The signal's name in `SIGABRT`, or `ABRT` behind `TRY 1`, or `ABORT SIG 42` for one without a name.
fn signal(word: &str) -> Option<String> {
    const SHORT: &[&str] = &[
        "ABRT", "SEGV", "KILL", "TERM", "INT", "HUP", "QUIT", "ILL", "TRAP", "BUS", "FPE", "SYS",
        "PIPE", "ALRM", "USR1", "USR2",
    ];
    let word = word.strip_prefix("ABORT ").unwrap_or(word);
    if word.starts_with("SIG") {
        return Some(word.to_owned());
    }
    SHORT.contains(&word).then(|| format!("SIG{word}"))
}
