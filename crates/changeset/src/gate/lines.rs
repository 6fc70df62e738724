//! How many lines a change adds and removes.

use std::collections::HashMap;

/// The steps that all files of one ChangeSet may take together. A count of steps and not of time: the same ChangeSet gives the
/// same number on every machine. Enough for one file with 10,000 changed lines, or for fifty with 1,400 each.
const STEPS: u64 = 50_000_000;

/// Counts changed lines: the length of the shortest edit script of lines (Myers, "An O(ND) Difference Algorithm", 1986), that
/// is `old + new - 2 * longest common subsequence`. The shortest length does not depend on which of several scripts an
/// algorithm prefers, so that the number is the same in every implementation. When the steps run out, this file and those
/// after it count as wholly replaced.
#[derive(Debug)]
pub(super) struct LineCounter {
    steps_left: u64,
}

impl Default for LineCounter {
    fn default() -> Self {
        Self { steps_left: STEPS }
    }
}

impl LineCounter {
    /// Lines removed and added, together.
    pub fn changed(&mut self, old: &[u8], new: &[u8]) -> u64 {
        let (old, new) = interned(old, new);
        let whole = (old.len() + new.len()) as u64;
        let (old, new) = without_common_ends(&old, &new);
        self.distance(old, new).unwrap_or(whole)
    }

    /// The greedy algorithm, without keeping the way: `furthest[k]` is how far in `old` one gets on diagonal `k`.
    fn distance(&mut self, old: &[u32], new: &[u32]) -> Option<u64> {
        let most = old.len() + new.len();
        if old.is_empty() || new.is_empty() {
            return Some(most as u64);
        }
        // Diagonals are counted from `most`, so that the lowest is 0.
        let mut furthest = vec![0_usize; 2 * most + 2];
        for edits in 0..=most {
            self.spend(edits)?;
            for diagonal in (most - edits..=most + edits).step_by(2) {
                let from_left = diagonal > most - edits
                    && (diagonal == most + edits
                        || furthest[diagonal - 1] >= furthest[diagonal + 1]);
                let start = match (edits, from_left) {
                    (0, _) => 0,
                    (_, true) => furthest[diagonal - 1] + 1,
                    (_, false) => furthest[diagonal + 1],
                };
                let end = slide(old, new, start, diagonal, most);
                furthest[diagonal] = end;
                if end >= old.len() && end + most >= new.len() + diagonal {
                    return Some(edits as u64);
                }
            }
        }
        None
    }

    fn spend(&mut self, steps: usize) -> Option<()> {
        self.steps_left = self.steps_left.checked_sub(steps as u64 + 1)?;
        Some(())
    }
}

/// Follows equal lines from column `start` of `diagonal`.
fn slide(old: &[u32], new: &[u32], start: usize, diagonal: usize, most: usize) -> usize {
    let mut old_at = start;
    while let (Some(left), Some(right)) = (
        old.get(old_at),
        (old_at + most)
            .checked_sub(diagonal)
            .and_then(|new_at| new.get(new_at)),
    ) {
        if left != right {
            break;
        }
        old_at += 1;
    }
    old_at
}

/// Lines as numbers, equal lines as equal numbers. A line ends after its `\n`; the last may have none.
fn interned<'a>(old: &'a [u8], new: &'a [u8]) -> (Vec<u32>, Vec<u32>) {
    let mut numbers: HashMap<&[u8], u32> = HashMap::new();
    let mut number = |line: &'a [u8]| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(line).or_insert(next)
    };
    let old = old.split_inclusive(|byte| *byte == b'\n').map(&mut number);
    let old = old.collect();
    let new = new.split_inclusive(|byte| *byte == b'\n').map(&mut number);
    (old, new.collect())
}

fn without_common_ends<'a>(mut old: &'a [u32], mut new: &'a [u32]) -> (&'a [u32], &'a [u32]) {
    while let ([left, old_rest @ ..], [right, new_rest @ ..]) = (old, new)
        && left == right
    {
        (old, new) = (old_rest, new_rest);
    }
    while let ([old_rest @ .., left], [new_rest @ .., right]) = (old, new)
        && left == right
    {
        (old, new) = (old_rest, new_rest);
    }
    (old, new)
}
