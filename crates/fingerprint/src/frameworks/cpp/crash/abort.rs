//! One line that a library writes before it aborts.
//!
//! Formats: glibc `malloc/malloc.c` (`malloc_printerr`), `debug/fortify_fail.c`, `assert/assert.c`; libstdc++
//! `vterminate.cc`; libc++abi `cxa_default_handlers.cpp`; macOS `assert.h`.

use crate::findings::Block;
use crate::frameworks::cpp::parts::between;
use crate::kind::{Framework, Kind};
use crate::line::Line;

use super::Crash;

pub(in crate::frameworks::cpp) const NATIVE: Framework = Framework::new("native", "native");

/// What glibc says of a heap or a stack that is damaged.
const DAMAGE: &[&str] = &[
    "free(): ",
    "malloc(): ",
    "realloc(): ",
    "calloc(): ",
    "munmap_chunk(): ",
    "malloc_consolidate(): ",
    "corrupted size vs. prev_size",
    "double free or corruption",
    "*** stack smashing detected ***",
    "*** buffer overflow detected ***",
];

/// The last words of a process, if the line is such.
pub(crate) fn abort(line: &Line<'_>) -> Option<Crash> {
    let message = words(line.text.as_ref())?;
    Some(Crash {
        framework: NATIVE,
        kind: Kind::Crash,
        message,
        function: None,
        block: Block::of(line),
        test: None,
        is_sure: false,
    })
}

/// The message in them.
pub(crate) fn words(text: &str) -> Option<String> {
    if DAMAGE.iter().any(|damage| text.starts_with(damage)) {
        return Some(text.trim_end_matches(": terminated").trim().to_owned());
    }
    if let Some(rest) = text.strip_prefix("terminate called after throwing an instance of '") {
        return Some(format!("uncaught {}", rest.trim_end_matches('\'')));
    }
    if text.starts_with("terminate called without an active exception")
        || text.starts_with("terminate called recursively")
    {
        return Some(text.to_owned());
    }
    if let Some(rest) = text
        .strip_prefix("libc++abi: ")
        .or_else(|| text.strip_prefix("libc++abi.dylib: "))
        && let Some((_, what)) = rest.split_once("uncaught exception of type ")
    {
        return Some(match what.split_once(": ") {
            Some((kind, what)) => format!("uncaught {kind}: {what}"),
            None => format!("uncaught {what}"),
        });
    }
    assertion(text)
}

/// What `assert` writes with glibc, on macOS (`Assertion failed: (x), function f, file a.c, line 3.`) and with musl
/// (`Assertion failed: x (a.c: f: 3)`).
fn assertion(text: &str) -> Option<String> {
    if text.ends_with("' failed.") {
        let condition = between(text, ": Assertion `", "' failed.")?;
        return Some(format!("Assertion `{condition}' failed."));
    }
    let rest = text.strip_prefix("Assertion failed: ")?;
    let condition = match rest.split_once(", function ") {
        Some((condition, _)) => condition
            .strip_prefix('(')
            .and_then(|inner| inner.strip_suffix(')'))
            .unwrap_or(condition),
        None => {
            rest.rsplit_once(" (")
                .filter(|(_, place)| place.ends_with(')'))?
                .0
        }
    };
    Some(format!("Assertion `{condition}' failed."))
}
