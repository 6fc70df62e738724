//! Signals, as shells, harnesses and exit statuses tell of them.

use crate::kind::Kind;

/// How a process ended that a shell ran: the words of `strsignal`, and the exit status that a shell gives.
const SIGNALS: &[(&str, u32)] = &[
    ("Segmentation fault", 139),
    ("Aborted", 134),
    ("Floating point exception", 136),
    ("Illegal instruction", 132),
    ("Bus error", 135),
    ("Trace/breakpoint trap", 133),
];

/// What an exit status above 128 tells, and that of `timeout`.
pub(crate) fn of_exit_status(status: u32) -> Option<(Kind, &'static str)> {
    if status == 124 {
        return Some((Kind::Timeout, "timed out"));
    }
    SIGNALS
        .iter()
        .find(|(_, known)| *known == status)
        .map(|&(name, _)| (Kind::Crash, name))
}

/// Whether these words name a signal.
pub(crate) fn is_signal(words: &str) -> bool {
    words == "Killed" || SIGNALS.iter().any(|(name, _)| *name == words)
}

/// A shell's line: `a.sh: line 3: 29719 Segmentation fault (core dumped) ./t`, `Aborted (core dumped)`, or the end of one that
/// make prints: `make: *** [Makefile:3: test] Segmentation fault (core dumped)`.
pub(crate) fn of_shell(text: &str) -> Option<(Kind, &'static str)> {
    let (name, at) = SIGNALS
        .iter()
        .find_map(|(name, _)| Some((*name, text.find(name)?)))?;
    let before = text[..at].trim_end();
    let after = text[at + name.len()..].trim_start();
    let is_core = after.starts_with("(core dumped)");
    let is_alone = before.is_empty() && (after.is_empty() || after == "(core dumped)");
    let is_of_make = before.contains("*** [") && before.ends_with(']');
    let (shell, process) = before.rsplit_once(' ').unwrap_or(("", before));
    let is_process = super::super::parts::is_number(process)
        && (shell.trim_end().ends_with(':') || shell.is_empty())
        && (is_core || !after.is_empty());
    (is_alone || is_of_make || is_process).then_some((Kind::Crash, name))
}
