//! Whose words the lines of a nextest run are.

use super::test::Key;

/// Whose output the next lines are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Section {
    #[default]
    Nothing,
    /// Behind the status line of a failed attempt.
    Of(Key, Frame),
    /// Behind the status line of an attempt that passed (`--success-output`).
    Passed(Frame),
    /// Output whose test no line names.
    Unnamed(Frame),
    /// Behind `START`: the output of this test, which is not captured.
    Running(Key),
    /// A setup script's.
    Script,
    /// Behind a failed setup script.
    FailedScript,
    /// A thread's words outside of a section.
    Loose(String),
}

/// How captured output is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) style: Style,
    pub(super) stream: Stream,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Style {
    /// No title has come.
    #[default]
    Unknown,
    /// `  stdout ───` and four blanks before each line.
    Indented,
    /// `── stdout ──` or, in old versions, `--- STDOUT: ... ---`, and lines as they were printed.
    Flush,
}

/// Streams in the order in which nextest shows them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stream {
    /// No title has come.
    #[default]
    None,
    /// Standard output, or both streams together.
    Stdout,
    Stderr,
}

impl Section {
    pub(super) fn frame(&self) -> Option<Frame> {
        match self {
            Self::Of(_, frame) | Self::Passed(frame) | Self::Unnamed(frame) => Some(*frame),
            _ => None,
        }
    }

    pub(super) fn set_frame(&mut self, new: Frame) {
        if let Self::Of(_, frame) | Self::Passed(frame) | Self::Unnamed(frame) = self {
            *frame = new;
        }
    }
}

/// Reads `  stdout ───`, `  stderr ───`, `  output ───`, and `── stdout ──`.
pub(super) fn title(text: &str) -> Option<Frame> {
    let (style, rest) = match text.strip_prefix("── ") {
        Some(rest) => (Style::Flush, rest),
        None => (Style::Indented, text.strip_prefix("  ")?),
    };
    let (word, rule) = rest.split_once(' ')?;
    let stream = match word {
        "stdout" | "output" => Stream::Stdout,
        "stderr" => Stream::Stderr,
        _ => return None,
    };
    let is_rule = !rule.is_empty() && rule.chars().all(|c| c == '─');
    is_rule.then_some(Frame { style, stream })
}

/// `--- STDERR:              crate tests::name ---` of nextest up to 0.9.84.
pub(super) fn old_title(text: &str) -> Option<(Key, Frame)> {
    let rest = text.strip_prefix("--- STD")?;
    let (stream, rest) = match rest.strip_prefix("OUT:") {
        Some(rest) => (Stream::Stdout, rest),
        None => (Stream::Stderr, rest.strip_prefix("ERR:")?),
    };
    let (binary, test) = rest.strip_suffix(" ---")?.trim().split_once(' ')?;
    let style = Style::Flush;
    let key = (binary.to_owned(), test.trim().to_owned());
    Some((key, Frame { style, stream }))
}

/// ` Nextest run ID ...` and, in older versions only, `    Starting 7 tests across 1 binary`.
pub(super) fn is_banner(text: &str) -> bool {
    text.starts_with(" Nextest run ID ") || selected_tests(text).is_some()
}

/// The number in `    Starting 7 tests across 1 binary`.
pub(super) fn selected_tests(text: &str) -> Option<u64> {
    let rest = text.strip_prefix("    Starting ")?;
    let (count, rest) = rest.split_once(" test")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest);
    rest.starts_with(" across ").then_some(())?;
    count.parse().ok()
}

/// What cargo prints when it begins something else.
pub(super) fn is_cargos(text: &str) -> bool {
    let starts = ["   Doc-tests ", "   Compiling ", "    Finished "];
    starts.iter().any(|start| text.starts_with(start))
        || text.starts_with("     Running ") && text.contains(" (")
}
