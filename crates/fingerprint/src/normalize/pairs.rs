//! What the rules make of messages that real tools print.

use super::{Masks, template};

/// One block of `pairs.txt`.
struct Pair {
    line: usize,
    is_one_failure: bool,
    left: String,
    right: String,
}

fn pairs() -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut lines = include_str!("pairs.txt").lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (_, other) = lines.next().expect("a pair has two lines");
        let text = |line: &str| line[2..].replace("\\n", "\n");
        assert_eq!(line[..2], other[..2], "line {}", number + 1);
        pairs.push(Pair {
            line: number + 1,
            is_one_failure: line.starts_with("= "),
            left: text(line),
            right: text(other),
        });
    }
    pairs
}

#[test]
fn pairs_of_real_messages_are_joined_and_kept_apart() {
    let pairs = pairs();
    assert!(pairs.len() > 240, "{} pairs", pairs.len());
    let wrong: Vec<String> = pairs
        .iter()
        .filter(|pair| {
            (template(&pair.left, &Masks::default()) == template(&pair.right, &Masks::default()))
                != pair.is_one_failure
        })
        .map(|pair| {
            format!(
                "line {}:\n  {}\n  {}",
                pair.line,
                template(&pair.left, &Masks::default()),
                template(&pair.right, &Masks::default())
            )
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} are wrong:\n{}",
        wrong.len(),
        pairs.len(),
        wrong.join("\n")
    );
}
