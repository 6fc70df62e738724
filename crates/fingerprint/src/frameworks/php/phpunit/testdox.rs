//! The output of `--testdox`, which has sentences for names and each failure's text below its own.
//!
//! Formats: `Util/TestDox/CliTestDoxPrinter.php` of `PHPUnit` 9, `TextUI/Output/TestDox/ResultPrinter.php` of 10 to 12; names are
//! made by `NamePrettifier`, of which the reverse is taken: `City\Tram` for `City\TramTest`, `Sells tea` for `testSellsTea`.

use crate::findings::{Block, FINDING_LIMIT, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::{PHPUNIT, message};

/// What stands in front of a failure's lines.
const BARS: &[char] = &['│', '┐', '├', '┊', '╵', '┴'];

#[derive(Debug, Default)]
pub(super) struct Testdox {
    failed: Vec<Failed>,
    is_open: bool,
    class: Option<String>,
}

#[derive(Debug)]
struct Failed {
    class: Option<String>,
    sentence: String,
    text: Vec<String>,
    block: Block,
    /// With colours a data set is written in another way.
    is_coloured: bool,
}

impl Testdox {
    pub(super) fn follows(&self) -> bool {
        self.is_open
    }

    /// Takes a line in; `true` when it belongs to a failure.
    pub(super) fn line(&mut self, line: &Line<'_>) -> bool {
        let inner = line.text.trim_start();
        let Some(text) = inner.strip_prefix(BARS) else {
            self.is_open &= inner.is_empty();
            return false;
        };
        // `┐` is above the first line of every failure.
        if inner.starts_with('┐') {
            self.is_open = false;
        }
        if !self.is_open && !self.begin(line) {
            return false;
        }
        if let Some(failed) = self.failed.last_mut() {
            failed.block.push(line);
            let text = text.strip_prefix(' ').unwrap_or(text);
            if failed.text.len() < 40 {
                failed.text.push(text.replace('·', " "));
            }
        }
        true
    }

    /// The failure to which a first line with a bar belongs stands above it.
    fn begin(&mut self, line: &Line<'_>) -> bool {
        let mut above = line.before();
        let mut skipped = Vec::new();
        let sentence = above.find(|above| {
            let inner = above.trim_start();
            let is_bar = inner.starts_with(BARS);
            if is_bar {
                let text = inner.trim_start_matches(BARS).trim_start();
                skipped.push((inner.chars().next(), text.to_owned()));
            }
            !is_bar
        });
        let sentence = sentence
            .as_deref()
            .and_then(|text| text.strip_prefix(" ✘ "));
        let Some(sentence) = sentence.filter(|_| self.failed.len() < FINDING_LIMIT) else {
            return false;
        };
        let class = above.find_map(|above| class_of(&above));
        self.class = class.or_else(|| self.class.take());
        let is_coloured = skipped.last().map_or(inner_bar(line), |first| first.0) != Some('│');
        skipped.reverse();
        self.is_open = true;
        self.failed.push(Failed {
            class: self.class.clone(),
            sentence: without_time(sentence).to_owned(),
            text: skipped.into_iter().map(|(_, text)| text).collect(),
            is_coloured,
            block: Block::default(),
        });
        true
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The last `count` failures, all where the totals are missing.
    pub(super) fn take(&mut self, count: Option<u64>) -> Vec<Finding> {
        let mut failed = std::mem::take(self).failed;
        let count = count.and_then(|count| usize::try_from(count).ok());
        let fake = failed.len().saturating_sub(count.unwrap_or(usize::MAX));
        failed.drain(..fake);
        failed.into_iter().map(finding).collect()
    }
}

/// `Tram (City\Tram)` heads the tests of a class.
fn class_of(text: &str) -> Option<String> {
    let (name, class) = text.trim_end().strip_suffix(')')?.rsplit_once(" (")?;
    let is_class = !name.starts_with(' ') && !class.contains(' ');
    is_class.then(|| format!("{class}Test"))
}

/// `PHPUnit` 9 may put the time behind a sentence: `Fare  2 ms`, `Fare [1.70 ms]`.
fn without_time(sentence: &str) -> &str {
    let sentence = sentence.trim_end();
    sentence
        .strip_suffix(" ms]")
        .and_then(|rest| rest.rsplit_once(" ["))
        .map_or(sentence, |(sentence, _)| sentence.trim_end())
}

fn inner_bar(line: &Line<'_>) -> Option<char> {
    line.text.trim_start().chars().next()
}

/// The words of a sentence and its data set. With colours it ends with ` with long·line` or ` with data set 0`.
fn split(sentence: &str, is_coloured: bool) -> (&str, String) {
    const SET: &str = " with data set ";
    if let Some((words, set)) = sentence.split_once(SET) {
        let is_number = set.starts_with(|c: char| c.is_ascii_digit());
        return (
            words,
            format!("{SET}{}{set}", if is_number { "#" } else { "" }),
        );
    }
    match sentence.rsplit_once(" with ").filter(|_| is_coloured) {
        Some((words, set)) => (words, format!("{SET}\"{}\"", set.replace('·', " "))),
        None => (sentence, String::new()),
    }
}

fn method_of(sentence: &str, is_coloured: bool) -> String {
    let (words, set) = split(sentence, is_coloured);
    let mut method = "test".to_owned();
    for word in words.split(' ') {
        let mut letters = word.chars();
        method.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        method.push_str(letters.as_str());
    }
    method + &set
}

fn finding(failed: Failed) -> Finding {
    let said = message::of(&failed.text);
    let is_assertion = said
        .lines()
        .any(|line| line.starts_with("Failed asserting "));
    let kind = if is_assertion {
        Kind::Assertion
    } else {
        message::kind_of(&said)
    };
    let method = method_of(&failed.sentence, failed.is_coloured);
    let test = match &failed.class {
        Some(class) => format!("{class}::{method}"),
        None => method,
    };
    let mut finding = Finding::new(PHPUNIT, Some(test), kind, failed.block).saying(said);
    finding.suite = failed.class;
    finding
}
