//! ginkgo, versions 1 and 2, with gomega: `• Failure [0.001 seconds]`, the containers, the message; at the end the list
//! `Summarizing 2 Failures:`.
//!
//! Formats: `reporters/stenographer` of ginkgo 1.16, `reporters/default_reporter.go` of ginkgo 2.0 to 2.22.

use crate::findings::{Block, Finding};
use crate::kind::Kind;
use crate::line::Line;

use super::{GINKGO, Next};

/// Kinds of nodes that stand in front of, or behind, the text of the spec that they fail.
const NODES: &[&str] = &[
    "[It]",
    "[BeforeEach]",
    "[AfterEach]",
    "[JustBeforeEach]",
    "[JustAfterEach]",
    "[BeforeAll]",
    "[AfterAll]",
    "[Measurement]",
    "[DeferCleanup (Each)]",
    "[DeferCleanup (All)]",
    "[Top Level]",
];

const LINES: usize = 400;

/// The report of one spec, where it failed.
#[derive(Debug)]
pub(super) struct Spec {
    kind: Kind,
    attempts: u32,
    is_flaky: bool,
    /// Lines from the title on.
    lines: Vec<String>,
    block: Block,
}

impl Spec {
    /// Reads from the first line with a place: the title stands above it, and the bullet above that.
    pub(super) fn start(line: &Line<'_>, above: impl FnOnce() -> Vec<String>) -> Option<Self> {
        let text = line.text.as_ref();
        if !is_place(text) {
            return None;
        }
        let above = above();
        let (title, bullet) = (above.first()?, above.get(1)?);
        let kind = kind(bullet)?;
        Some(Self {
            kind,
            attempts: 1,
            is_flaky: false,
            lines: vec![title.clone(), text.to_owned()],
            block: Block::of(line),
        })
    }

    /// `• [FLAKEY TEST - TOOK 2 ATTEMPTS TO PASS] [0.001 seconds]`: the title follows.
    pub(super) fn flaky(line: &Line<'_>) -> Option<Self> {
        let rest = line.text.strip_prefix("• [FLAKEY TEST")?;
        let (_, rest) = rest.split_once("TOOK ")?;
        let attempts = rest.split(' ').next()?.parse().ok()?;
        Some(Self {
            kind: Kind::Assertion,
            attempts,
            is_flaky: true,
            lines: Vec::new(),
            block: Block::of(line),
        })
    }

    pub(super) fn extend(&mut self, line: &Line<'_>) -> Next {
        let text = line.text.as_ref();
        let is_over = text.starts_with("----------")
            || text.starts_with('•')
            || text.starts_with("Summarizing ")
            || text.starts_with("--- ")
            || text.starts_with("=== ")
            || text.starts_with("FAIL\t")
            || text.starts_with("##[")
            || text.starts_with("Ran ") && text.contains(" Specs in ")
            || self.lines.len() >= LINES;
        if is_over {
            return Next::Over;
        }
        self.lines.push(text.to_owned());
        self.block.push(line);
        Next::Taken
    }

    pub(super) fn finding(self) -> Option<Finding> {
        let (name, told) = title(&self.lines)?;
        let rest = &self.lines[told..];
        let mut finding = Finding::new(GINKGO, Some(name), self.kind, self.block);
        finding.message = match self.kind {
            Kind::Panic => panic_message(rest),
            _ => message(rest),
        };
        finding.attempts = self.attempts;
        finding.passed_on_retry = self.is_flaky;
        Some(finding)
    }
}

/// `/src/dock_test.go:18`, alone, perhaps with a time behind it.
fn is_place(text: &str) -> bool {
    let text = text.trim();
    let Some((file, rest)) = text.rsplit_once(".go:") else {
        return false;
    };
    let number = rest.split(' ').next().unwrap_or(rest);
    let is_path = file.contains(['/', '\\']) && !file.contains(char::is_whitespace);
    is_path && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// How a spec ended, by its bullet; `None` where it did not fail.
fn kind(bullet: &str) -> Option<Kind> {
    let words = bullet.strip_prefix('•')?;
    let is = |marks: &[&str]| marks.iter().any(|mark| words.starts_with(mark));
    if is(&["! Panic", " [PANICKED]", "! [PANICKED]"]) {
        Some(Kind::Panic)
    } else if is(&["... Timeout", " [TIMEDOUT]"]) {
        Some(Kind::Timeout)
    } else if is(&[
        " Failure [",
        " Failure in Spec ",
        " [FAILED]",
        " [INTERRUPTED]",
        " [ABORTED]",
    ]) {
        Some(Kind::Assertion)
    } else {
        None
    }
}

/// The name of the spec and the number of lines that tell it. Version 1 writes each container on a line of its own,
/// indented, with its place below; version 2 the whole in one.
fn title(lines: &[String]) -> Option<(String, usize)> {
    let first = lines.first()?;
    if NODES.iter().any(|node| first.contains(&format!("{node} "))) || is_suite_node(first) {
        return Some((spec_name(first), 2.min(lines.len())));
    }
    let mut parts: Vec<&str> = Vec::new();
    for (at, pair) in lines.chunks(2).enumerate() {
        let text = pair[0].trim();
        if text.is_empty() || !is_place(pair.get(1)?) {
            break;
        }
        if let Some(node) = NODES.iter().find(|node| text.ends_with(**node)) {
            parts.push(text[..text.len() - node.len()].trim_end());
            let name = parts.join(" ");
            return Some((name.trim().to_owned(), at * 2 + 2));
        }
        parts.push(text);
    }
    // A container's own text without any node: a suite's setup.
    Some((spec_name(first), 2.min(lines.len())))
}

/// `[BeforeSuite]` and its like are no part of a spec.
fn is_suite_node(text: &str) -> bool {
    text.contains("Suite]")
}

/// `Dock when a ship lands [It] counts the crates [slow]` without the kind of the node.
pub(super) fn spec_name(title: &str) -> String {
    let mut name = title.trim().to_owned();
    for node in NODES {
        if let Some(at) = name.find(&format!("{node} ")) {
            name.replace_range(at..=at + node.len(), "");
            break;
        }
    }
    name.trim().to_owned()
}

/// The message stands indented between blank lines and ends with the place.
fn message(lines: &[String]) -> String {
    // Version 2 marks where it begins; between the title and it more containers may stand.
    let is_marked = |line: &String| {
        let text = line.trim();
        text.starts_with("[FAILED] ") && !text.starts_with("[FAILED] in [")
            || text.starts_with("[TIMEDOUT] ")
    };
    let start = lines.iter().position(is_marked).unwrap_or_default();
    let lines = &lines[start..];
    let mut words: Vec<&str> = Vec::new();
    let mut is_in_timeline = false;
    for line in lines {
        let text = line.trim();
        if text.ends_with("Timeline >>") || text.starts_with("Begin Captured ") {
            is_in_timeline = true;
        } else if text.starts_with("<< Timeline") || text.starts_with("<< End Captured") {
            is_in_timeline = false;
            words.clear();
        } else if text.starts_with("In [") && text.contains("] at: ") || is_place(text) {
            if !words.is_empty() && !is_in_timeline {
                break;
            }
        } else if !is_in_timeline && (!text.is_empty() || !words.is_empty()) {
            let text = text
                .strip_prefix("[FAILED] ")
                .or_else(|| text.strip_prefix("[TIMEDOUT] "))
                .unwrap_or(text);
            words.push(text);
        }
    }
    words.join("\n").trim().to_owned()
}

/// Behind `Test Panicked` stands what the panic says.
fn panic_message(lines: &[String]) -> String {
    let mut lines = lines
        .iter()
        .map(|line| line.trim())
        .skip_while(|line| !line.ends_with("Test Panicked"))
        .skip(1);
    lines
        .find(|line| !line.is_empty() && !line.starts_with("In [") && !is_place(line))
        .unwrap_or("panicked")
        .to_owned()
}

/// The list of failures at the end: a title and a place each.
#[derive(Debug)]
pub(super) struct Summary {
    entries: Vec<(String, Kind, Block)>,
    blanks: u32,
}

impl Summary {
    /// `Summarizing 2 Failures:`.
    pub(super) fn start(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("Summarizing ")?;
        let (number, rest) = rest.split_once(' ')?;
        let is_heading = number.parse::<u64>().is_ok() && rest.starts_with("Failure");
        is_heading.then(|| Self {
            entries: Vec::new(),
            blanks: 0,
        })
    }

    pub(super) fn extend(&mut self, line: &Line<'_>) -> Next {
        const MARKS: &[(&str, Kind)] = &[
            ("[Fail] ", Kind::Assertion),
            ("[FAIL] ", Kind::Assertion),
            ("[Panic!] ", Kind::Panic),
            ("[PANICKED!] ", Kind::Panic),
            ("[Timeout...] ", Kind::Timeout),
            ("[TIMEDOUT] ", Kind::Timeout),
            ("[INTERRUPTED] ", Kind::Assertion),
            ("[ABORTED] ", Kind::Assertion),
        ];
        let text = line.text.trim();
        if text.is_empty() {
            self.blanks += 1;
            return if self.blanks > 1 {
                Next::Over
            } else {
                Next::Taken
            };
        }
        self.blanks = 0;
        if is_place(text) {
            return Next::Taken;
        }
        let Some((mark, kind)) = MARKS.iter().find(|(mark, _)| text.starts_with(mark)) else {
            return Next::Over;
        };
        if self.entries.len() < LINES {
            let name = spec_name(&text[mark.len()..]);
            self.entries.push((name, *kind, Block::of(line)));
        }
        Next::Taken
    }

    pub(super) fn findings(self) -> Vec<Finding> {
        self.entries
            .into_iter()
            .map(|(name, kind, block)| Finding::new(GINKGO, Some(name), kind, block))
            .collect()
    }
}

/// The number of failures in `FAIL! -- 1 Passed | 6 Failed | 0 Pending | 0 Skipped`.
pub(super) fn total(text: &str) -> Option<u64> {
    let rest = text.strip_prefix("FAIL! -- ")?;
    let failed = rest
        .split(" | ")
        .find_map(|part| part.strip_suffix(" Failed"))?;
    failed.trim().parse().ok()
}
