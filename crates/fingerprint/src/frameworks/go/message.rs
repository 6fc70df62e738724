//! What a Go test says of its failure: `file_test.go:12: text`, with the lines indented below it.

use crate::findings::Block;
use crate::line::Line;

use super::guests::leaks;
use super::header::Header;

/// One call of `t.Log`, `t.Error` or `t.Fatal`; the output does not tell which.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// Blanks before the file name.
    pub(super) indent: usize,
    /// Text behind `file:line: `, one entry a line.
    lines: Vec<String>,
    pub(super) block: Block,
}

const MESSAGE_LINES: usize = 120;

impl Message {
    /// Reads `    a_test.go:36: text`.
    pub(super) fn start(line: &Line<'_>) -> Option<Self> {
        let text = line.text.as_ref();
        let inner = text.trim_start_matches(' ');
        let indent = text.len() - inner.len();
        if indent < 4 {
            // Go before 1.14 indents by a tab.
            let inner = text.strip_prefix('\t')?;
            return Self::parse(inner, 4, line);
        }
        Self::parse(inner, indent, line)
    }

    /// The same behind words that a test printed without a line end: `no newline    a_test.go:36: text`.
    pub(super) fn start_glued(line: &Line<'_>) -> Option<Self> {
        let text = line.text.as_ref();
        let at = memchr::memmem::find(text.as_bytes(), b".go:")?;
        let file = text[..at].rfind(' ')? + 1;
        let is_indented = text[..file].ends_with("    ");
        is_indented.then(|| Self::parse(&text[file..], 4, line))?
    }

    /// What an example printed, and what it should have.
    pub(super) fn of_example(line: &Line<'_>) -> Self {
        Self {
            indent: 0,
            lines: vec![line.text.trim().to_owned()],
            block: Block::of(line),
        }
    }

    /// Takes the next line of an example's output in; `false` when the tool speaks again.
    pub(super) fn extend_example(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        let is_over = [
            "✖",
            "✓",
            "FAIL",
            "PASS",
            "ok  \t",
            "exit status",
            "panic: ",
            "##[",
        ]
        .iter()
        .any(|end| text.starts_with(end))
            || Header::parse(text).is_some();
        if !is_over {
            if self.lines.len() < MESSAGE_LINES {
                self.lines.push(text.trim().to_owned());
            }
            self.block.push(line);
        }
        !is_over
    }

    /// A panic that a helper caught and logged, with its stack.
    pub(super) fn caught_panic(&self) -> Option<String> {
        let message = self.lines[0].strip_prefix("test panicked: ")?;
        let more = self.lines[1..]
            .iter()
            .take_while(|line| !line.starts_with("goroutine "))
            .map(String::as_str);
        Some(
            std::iter::once(message)
                .chain(more)
                .collect::<Vec<_>>()
                .join("\n"),
        )
    }

    fn parse(inner: &str, indent: usize, line: &Line<'_>) -> Option<Self> {
        let at = memchr::memmem::find(inner.as_bytes(), b".go:")?;
        let (file, rest) = (&inner[..at], &inner[at + ".go:".len()..]);
        let (number, text) = rest.split_once(':')?;
        let is_file = !file.is_empty() && !file.contains(char::is_whitespace);
        if !is_file || number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(Self {
            indent,
            lines: vec![text.trim().to_owned()],
            block: Block::of(line),
        })
    }

    /// Takes a following line in, if it belongs to this message: it is indented deeper than the file name. Whatever stands
    /// there is the test's own words, also a report in the tool's form, unless it is of this very test (`speaker`).
    pub(super) fn extend(&mut self, line: &Line<'_>, speaker: Option<&str>) -> bool {
        let text = line.text.as_ref();
        let deep = text.len() - text.trim_start_matches(' ').len() >= self.indent + 4
            || text.starts_with("\t\t");
        let ends_speaker = || {
            let header = text
                .trim_start()
                .starts_with("--- ")
                .then(|| Header::parse(text));
            matches!(header, Some(Some(Header::Ended { test, .. })) if speaker == Some(test))
        };
        if !deep || ends_speaker() {
            return false;
        }
        if self.lines.len() < MESSAGE_LINES {
            self.lines.push(text.trim().to_owned());
        }
        self.block.push(line);
        true
    }

    pub(super) fn is_race_marker(&self) -> bool {
        self.lines[0].starts_with("race detected during execution of test")
    }

    /// The test that testify names in its own block.
    pub(super) fn named_test(&self) -> Option<&str> {
        let name = self
            .lines
            .iter()
            .find_map(|line| line.strip_prefix("Test:"))?
            .trim();
        (!name.is_empty()).then_some(name)
    }

    pub(super) fn is_testify(&self) -> bool {
        self.lines
            .iter()
            .any(|line| line.starts_with("Error Trace:"))
    }

    /// Whether the words sound like a failure rather than a log line.
    pub(super) fn sounds_failed(&self) -> bool {
        const WORDS: &[&str] = &[
            "error",
            "fail",
            "expect",
            "want",
            "got ",
            "got:",
            "unexpected",
            "mismatch",
            "should",
            "must",
            "not ",
            "timeout",
            "timed out",
            "invalid",
            "missing",
            "wrong",
            "differ",
            "never",
            "cannot",
            "can't",
            "couldn't",
            "doesn't",
            "didn't",
            "!=",
            "panic",
            "lost",
        ];
        self.is_testify() || {
            let text = self.lines.join(" ").to_lowercase();
            WORDS.iter().any(|word| text.contains(word))
        }
    }

    pub(super) fn text(&self) -> String {
        if let Some(panic) = self.caught_panic() {
            panic
        } else if self.lines[0].contains("found unexpected goroutines") {
            leaks(self.lines.iter().map(String::as_str))
        } else if self.is_testify() {
            testify(&self.lines)
        } else {
            self.lines.join("\n").trim().to_owned()
        }
    }
}

/// Which of a test's messages tells why it failed: testify's own block, else the first that sounds like it, else the
/// last, since `t.Fatal` ends a test.
pub(super) fn select(messages: &[Message]) -> Option<&Message> {
    messages
        .iter()
        .find(|message| message.is_testify())
        .or_else(|| messages.iter().find(|message| message.sounds_failed()))
        .or_else(|| messages.last())
}

/// The error and the user's own words of testify's block; without the trace and the diff, which repeat them.
fn testify(lines: &[String]) -> String {
    const LABELS: &[&str] = &[
        "Error Trace:",
        "Error:",
        "Test:",
        "Messages:",
        "Diff:",
        "Panic stack:",
    ];
    let mut section = "";
    let mut kept: Vec<&str> = Vec::new();
    for line in lines {
        let label = LABELS.iter().find(|label| line.starts_with(**label));
        let value = label
            .map_or(line.as_str(), |label| &line[label.len()..])
            .trim();
        section = label.copied().unwrap_or(section);
        if matches!(section, "Error:" | "Messages:") && !value.is_empty() {
            kept.push(value);
        }
    }
    kept.join("\n")
}
