//! Suggestions among a million known fingerprints: how long an answer takes, how much memory a fingerprint takes, whether the right
//! one is found, and whether two tests ever share a fingerprint.
//!
//! `cargo bench -p ftc-fingerprint --bench similar` prints the figures; `-- 100000` takes another number. The peer is a look at all
//! sketches, which is what an answer would cost at least without the index.

use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use ftc_fingerprint::similar::{Entry, Index};
use ftc_fingerprint::{Identity, Kind, Masks};

const QUERIES: usize = 5_000;
const WANTED: usize = 5;

/// What tests complain about; each `@` becomes a word.
const MESSAGES: &[&str] = &[
    "expected the @ of @ to be @, but it was @",
    "@ has no @ after the @ was restarted",
    "dial tcp <host1>: connect: connection refused by @ while @",
    "assertion `left == right` failed: @ of @ left: @ right: @",
    "AssertionError: @ != @ in the list of @ that @ returned",
    "condition never satisfied: @ waits for @ of @",
    "index out of range: the length of @ is @ but the index is @",
    "context deadline exceeded while @ was @ for @",
    "TypeError: Cannot read properties of undefined (reading '@') in @",
    "java.lang.IllegalStateException: @ is not @ in state @",
    "snapshot `@` does not match: - @ + @",
    "timed out after waiting for @ to become @ on @",
    "no rows of @ match @: expected @ found @",
    "attempt to @ a @ that is already @ by @",
    "KeyError: '@' of @ in @ while handling @",
    "thread '@' panicked: called `Option::unwrap()` on a `None` value of @ for @",
];

/// Numbers that are the same everywhere (`SplitMix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ z >> 31) % count as u64).expect("it is below a usize")
    }

    /// A word that people would make: two or three syllables.
    fn word(&mut self) -> String {
        const SYLLABLES: &[&str] = &[
            "re", "gion", "sto", "lea", "der", "peer", "lock", "con", "fig", "ba", "lan", "cer",
            "snap", "shot", "que", "ry", "in", "dex", "to", "ken", "sche", "du", "ler", "time",
            "out", "pro", "xy",
        ];
        let count = 2 + self.below(2);
        (0..count)
            .map(|_| SYLLABLES[self.below(SYLLABLES.len())])
            .collect()
    }

    fn message(&mut self) -> String {
        let pattern = MESSAGES[self.below(MESSAGES.len())];
        let mut parts = pattern.split('@');
        let mut message = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            message.push_str(&self.word());
            message.push_str(part);
        }
        message
    }
}

fn main() {
    let count = std::env::args().find_map(|argument| argument.parse().ok());
    let count: usize = count.unwrap_or(1_000_000);
    let mut random = Random(7);
    let many: Vec<String> = (0..count).map(|_| random.message()).collect();
    report("messages of all kinds", &many, &mut random);
    drop(many);
    // Nothing but one message with one word that differs: the sketches are as crowded as they can be.
    let alike: Vec<String> = (0..count)
        .map(|_| {
            format!(
                "expected the leader of the region to be {}, but it was lost",
                random.word()
            )
        })
        .collect();
    report("one message with one word of its own", &alike, &mut random);
}

/// A test's entry. Every fourth test has the name of another one with another letter case, digit or separator.
fn entry(number: usize, message: &str, masks: &Masks) -> Entry {
    let test = match number % 4 {
        0 => format!("pkg{}/TestRegion{number}", number % 97),
        1 => format!("pkg{}/TestRegion{}", (number - 1) % 97, number - 1).to_lowercase(),
        2 => format!("pkg{}/TestRegion_{}", (number - 2) % 97, number - 2),
        _ => format!("pkg{}/TestRegion{}/0", (number - 3) % 97, number - 3),
    };
    let excerpt = format!("--- FAIL: {test}\n    region_test.go:41: {message}");
    let identity = Identity {
        family: "go",
        test: Some(&test),
        kind: Kind::Assertion,
        message,
        function: None,
        excerpt: &excerpt,
    };
    Entry::new(&identity.keys(masks), Some(&test), message)
}

fn report(name: &str, messages: &[String], random: &mut Random) {
    let masks = Masks::default();
    let before = resident();
    let mut index = Index::new();
    let mut merged = 0;
    let start = Instant::now();
    for (number, message) in messages.iter().enumerate() {
        merged += usize::from(index.insert(entry(number, message, &masks)).is_some());
    }
    let built = start.elapsed();
    let bytes = (resident() - before) / messages.len();

    // A new test complains of what another one complained of, but for one letter.
    let queries: Vec<(Entry, Entry)> = (0..QUERIES)
        .map(|number| {
            let known = random.below(messages.len());
            let text = one_letter_changed(&messages[known], random);
            let query = entry(messages.len() + 4 * number, &text, &masks);
            (query, entry(known, &messages[known], &masks))
        })
        .collect();
    let mut found = 0;
    let mut took: Vec<Duration> = queries
        .iter()
        .map(|(query, known)| {
            // The shortest of three: another process may have had the processor in between.
            let answer = || {
                let start = Instant::now();
                let suggestions = index.query(query, WANTED);
                (start.elapsed(), suggestions)
            };
            let (first, suggestions) = answer();
            let took = first.min(answer().0).min(answer().0);
            found += usize::from(suggestions.iter().any(|found| found.exact == known.exact));
            took
        })
        .collect();
    took.sort();
    let sketches: Vec<u64> = (0..messages.len())
        .map(|_| random.below(usize::MAX) as u64)
        .collect();
    let start = Instant::now();
    for (query, _) in queries.iter().take(50) {
        black_box(
            sketches
                .iter()
                .filter(|known| (**known ^ query.sketch.0).count_ones() < 8)
                .count(),
        );
    }
    let bare = start.elapsed() / 50;
    writeln!(
        std::io::stdout(),
        "{name}: {} fingerprints, {merged} merged, {bytes} bytes each, built in {built:.1?}\n  \
         answers: p50 {:.2?}, p99 {:.2?}, longest {:.2?}; a look at all sketches {bare:.2?}\n  \
         the message that differs in one letter is among the first {WANTED} in {:.2} % of {QUERIES}",
        index.len(),
        took[took.len() / 2],
        took[took.len() * 99 / 100],
        took[took.len() - 1],
        percent(found, QUERIES),
    )
    .expect("standard output can be written");
}

fn one_letter_changed(message: &str, random: &mut Random) -> String {
    let mut text: Vec<char> = message.chars().collect();
    let letters: Vec<usize> = (0..text.len())
        .filter(|&at| text[at].is_ascii_lowercase())
        .collect();
    let at = letters[random.below(letters.len())];
    text[at] = if text[at] == 'z' { 'y' } else { 'z' };
    text.into_iter().collect()
}

/// Bytes of memory that the process holds; what the first part has freed is used again by the second.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4096
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of queries are far below 2^52"
)]
fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole as f64
}
