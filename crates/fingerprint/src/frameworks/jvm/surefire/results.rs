//! The lists under `Results:`: what failed, what passed when it was run again.

use std::collections::HashMap;

use crate::findings::Block;
use crate::kind::Kind;
use crate::line::Line;

use super::super::level::{self, Level};
use super::super::names;
use super::super::throwable;
use super::entry::Entry;
use super::lines::{self, Counts};

/// Items of the lists that are kept.
const ITEMS: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Results {
    list: Option<List>,
    items: Vec<Item>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Failures,
    Errors,
    Flakes,
}

/// One test of a list.
#[derive(Debug)]
struct Item {
    list: List,
    /// `Class.method`, with the package where the test was run again.
    name: String,
    message: String,
    runs: u32,
    block: Block,
}

impl Results {
    /// Begins with the first line that is seen of the lists or the totals below them. A test may print such a line, but
    /// hardly `Results:` above it.
    /// With `-q` the heading is left out, and nothing else stands between the failures and their list.
    pub(super) fn begin(
        level: Level,
        text: &str,
        line: &Line<'_>,
        is_behind_failures: bool,
    ) -> Option<Self> {
        let mut results = Self::default();
        if is_run(text.trim()) && level == Level::Error {
            results.flakes_before(line);
            return results.list.is_some().then_some(results);
        }
        let is_first = list_of(text).is_some() || Counts::parse(text).is_some();
        let mut above = line.before();
        let nearest = above.find_map(|above| {
            let (_, text) = level::of(&above);
            (!text.trim().is_empty()).then(|| lines::is_results(text))
        });
        let is_quiet = level == Level::Error && is_behind_failures;
        (is_first && (is_quiet || nearest == Some(true))).then_some(results)
    }

    /// The heading of the flakes and the first flake hold nothing that would have shown them.
    fn flakes_before(&mut self, line: &Line<'_>) {
        let mut above = line.before();
        let (Some(name), Some(heading)) = (above.next(), above.next()) else {
            return;
        };
        let (name, heading) = (level::of(&name), level::of(&heading));
        if let Some(list) = list_of(heading.1) {
            self.list = Some(list);
            self.items.push(Item::new(list, name.1, line));
            if let Some(item) = self.items.last_mut() {
                item.block = Block::default();
            }
        }
    }

    pub(super) fn line(&mut self, level: Level, text: &str, line: &Line<'_>) {
        if let Some(list) = list_of(text) {
            self.list = Some(list);
            return;
        }
        let Some(list) = self.list.filter(|_| level != Level::None) else {
            return;
        };
        let item = text.trim();
        if is_run(item) {
            self.run(item, line);
        } else if !item.is_empty() && self.items.len() < ITEMS {
            self.items.push(Item::new(list, text, line));
        }
    }

    /// `Run 1: Class.method:13 message` or `Run 2: PASS`
    fn run(&mut self, text: &str, line: &Line<'_>) {
        let Some(item) = self.items.last_mut() else {
            return;
        };
        item.runs += 1;
        item.block.push(line);
        let said = text.split_once(": ").map_or("", |(_, said)| said);
        if item.message.is_empty() && said != "PASS" {
            split(said).1.clone_into(&mut item.message);
        }
    }

    /// Tells the entries how their reruns ended, and adds what was not printed inline: no more than the totals declare.
    pub(super) fn apply(self, entries: &mut Vec<Entry>, declared: u64) {
        let mut untold: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate().rev() {
            let method = method_part(&entry.test).to_owned();
            untold.entry(method).or_default().push(at);
        }
        let mut unseen = Vec::new();
        for item in self.items {
            let of_method = untold
                .entry(method_part(&item.name).to_owned())
                .or_default();
            let place = of_method.iter().rposition(|&at| item.is(&entries[at]));
            let Some(at) = place.map(|place| of_method.remove(place)) else {
                unseen.push(item);
                continue;
            };
            let entry = &mut entries[at];
            entry.attempts = item.runs.max(1);
            entry.passed_on_retry = item.list == List::Flakes;
        }
        let mut failed = entries.iter().filter(|e| !e.passed_on_retry).count() as u64;
        for item in unseen {
            let is_flaky = item.list == List::Flakes;
            if is_flaky || failed < declared {
                failed += u64::from(!is_flaky);
                entries.push(item.entry());
            }
        }
    }
}

fn list_of(text: &str) -> Option<List> {
    match text.trim_end() {
        "Failures:" | "Failed tests:" => Some(List::Failures),
        "Errors:" | "Tests in error:" => Some(List::Errors),
        "Flakes:" | "Flaked tests:" => Some(List::Flakes),
        _ => None,
    }
}

/// The method of a test's name, without class and parameters.
fn method_part(test: &str) -> &str {
    let bare = &test[..test.find(['(', '[', ' ']).unwrap_or(test.len())];
    names::simple(bare)
}

fn is_run(text: &str) -> bool {
    text.strip_prefix("Run ")
        .and_then(|rest| rest.split_once(": "))
        .is_some_and(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Item {
    fn new(list: List, text: &str, line: &Line<'_>) -> Self {
        // A test that was run again stands alone at the left; any other has two blanks before it and its message behind it.
        let (name, message) = if text.starts_with(' ') {
            let (place, message) = split(text.trim());
            (method_of(place), message)
        } else {
            (names::canonical(text, None), "")
        };
        Self {
            list,
            name,
            message: message.to_owned(),
            runs: u32::from(text.starts_with(' ')),
            block: Block::of(line),
        }
    }

    /// Whether this is the entry's test. Without reruns the list names only the last part of the class, and no parameters.
    fn is(&self, entry: &Entry) -> bool {
        if entry.test == self.name {
            return true;
        }
        let bare = entry.test.find(['(', '[', ' ']).unwrap_or(entry.test.len());
        let bare = &entry.test[..bare];
        bare.strip_suffix(self.name.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(['.', '$']))
    }

    fn entry(self) -> Entry {
        let kind = match self.list {
            List::Errors => Kind::Panic,
            List::Failures | List::Flakes => Kind::Assertion,
        };
        let kind = match throwable::kind_of("", &self.message) {
            Kind::Panic => kind,
            told => told,
        };
        Entry {
            test: self.name,
            class: None,
            kind,
            message: self.message,
            function: None,
            attempts: self.runs.max(1),
            passed_on_retry: self.list == List::Flakes,
            block: self.block,
        }
    }
}

/// `Class.method:13->helper:20 message`, or with ` » Type message` for what was not thrown in the test's class.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(' ').unwrap_or(text.len());
    let (place, message) = text.split_at(end);
    (place, message.trim().trim_start_matches("» "))
}

/// `Class.method` of `Class.method:13->helper:20`; `Sub>Base.method:13` is the method of `Sub`.
fn method_of(place: &str) -> String {
    let first = place.split("->").next().unwrap_or(place);
    let (class, method) = match first.split_once('>') {
        Some((class, rest)) => (Some(class), rest.rsplit('.').next().unwrap_or(rest)),
        None => (None, first),
    };
    let end = method.rfind(':').unwrap_or(method.len());
    let method = &method[..end];
    class.map_or_else(|| method.to_owned(), |class| format!("{class}.{method}"))
}
