//! TAP on standard output: the failed points, what is said of them, and that all went well.

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings, Standing};
use crate::frameworks::js;
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::point::{self, Point};
use super::{BATS, PERL, TAP, bats};

/// Lines of one point that are kept for its message.
const LINES: usize = 200;

#[derive(Debug, Default)]
pub(super) struct Tap {
    open: Option<Open>,
    /// Failed points of subtests whose own point has not come yet.
    nested: Vec<(usize, Finding)>,
    /// The first point of a stream: nothing of it has failed as far as is known.
    stream: Option<String>,
    has_failed: bool,
}

/// A failed point and what stands below it.
#[derive(Debug)]
struct Open {
    indent: usize,
    /// Empty when the test has none.
    name: String,
    number: Option<u64>,
    is_timeout: bool,
    lines: Vec<String>,
    block: Block,
}

impl Recognizer for Tap {
    fn anchors(&self) -> &'static [&'static str] {
        &["not ok", "^ok 1 ", "FAILED--Further testing stopped"]
    }

    fn follows(&self) -> bool {
        self.open.is_some()
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if text.starts_with("##[") {
            self.end(text.starts_with("##[error]"), findings);
            return;
        }
        if let Some(open) = &mut self.open {
            if open.takes(text) {
                open.push(line);
                return;
            }
            self.close(findings);
        }
        if let Some(point) = point::parse(text) {
            self.point(&point, line, findings);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.end(false, findings);
    }
}

impl Tap {
    fn point(&mut self, point: &Point<'_>, line: &Line<'_>, findings: &mut Findings) {
        if point.is_ok {
            if point.number == Some(1) && point.indent == 0 && begins_stream(line) {
                self.stream = Some(line.text.trim().to_owned());
            }
            return;
        }
        if point.is_excused() {
            self.nested.clear();
            return;
        }
        if !self.drops_parent(point, findings) {
            self.open = Some(Open {
                indent: point.indent,
                name: point.name.to_owned(),
                number: point.number,
                is_timeout: point.is_timeout(),
                lines: Vec::new(),
                block: Block::of(line),
            });
        }
    }

    /// A point behind failed ones that are indented deeper is their parent: it gives them its name and is no failure.
    fn drops_parent(&mut self, point: &Point<'_>, findings: &mut Findings) -> bool {
        let is_child = |indent: usize| indent > point.indent;
        if !self.nested.iter().any(|&(indent, _)| is_child(indent)) {
            return false;
        }
        for (indent, finding) in &mut self.nested {
            if is_child(*indent)
                && let Some(test) = &mut finding.test
            {
                *test = format!("{}/{test}", point.name);
                *indent = point.indent;
            }
        }
        if point.indent == 0 {
            self.tell(findings);
        }
        true
    }

    fn close(&mut self, findings: &mut Findings) {
        let Some(open) = self.open.take() else {
            return;
        };
        let indent = open.indent;
        let Some(finding) = open.finding() else {
            return;
        };
        self.has_failed = true;
        if indent == 0 {
            self.tell(findings);
            findings.report(finding);
        } else if self.nested.len() < FINDING_LIMIT {
            self.nested.push((indent, finding));
        }
    }

    fn tell(&mut self, findings: &mut Findings) {
        for (_, finding) in self.nested.drain(..) {
            findings.report(finding);
        }
    }

    /// The step has ended, and with it every stream.
    fn end(&mut self, has_failed: bool, findings: &mut Findings) {
        self.close(findings);
        self.tell(findings);
        let has_failed = std::mem::take(&mut self.has_failed) || has_failed;
        if let Some(first) = self.stream.take().filter(|_| !has_failed) {
            findings.passed(TAP, format!("TAP without a failed point since `{first}`"));
        }
    }
}

/// The plan, the version, a file's name or nothing stands above the first point.
fn begins_stream(line: &Line<'_>) -> bool {
    line.before().next().is_none_or(|above| {
        above.starts_with("1..")
            || above.starts_with("TAP version ")
            || above.trim().is_empty()
            || above.starts_with("# ")
            || above.starts_with("##[")
            || above.ends_with(".. ")
    })
}

impl Open {
    /// Comments, a YAML block, the output that mocha indents.
    fn takes(&self, text: &str) -> bool {
        let is_deeper = text.len() > self.indent
            && text.is_char_boundary(self.indent)
            && text[..self.indent].trim().is_empty();
        if !is_deeper {
            return text.trim().is_empty() && self.is_in_yaml();
        }
        let rest = &text[self.indent..];
        if self.is_in_yaml() {
            return rest.starts_with("  ") || rest.trim().is_empty();
        }
        rest.starts_with('#') && !rest.starts_with("# Subtest") && !rest.starts_with("# Looks like")
            || rest.starts_with("  ") && point::parse(text).is_none()
    }

    fn is_in_yaml(&self) -> bool {
        let yaml = |line: &String| line.trim() == "---" || line.trim() == "...";
        let marks = self.lines.iter().filter(|line| yaml(line)).count();
        marks == 1
    }

    fn push(&mut self, line: &Line<'_>) {
        self.block.push(line);
        if self.lines.len() < LINES {
            self.lines
                .push(line.text.get(self.indent..).unwrap_or_default().to_owned());
        }
    }

    /// `None` for Node's runner and for Perl's diagnoses, which have recognisers of their own.
    fn finding(self) -> Option<Finding> {
        let is_perl = |line: &String| {
            line.trim_start_matches(['#', ' '])
                .starts_with("Failed test")
        };
        if self.lines.iter().any(is_perl) {
            return None;
        }
        if is_javascript(&self.name, &self.lines) {
            let is_whole = self.indent == 0 && !self.name.is_empty() && !self.name.ends_with('{');
            return is_whole
                .then(|| js::finding_of_point(&self.name, &self.lines, self.block))
                .flatten();
        }
        let comments: Vec<&str> = self
            .lines
            .iter()
            .filter_map(|line| line.strip_prefix('#'))
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        let yaml = message_of_yaml(&self.lines);
        let said: Vec<&str> = match &yaml {
            Some(message) => message.iter().map(String::as_str).collect(),
            None => comments,
        };
        let (framework, message) = origin(&said, &self.name);
        let kind = if self.is_timeout {
            Kind::Timeout
        } else {
            Kind::Assertion
        };
        let message = if self.is_timeout {
            "timed out".to_owned()
        } else {
            message
        };
        let standing = if self.name.is_empty() {
            // Only its number is known; a diagnosis elsewhere may tell more.
            Standing::Fallback
        } else {
            Standing::Own
        };
        let number = || {
            self.number
                .map_or_else(String::new, |number| number.to_string())
        };
        let test = Some(self.name.clone()).filter(|name| !name.is_empty());
        let finding = Finding::new(framework, test.or_else(|| Some(number())), kind, self.block);
        Some(finding.saying(message).standing(standing))
    }
}

/// Whose words they are, and the message in them.
fn origin(said: &[&str], name: &str) -> (Framework, String) {
    if bats::is_own(said) {
        return (BATS, bats::message(said));
    }
    if name == "setup_file failed" || name == "teardown_file failed" {
        return (BATS, said.first().map_or("", |line| line.trim()).to_owned());
    }
    if said.is_empty() {
        return (PERL, String::new());
    }
    let first = said
        .iter()
        .map(|line| line.trim())
        .find(|line| !line.is_empty());
    (TAP, first.unwrap_or_default().to_owned())
}

/// Node's runner, tap, vitest, mocha and tape have marks of their own.
fn is_javascript(name: &str, lines: &[String]) -> bool {
    const KEYS: &[&str] = &[
        "duration_ms:",
        "failureType:",
        "operator:",
        "error:",
        "stack:",
        "at:",
    ];
    const STACKS: &[&str] = &[
        ".js:",
        ".ts:",
        ".mjs:",
        ".cjs:",
        ".tsx:",
        ".jsx:",
        "node:internal",
    ];
    let is_yaml = lines.first().is_some_and(|line| line.trim() == "---");
    name.ends_with('{')
        || name.contains("# time=")
        || lines.iter().any(|line| {
            let line = line.trim_start();
            (is_yaml && KEYS.iter().any(|key| line.starts_with(key)))
                || (line.starts_with("at ") && STACKS.iter().any(|mark| line.contains(mark)))
        })
}

/// The `message` of a YAML block: in the same line, or indented below `message: |`.
fn message_of_yaml(lines: &[String]) -> Option<Vec<String>> {
    let at = lines
        .iter()
        .position(|line| line.trim_start().starts_with("message:"))?;
    let key = &lines[at];
    let indent = key.len() - key.trim_start().len();
    let value = key.trim_start()["message:".len()..].trim();
    if !matches!(value, "|" | "|-" | ">" | ">-") {
        let value = value.trim_matches(['"', '\'']);
        return Some(vec![value.to_owned()]);
    }
    let body = lines[at + 1..]
        .iter()
        .take_while(|line| line.trim().is_empty() || line.len() - line.trim_start().len() > indent)
        .map(|line| line.get(indent + 2..).unwrap_or_default().to_owned());
    Some(body.collect())
}
