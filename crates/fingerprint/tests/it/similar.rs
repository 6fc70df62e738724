//! Suggestions of what may have the same cause.

use ftc_fingerprint::similar::{Entry, Index, cluster};
use ftc_fingerprint::{Failure, Identity, Kind, Masks, Options, Scanner};

/// Failures of a Go log, one for each test and message.
fn failures<'a>(tests: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Failure> {
    tests
        .into_iter()
        .map(|(test, message)| {
            let log = format!("--- FAIL: {test} (0.01s)\n    a_test.go:7: {message}\nFAIL\n");
            let mut scanner = Scanner::new(&Options::default());
            scanner.feed(log.as_bytes());
            scanner.finish().failures.remove(0)
        })
        .collect()
}

fn index(failures: &[Failure]) -> Index {
    let mut index = Index::new();
    for failure in failures {
        assert_eq!(index.insert(Entry::of(failure)), None);
    }
    index
}

/// `test: reason` of what is suggested for the last of the failures.
fn suggested<'a>(tests: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let failures = failures(tests);
    let new = failures.last().expect("there is one");
    index(&failures)
        .query(&Entry::of(new), 9)
        .iter()
        .map(|found| {
            let known = failures
                .iter()
                .find(|known| known.keys.exact == found.exact);
            let test = known
                .and_then(|known| known.test.as_deref())
                .expect("it is one of them");
            format!("{test}: {}", found.reason)
        })
        .collect()
}

const LOST: &str = "region 17 has no leader after the store went down";

#[test]
fn the_same_cause_goes_first() {
    let found = suggested([
        (
            "TestNear",
            "region 18 has no leader after the store went down",
        ),
        ("TestFar", "dial tcp: connection refused"),
        ("TestOther", LOST),
        ("TestNew", LOST),
    ]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0], "TestOther: same cause, other test");
    // One character of 49.
    assert!(
        found[1].starts_with("TestNear: another test, "),
        "{found:?}"
    );
    assert!(
        found[1].ends_with(" of 64 sketch bits, 2 % edit distance"),
        "{found:?}"
    );
}

#[test]
fn the_same_test_is_named_as_such() {
    let found = suggested([
        (
            "TestNew",
            "region 18 has no leader after the store went down",
        ),
        ("TestNew", LOST),
    ]);
    assert!(found[0].starts_with("TestNew: same test, "), "{found:?}");
}

/// A tenth of the mean length is the limit.
#[test]
fn what_differs_more_is_not_suggested() {
    let known = "0123456789 abcdefghi the words that both have";
    // Four and five of 45 characters.
    let found = suggested([
        ("TestA", known),
        ("TestB", "0123456789 abcdeWXYZ the words that both have"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    let found = suggested([
        ("TestA", known),
        ("TestB", "0123456789 abcdVWXYZ the words that both have"),
    ]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn nothing_is_like_a_failure_without_a_message() {
    let found = suggested([("TestA", ""), ("TestB", "")]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn what_was_removed_is_forgotten() {
    let failures = failures([("TestA", LOST), ("TestB", LOST), ("TestC", LOST)]);
    let mut index = index(&failures);
    let query = Entry::of(&failures[0]);
    let gone = index.remove(&failures[1].keys.exact).expect("it was there");
    assert_eq!(gone, Entry::of(&failures[1]));
    assert_eq!(index.remove(&failures[1].keys.exact), None);
    let left: Vec<_> = index
        .query(&query, 9)
        .iter()
        .map(|found| found.exact)
        .collect();
    assert_eq!(left, [failures[2].keys.exact]);
    assert_eq!((index.len(), index.is_empty()), (2, false));
    // Its place is used again.
    assert_eq!(index.insert(gone.clone()), None);
    assert_eq!(index.insert(gone.clone()), Some(gone));
    assert_eq!(index.query(&query, 9).len(), 2);
}

#[test]
fn groups_say_why() {
    let failures = failures([
        ("TestA", "dial tcp: connection refused by the store"),
        ("TestB", LOST),
        ("TestC", LOST),
        ("TestD", "region 18 has no leader after the store went down"),
        ("TestE", "region 18 has no leader after the store went down"),
        ("TestB", LOST),
        ("TestF", ""),
        ("TestG", ""),
    ]);
    let entries: Vec<Entry> = failures.iter().map(Entry::of).collect();
    let groups: Vec<Vec<(usize, String)>> = cluster(&entries)
        .iter()
        .map(|group| {
            let reason = |member: &ftc_fingerprint::similar::Member| {
                member
                    .reason
                    .map(|reason| reason.to_string())
                    .unwrap_or_default()
            };
            group
                .members
                .iter()
                .map(|member| (member.index, reason(member)))
                .collect()
        })
        .collect();
    let sizes: Vec<Vec<usize>> = groups
        .iter()
        .map(|group| group.iter().map(|(index, _)| *index).collect())
        .collect();
    assert_eq!(sizes, [vec![1, 2, 3, 4, 5], vec![0], vec![6], vec![7]]);
    assert_eq!(groups[0][0].1, "");
    assert_eq!(groups[0][1].1, "same cause, other test");
    assert!(
        groups[0][2].1.ends_with("2 % edit distance"),
        "{:?}",
        groups[0]
    );
    assert_eq!(groups[0][4].1, "same fingerprint");
}

/// A chain of small steps does not lead from one thing to another: all are compared with the first.
#[test]
fn groups_do_not_drift() {
    let messages: Vec<String> = (0..20)
        .map(|step| {
            format!(
                "{}{} is not what it was",
                "x".repeat(step),
                "y".repeat(20 - step)
            )
        })
        .collect();
    let failures = failures(messages.iter().map(|message| ("TestA", message.as_str())));
    let entries: Vec<Entry> = failures.iter().map(Entry::of).collect();
    let groups = cluster(&entries);
    assert!(groups.len() >= 4, "{groups:#?}");
    let members: usize = groups.iter().map(|group| group.members.len()).sum();
    assert_eq!(members, 20);
}

/// Twenty thousand tests with names that hardly differ and one message: each keeps a fingerprint of its own. The bench does the
/// same with a million.
#[test]
fn different_tests_are_never_merged() {
    let masks = Masks::default();
    let mut index = Index::new();
    for number in 0..20_000 {
        let name = format!("TestRegion_{number:x}");
        let identity = Identity {
            family: "go",
            test: Some(&name),
            kind: Kind::Assertion,
            message: "lost",
            function: None,
            excerpt: "",
        };
        let entry = Entry::new(&identity.keys(&masks), Some(&name), "lost");
        assert_eq!(index.insert(entry), None, "{name}");
    }
    assert_eq!(index.len(), 20_000);
}

/// An index that is searched by parts finds what one that is looked through as a whole finds, as long as few are alike.
#[test]
fn a_large_index_finds_what_a_small_one_does() {
    let words = [
        "region", "store", "leader", "peer", "lease", "snapshot", "raft", "epoch", "merge",
    ];
    let message = |number: usize| {
        let word = |place: usize| words[number / 9_usize.pow(place.try_into().unwrap()) % 9];
        format!(
            "the {} of {} has lost its {} to {} before {} was done with {}",
            word(0),
            word(1),
            word(2),
            word(3),
            word(4),
            word(0).to_uppercase()
        )
    };
    let template = failures([("TestA", LOST)]).remove(0);
    let entry = |number: usize, test: &str, text: &str| {
        let mut keys = template.keys;
        keys.exact.0[..8].copy_from_slice(&number.to_le_bytes());
        keys.cause = keys.exact;
        keys.sketch.0 = u64::MAX;
        Entry::new(&keys, Some(test), text)
    };
    let (mut large, mut small) = (Index::new(), Index::new());
    for number in 0..21_000 {
        let entry = entry(number, "TestA", &message(number));
        if number % 2 == 0 {
            small.insert(entry.clone());
        }
        large.insert(entry);
    }
    assert!(small.len() <= 20_000);
    let (mut found, mut missed) = (0, 0);
    for number in (0..21_000).step_by(701) {
        // One letter of some 60 is another one.
        let text = message(number).replacen("has", "had", 1);
        let query = entry(1_000_000 + number, "TestB", &text);
        let best = large.query(&query, 1);
        let is_found = best
            .first()
            .is_some_and(|best| best.exact == entry(number, "", "").exact);
        found += u32::from(is_found);
        missed += u32::from(!is_found);
    }
    assert!(found >= 29 && missed <= 1, "found {found}, missed {missed}");
}

#[test]
fn no_more_than_asked_for() {
    let names: Vec<String> = (0..200).map(|number| format!("Test{number}")).collect();
    let failures = failures(names.iter().map(|name| (name.as_str(), LOST)));
    let index = index(&failures);
    assert_eq!(index.query(&Entry::of(&failures[0]), 7).len(), 7);
    assert_eq!(index.query(&Entry::of(&failures[0]), 0).len(), 0);
    // Those of one cause are not compared, so the cap on comparisons does not hold for them.
    assert_eq!(index.query(&Entry::of(&failures[0]), 1000).len(), 199);
}

/// The order in which fingerprints come does not change the answer.
#[test]
fn the_order_of_insertion_does_not_matter() {
    let messages: Vec<String> = (0..12)
        .map(|number| format!("region {number} has no leader after the store went down"))
        .collect();
    let failures = failures(messages.iter().map(|message| ("TestA", message.as_str())));
    let query = Entry::of(&failures[3]);
    let expected = index(&failures).query(&query, 5);
    assert_eq!(expected.len(), 5);
    for step in [5, 7, 11] {
        let places = (0..12).map(|place| place * step % 12);
        let shuffled: Vec<Failure> = places.map(|place| failures[place].clone()).collect();
        assert_eq!(index(&shuffled).query(&query, 5), expected);
    }
}
