//! Valgrind: memcheck, helgrind, drd.
//!
//! Formats: `==PID== ` before each line; `coregrind/m_errormgr.c` and `memcheck/mc_errors.c` of valgrind 3.15 to 3.24
//! (<https://valgrind.org/docs/manual/mc-manual.html>). The errors stand above the count that closes the report.

use crate::findings::Block;
use crate::frameworks::cpp::parts::{is_number, leading_number};
use crate::kind::{Framework, Kind};
use crate::line::Line;

use super::{Crash, frame};

const VALGRIND: Framework = Framework::new("valgrind", "valgrind");

/// How the first line of an error begins.
const HEADS: &[&str] = &[
    "Invalid ",
    "Conditional jump or move depends",
    "Use of uninitialised value",
    "Syscall param ",
    "Mismatched ",
    "Source and destination overlap",
    "Argument ",
    "Possible data race",
    "Conflicting ",
    "Thread #",
    "Process terminating with default action",
    "Jump to the invalid address",
];

/// The first of the errors, when the line counts some.
pub(super) fn crash(line: &Line<'_>) -> Option<Crash> {
    let (process, said) = split(line.text.as_ref())?;
    let count = said.strip_prefix("ERROR SUMMARY: ")?;
    let (count, _) = leading_number(count)?;
    if count == 0 {
        return None;
    }
    let mut lines: Vec<String> = line
        .before()
        .map_while(|text| {
            let (other, said) = split(&text)?;
            (other == process).then(|| said.to_owned())
        })
        .collect();
    lines.reverse();
    Some(first_error(&lines, line))
}

fn first_error(lines: &[String], line: &Line<'_>) -> Crash {
    let is_head = |said: &str| {
        HEADS.iter().any(|head| said.starts_with(head)) || said.contains(" definitely lost in loss")
    };
    let head = lines.iter().position(|said| is_head(said));
    let rest = head.map_or(&[][..], |at| &lines[at..]);
    let what = rest.first().map_or("errors", |said| essence(said));
    let frames: Vec<&str> = rest
        .iter()
        .skip(1)
        .take_while(|said| !said.trim().is_empty())
        .filter_map(|said| function(said))
        .collect();
    let own = frames
        .iter()
        .find(|said| said.contains('.') || said.contains(':') || said.contains('('))
        .and_then(|said| said.rsplit_once(" (").map(|(function, _)| function));
    let is_race = what.starts_with("Possible data race") || what.starts_with("Conflicting ");
    let mut block = Block::from_text(&rest.join("\n"));
    block.widen(line.span());
    Crash {
        framework: VALGRIND,
        kind: if is_race { Kind::Race } else { Kind::Crash },
        message: match own {
            Some(function) => format!("{what} in {function}"),
            None => what.to_owned(),
        },
        function: own.map(str::to_owned),
        block,
        test: frames.iter().find_map(|said| {
            let (function, _) = said.rsplit_once(" (")?;
            frame::gtest_of(function)
        }),
        is_sure: true,
    }
}

/// The error without its sizes and records.
fn essence(said: &str) -> &str {
    if said.contains(" definitely lost in loss") {
        return "memory is definitely lost";
    }
    let end = said.find(" at 0x").unwrap_or(said.len());
    said[..end].trim()
}

/// `   at 0x109228: depot(int*) (san.cc:8)` without the address, when the source is known.
fn function(said: &str) -> Option<&str> {
    let rest = said.trim_start();
    let rest = rest
        .strip_prefix("at 0x")
        .or_else(|| rest.strip_prefix("by 0x"))?;
    let (_, function) = rest.split_once(": ")?;
    (!function.contains("(in /")).then_some(function)
}

/// The process and what is said of it.
fn split(text: &str) -> Option<(&str, &str)> {
    let (process, said) = text.strip_prefix("==")?.split_once("==")?;
    is_number(process).then(|| (process, said.strip_prefix(' ').unwrap_or(said)))
}
