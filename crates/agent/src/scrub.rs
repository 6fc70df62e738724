//! What an agent printed, made fit to be kept: valid text, without secrets and control characters.

#[cfg(test)]
mod tests;

use ftc_redact::{Kind, Redactor};

/// Shorter values are found in ordinary text too often.
const SHORTEST_SECRET: usize = 8;

/// Parts of the names of variables whose values are secrets.
const SECRET_WORDS: [&str; 7] = [
    "AUTH",
    "CREDENTIAL",
    "KEY",
    "PASSPHRASE",
    "PASSWORD",
    "SECRET",
    "TOKEN",
];

/// The secrets that we know because we handed them out.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Those among the variables that their names give away.
    pub(crate) fn among<'a>(variables: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut values: Vec<String> = variables
            .filter(|(name, value)| {
                let name = name.to_ascii_uppercase();
                value.len() >= SHORTEST_SECRET
                    && SECRET_WORDS.iter().any(|word| name.contains(word))
            })
            .map(|(_, value)| value.to_owned())
            .collect();
        // The longest one first.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Self(values)
    }
}

/// Scrubs a stream of bytes that comes in pieces, in bounded memory.
pub(crate) struct Scrubber<'a> {
    /// The beginning of a character whose end has not come yet.
    broken: Vec<u8>,
    as_printed: Literals<'a>,
    redactor: Redactor,
    /// Once more behind the redactor, which takes away the control characters that may have stood inside of a secret.
    as_shown: Literals<'a>,
}

impl<'a> Scrubber<'a> {
    pub(crate) fn new(secrets: &'a Secrets) -> Self {
        Self {
            broken: Vec::new(),
            as_printed: Literals::new(secrets),
            redactor: Redactor::cleaning(),
            as_shown: Literals::new(secrets),
        }
    }

    /// Takes the next piece and appends to `output` what is decided.
    pub(crate) fn push(&mut self, bytes: &[u8], output: &mut String) {
        let text = self.decode(bytes);
        let mut printed = String::new();
        self.as_printed.push(&text, &mut printed);
        let mut shown = String::new();
        self.redactor.push(&printed, &mut shown);
        self.as_shown.push(&shown, output);
    }

    /// Ends the stream and appends what was held back.
    pub(crate) fn finish(mut self, output: &mut String) {
        let mut printed = String::new();
        if !self.broken.is_empty() {
            let end = char::REPLACEMENT_CHARACTER.to_string();
            self.as_printed.push(&end, &mut printed);
        }
        self.as_printed.finish(&mut printed);
        let mut shown = String::new();
        self.redactor.push(&printed, &mut shown);
        self.redactor.finish(&mut shown);
        self.as_shown.push(&shown, output);
        self.as_shown.finish(output);
    }

    fn decode(&mut self, bytes: &[u8]) -> String {
        let mut joined = std::mem::take(&mut self.broken);
        joined.extend_from_slice(bytes);
        let mut text = String::with_capacity(joined.len());
        let mut chunks = joined.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            text.push_str(chunk.valid());
            // What is missing at the end of the piece may come with the next one.
            if chunks.peek().is_none() && is_cut_off(chunk.invalid()) {
                self.broken = chunk.invalid().to_vec();
            } else if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        text
    }
}

/// Replaces known secrets in a text that comes in pieces.
struct Literals<'a> {
    secrets: &'a [String],
    /// The end of the text so far, in which a secret may have begun.
    held: String,
}

impl<'a> Literals<'a> {
    fn new(secrets: &'a Secrets) -> Self {
        Self {
            secrets: &secrets.0,
            held: String::new(),
        }
    }

    fn push(&mut self, text: &str, output: &mut String) {
        self.held.push_str(text);
        // Where fewer bytes follow than the longest secret has, one may begin whose end is still to come.
        let longest = self.secrets.first().map_or(1, String::len);
        self.decide((self.held.len() + 1).saturating_sub(longest), output);
    }

    fn finish(&mut self, output: &mut String) {
        self.decide(self.held.len(), output);
    }

    /// Lets go of the held text before `limit`, and of the secrets that begin there.
    fn decide(&mut self, limit: usize, output: &mut String) {
        let mut start = 0;
        while let Some((at, length)) = self.next_secret(start).filter(|(at, _)| *at < limit) {
            output.push_str(&self.held[start..at]);
            output.push_str(Kind::Credential.mark());
            start = at + length;
        }
        let mut end = limit.max(start);
        while !self.held.is_char_boundary(end) {
            end -= 1;
        }
        output.push_str(&self.held[start..end]);
        self.held.drain(..end);
    }

    /// The first secret behind `start`, of several the longest one, by its place and length.
    fn next_secret(&self, start: usize) -> Option<(usize, usize)> {
        self.secrets
            .iter()
            .filter_map(|secret| {
                let at = self.held[start..].find(secret.as_str())?;
                Some((start + at, secret.len()))
            })
            .min_by_key(|&(at, length)| (at, std::cmp::Reverse(length)))
    }
}

/// Scrubs a text that is all there.
pub(crate) fn scrub(bytes: &[u8], secrets: &Secrets) -> String {
    let mut scrubbed = String::new();
    let mut scrubber = Scrubber::new(secrets);
    scrubber.push(bytes, &mut scrubbed);
    scrubber.finish(&mut scrubbed);
    scrubbed
}

/// Whether bytes that are no character may become one when more follow.
fn is_cut_off(invalid: &[u8]) -> bool {
    std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none())
}
