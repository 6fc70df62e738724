//! Entries with tracebacks and lines that name failures, brought together: an entry's heading has no file, a line of the
//! summary has a message that is cut to the width of the terminal.

use std::collections::HashMap;

use crate::findings::Finding;
use crate::kind::Kind;

use super::PYTEST;
use super::entry::Entry;
use super::message;
use super::names::{self, NodeId};
use super::story::Named;

/// Failures of a session.
pub(super) struct Paired {
    pub(super) findings: Vec<Finding>,
    /// How many they are by pytest's way of counting.
    pub(super) found: u64,
}

/// An entry with the name it belongs to.
struct Item {
    finding: Finding,
    is_error: bool,
    /// Whether its heading names a test; the entries of `--tb=line` have none.
    has_heading: bool,
    is_named: bool,
}

/// Brings `entries` and `names` together. `declared` is how many failures the totals count.
pub(super) fn pair(
    entries: Vec<Entry>,
    names: Vec<Named>,
    rootdir: Option<&str>,
    declared: Option<u64>,
) -> Paired {
    let mut items: Vec<Item> = entries
        .into_iter()
        .map(|entry| Item {
            is_error: entry.is_error(),
            has_heading: entry.has_heading(),
            finding: entry.finding(rootdir),
            is_named: false,
        })
        .collect();
    let is_complete = declared == Some(names.len() as u64);
    let names = join(&mut items, names);
    // The summary names all that failed: an entry too many is one that a test has printed.
    let too_many = is_complete && declared.is_some_and(|declared| items.len() as u64 > declared);
    items.retain(|item| item.is_named || item.has_heading && !too_many);
    items.extend(names.into_iter().map(|name| Item {
        is_error: name.is_error,
        has_heading: true,
        is_named: true,
        finding: alone(name),
    }));
    let found = items.len() as u64;
    Paired {
        findings: without_repetitions(items),
        found,
    }
}

/// Gives each name to the entry it belongs to: the same test in the same file, the same test, at last the next in order.
/// Returns the names that are nobody's.
fn join(items: &mut [Item], names: Vec<Named>) -> Vec<Named> {
    let places = places(items);
    let same = |item: &Item, name: &Named| names::is_same(&item.finding, &name.node);
    let is_alike = |item: &Item, name: &Named| item.is_error == name.is_error;
    let names = join_by(items, &places, names, |item, name| {
        is_alike(item, name) && same(item, name)
    });
    let names = join_by(items, &places, names, same);
    // The frames of a test that is inherited, or of a fixture, are in other files.
    let names = join_by(items, &places, names, |item, name| {
        is_alike(item, name) && name.node.is_test()
    });
    let names = join_by_message(items, names);
    let names = join_in_order(items, names, |is_error| !is_error);
    let names = join_in_order(items, names, |is_error| is_error);
    join_in_order(items, names, |_| true)
}

/// Where the entries of each test stand, by its name without the file; of files, by nothing.
fn places(items: &[Item]) -> HashMap<String, Vec<usize>> {
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        let test = item.finding.test.as_deref().map(names::without_file);
        places
            .entry(test.unwrap_or_default().to_owned())
            .or_default()
            .push(at);
    }
    places
}

fn join_by(
    items: &mut [Item],
    places: &HashMap<String, Vec<usize>>,
    names: Vec<Named>,
    fits: impl Fn(&Item, &Named) -> bool,
) -> Vec<Named> {
    let mut left = Vec::new();
    for name in names {
        let of_test = places.get(&name.node.name).map_or(&[][..], Vec::as_slice);
        let at = of_test
            .iter()
            .copied()
            .find(|&at| !items[at].is_named && fits(&items[at], &name));
        match at {
            Some(at) => items[at].take(&name),
            None => left.push(name),
        }
    }
    left
}

/// Entries of `--tb=line` have nothing but a message, of which the summary shows the beginning, in the same order.
fn join_by_message(items: &mut [Item], names: Vec<Named>) -> Vec<Named> {
    let mut next = 0;
    let mut left = Vec::new();
    for name in names {
        let item = items.iter_mut().enumerate().skip(next).find(|(_, item)| {
            let is_open = !item.is_named && !item.has_heading && item.is_error == name.is_error;
            is_open && begins_with(&item.finding.message, name.message.as_deref())
        });
        match item {
            Some((at, item)) => {
                item.take(&name);
                next = at + 1;
            }
            None => left.push(name),
        }
    }
    left
}

/// Whether a message can be the one that begins with `shown`, which is cut to the width of the terminal.
fn begins_with(message: &str, shown: Option<&str>) -> bool {
    let Some(shown) = shown else {
        return false;
    };
    let cut = shown.strip_suffix("...");
    let shown = message::canonical_message(cut.unwrap_or(shown));
    // A class that is cut is not recognised as one, and so not named as in the whole message.
    let is_unraised = [message, &shown]
        .iter()
        .all(|said| said.starts_with("DID NOT RAISE "));
    message.starts_with(&shown) || cut.is_some() && is_unraised
}

/// Entries and names stand in the same order. Where as many are left of both, they are each other's.
fn join_in_order(
    items: &mut [Item],
    names: Vec<Named>,
    is_mine: impl Fn(bool) -> bool,
) -> Vec<Named> {
    let (own, others): (Vec<Named>, Vec<Named>) =
        names.into_iter().partition(|name| is_mine(name.is_error));
    let mut open: Vec<&mut Item> = items
        .iter_mut()
        .filter(|item| !item.is_named && is_mine(item.is_error))
        .collect();
    let mut left = others;
    if open.len() == own.len() {
        for (item, name) in open.iter_mut().zip(&own) {
            item.take(name);
        }
    } else {
        left.extend(own);
    }
    left
}

impl Item {
    /// The name tells the file; where the entry has no message, the name's is all there is.
    fn take(&mut self, name: &Named) {
        self.is_named = true;
        let finding = &mut self.finding;
        let node = &name.node;
        if node.is_test() {
            // Old versions do not tell the subtests of a test apart in the summary, their headings do.
            let own = finding.test.as_deref().map(names::without_file);
            let described = own.filter(|own| {
                own.strip_prefix(node.name.as_str())
                    .is_some_and(|rest| name.is_subtest && rest.starts_with(' '))
            });
            let name = described.unwrap_or(&node.name).to_owned();
            finding.test = Some(NodeId::new(&node.file, &name).to_string());
        }
        finding.suite = Some(node.file.clone());
        if finding.message.is_empty() {
            (finding.kind, finding.message) = said_of(name);
        }
    }
}

/// A failure of which the name is all there is.
fn alone(name: Named) -> Finding {
    let (kind, message) = said_of(&name);
    let test = name.node.is_test().then(|| name.node.to_string());
    let mut finding = Finding::new(PYTEST, test, kind, name.block);
    finding.message = message;
    finding.suite = Some(name.node.file);
    finding
}

fn said_of(name: &Named) -> (Kind, String) {
    let message = name.message.as_deref().unwrap_or_default();
    match (name.node.is_test(), message.is_empty()) {
        // What went wrong before or after a test is seldom an assertion, what went wrong in it mostly is.
        (true, true) if name.is_error => (Kind::Panic, String::new()),
        (true, true) => (Kind::Assertion, String::new()),
        (true, false) => message::said(message),
        (false, true) => {
            let message = format!("`{}` could not be collected", name.node.file);
            (Kind::Build, message)
        }
        (false, false) => (Kind::Build, message::said(message).1),
    }
}

/// A test that failed is one failure, whatever its teardown did, and one that holds nothing but failed subtests is none.
fn without_repetitions(items: Vec<Item>) -> Vec<Finding> {
    let (errors, calls): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|item| item.is_error);
    let mut findings: Vec<Finding> = calls.into_iter().map(|item| item.finding).collect();
    let parents: Vec<bool> = findings
        .iter()
        .map(|finding| is_parent(finding, &findings))
        .collect();
    let mut is_parent = parents.iter();
    findings.retain(|_| !is_parent.next().copied().unwrap_or_default());
    let calls: HashMap<String, usize> = findings
        .iter()
        .enumerate()
        .filter_map(|(at, finding)| Some((finding.test.clone()?, at)))
        .collect();
    let without_file: HashMap<&str, usize> = calls
        .iter()
        .map(|(test, &at)| (names::without_file(test), at))
        .collect();
    for Item { finding, .. } in errors {
        let test = finding.test.as_deref().unwrap_or_default();
        // Of a setup or a teardown the file is not always known.
        let unplaced = || without_file.get(test).filter(|_| finding.suite.is_none());
        match calls
            .get(test)
            .or_else(unplaced)
            .map(|&at| &mut findings[at])
        {
            Some(call) => finding
                .block
                .span
                .into_iter()
                .for_each(|span| call.block.widen(span)),
            None => findings.push(finding),
        }
    }
    findings
}

/// Whether a finding says no more than that subtests, which are known, have failed.
fn is_parent(finding: &Finding, findings: &[Finding]) -> bool {
    let counts_subtests = finding
        .message
        .strip_prefix("contains ")
        .is_some_and(|rest| {
            rest.ends_with(" failed subtests") || rest.ends_with(" failed subtest")
        });
    let Some(test) = finding.test.as_deref().filter(|_| counts_subtests) else {
        return false;
    };
    findings.iter().any(|other| {
        let other = other.test.as_deref().unwrap_or_default();
        other
            .strip_prefix(test)
            .is_some_and(|rest| rest.starts_with(' '))
    })
}
