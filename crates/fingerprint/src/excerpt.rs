//! The lines of a failure that a person should read first.

use crate::failure::Excerpt;
use crate::findings::Block;
use crate::kind::Kind;

/// How many lines tell the story of a failure of each kind: an assertion is told in a few, a race needs both stacks and
/// where its goroutines were made.
fn line_limit(kind: Kind) -> usize {
    match kind {
        Kind::Timeout | Kind::Infra => 12,
        Kind::Assertion => 20,
        Kind::Panic | Kind::Crash | Kind::Build => 40,
        Kind::Race => 120,
    }
}

const BYTES: usize = 16 * 1024;

/// Cuts a block to what is worth showing: its beginning, and for stacks of tests that time out no more than the stack
/// that hangs (which recognisers put first).
pub(crate) fn excerpt(kind: Kind, block: &Block) -> Excerpt {
    let limit = line_limit(kind);
    let shown = &block.lines[..block.lines.len().min(limit)];
    let text = dedent(shown).join("\n");
    let cleaned = ftc_redact::clean(&text, BYTES);
    let kept = cleaned.trim_end();
    // A secret over several lines is one line afterwards.
    let is_as_it_was = text.starts_with(kept) || text.lines().count() == cleaned.lines().count();
    let numbers = block.numbers().filter(|_| is_as_it_was);
    Excerpt {
        line_numbers: numbers.map_or_else(Vec::new, |numbers| {
            numbers[..kept.lines().count().min(numbers.len())].to_vec()
        }),
        truncated: block.truncated || block.lines.len() > limit || cleaned.len() >= BYTES,
        text: kept.to_owned(),
        first_line: block.span.map_or(0, |span| span.first_line),
    }
}

/// Takes the blanks off that all non-empty lines begin with.
fn dedent(lines: &[String]) -> Vec<&str> {
    let blanks = |line: &&String| line.len() - line.trim_start_matches(' ').len();
    let common = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| blanks(&line))
        .min();
    lines
        .iter()
        .map(|line| line.get(common.unwrap_or(0)..).unwrap_or("").trim_end())
        .collect()
}
