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
    /// `START`: begins, and its output follows.
    Started,
    /// Says nothing of an ending: `SLOW`, `SKIP`, `SETUP`.
    Other,
}

/// A status line taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Status<'a> {
    pub(super) ended: Ended,
    /// The attempt that it tells of; 0 when it does not say.
    pub(super) attempt: u32,
    /// Binary id: `crate`, `crate::it`.
    pub(super) binary: &'a str,
    pub(super) test: &'a str,
}

impl<'a> Status<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let inner = text.trim_start();
        let (words, rest) = inner.split_once(" [")?;
        if text.len() == inner.len() || words.len() > 20 {
            return None;
        }
        let (ended, attempt) = ended(words.trim())?;
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
        if rest.starts_with('(') {
            rest = rest.split_once(')')?.1.trim_start();
        }
        let (binary, test) = rest.split_once(' ')?;
        Some(Self {
            ended,
            attempt,
            binary,
            test: test.trim(),
        })
    }
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
        "PASS" | "LEAK" => Ended::Passed,
        "FAIL" | "LEAK-FAIL" | "LK-FL" | "XFAIL" | "FAIL + LEAK" | "FL+LK" | "ABORT"
        | "FAIL+LEAK" => Ended::Failed,
        "START" => Ended::Started,
        "TIMEOUT" | "TMT" => Ended::TimedOut,
        "SLOW" | "SKIP" | "SETUP" | "TERMINATING" | "TRMNTG" | "RETRY" | "TIMEOUT-PASS"
        | "TMPASS" => Ended::Other,
        _ if word.starts_with("FLAKY ") => Ended::Flaky,
        _ if word.starts_with("FLKY-FL ") => Ended::Failed,
        _ if word.starts_with("SIG") => Ended::Signal(word.to_owned()),
        _ if word.starts_with("RETRY ")
            || word.starts_with("DELAY ")
            || word.starts_with("SETUP ") =>
        {
            Ended::Other
        }
        _ => return None,
    };
    Some((ended, attempt))
}
