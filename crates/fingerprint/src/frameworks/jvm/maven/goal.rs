//! `Failed to execute goal ...` and what it says.

use crate::findings::{Block, Finding, Standing};
use crate::kind::Kind;
use crate::line::Line;

use super::MAVEN;

/// Lines of a goal's message that are kept.
const LINES: usize = 48;

#[derive(Debug)]
pub(super) struct Goal {
    /// The plugin and the goal; empty where Maven could not even begin.
    plugin: String,
    lines: Vec<String>,
    block: Block,
    is_whole: bool,
}

impl Goal {
    pub(super) fn begin(text: &str, line: &Line<'_>) -> Option<Self> {
        let (plugin, message) = if let Some(rest) = text.strip_prefix("Failed to execute goal ") {
            if let Some(rest) = rest.strip_prefix("on project ") {
                ("", rest.split_once(": ")?.1)
            } else {
                let (place, rest) = rest.split_once(" on project ")?;
                (place.split(' ').next()?, rest.split_once(": ")?.1)
            }
        } else if text.starts_with("Plugin ") && text.contains("could not be resolved")
            || text.starts_with("Non-resolvable ")
            || text.starts_with("Unknown lifecycle phase ")
        {
            ("", text)
        } else {
            return None;
        };
        let mut goal = Self {
            plugin: plugin.to_owned(),
            lines: Vec::new(),
            block: Block::of(line),
            is_whole: false,
        };
        goal.take(message);
        Some(goal)
    }

    /// Takes the next line that Maven prints of the error.
    pub(super) fn push(&mut self, text: &str, line: &Line<'_>) {
        if !text.trim_start().starts_with("at ") {
            self.block.push(line);
        }
        self.take(text);
    }

    fn take(&mut self, text: &str) {
        let text = match text.split_once("-> [Help ") {
            Some((text, _)) => {
                self.is_whole = true;
                text
            }
            None => text,
        };
        let text = text.trim();
        self.is_whole |= text.starts_with("To see the full stack trace");
        let is_kept = !text.is_empty() && !text.starts_with("at ") && !self.is_whole
            || !text.is_empty() && self.lines.is_empty();
        if is_kept && self.lines.len() < LINES {
            self.lines.push(text.to_owned());
        }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The failure that this is; `is_explained` when a compiler or a check has named what is wrong.
    pub(super) fn finding(self, is_explained: bool) -> Option<Finding> {
        let is_of = |names: &[&str]| names.iter().any(|name| self.plugin.contains(name));
        if is_of(&["surefire", "failsafe"]) {
            return Some(self.fork());
        }
        let message = self.lines.join("\n");
        let is_compiler = is_of(&[
            "compiler",
            "kotlin",
            "scala",
            "groovy",
            "gmaven",
            "checkstyle",
        ]);
        if is_explained && is_compiler {
            return None;
        }
        let runs_others = is_of(&["exec-", "antrun", "frontend", "docker", "ant:"]);
        let (kind, message) = match transfer(&message) {
            Some(reason) => (Kind::Infra, reason),
            None => (Kind::Build, message),
        };
        // Of the network somebody else may tell more.
        let standing = if runs_others || is_explained || kind == Kind::Infra {
            Standing::Fallback
        } else {
            Standing::Own
        };
        let plugin = Some(self.plugin).filter(|plugin| !plugin.is_empty());
        let mut finding = Finding::new(MAVEN, None, kind, self.block)
            .saying(message)
            .standing(standing);
        finding.suite = plugin;
        Some(finding)
    }

    /// What Surefire says beyond that tests failed: the machine that it started has died.
    fn fork(self) -> Finding {
        let has = |text: &str| self.lines.iter().position(|line| line.contains(text));
        let exit = self
            .lines
            .iter()
            .find(|line| line.starts_with("Process Exit Code: "));
        let (kind, message) = if let Some(at) = has("There was an error in the forked process") {
            let reason = self.lines.get(at + 1).map_or("", String::as_str);
            let kind = if is_memory(reason) {
                Kind::Infra
            } else {
                Kind::Crash
            };
            (
                kind,
                format!("There was an error in the forked process\n{reason}"),
            )
        } else if has("The forked VM terminated").is_some() {
            let mut text = "The forked VM terminated without properly saying goodbye. VM crash or System.exit called?".to_owned();
            if let Some(exit) = exit {
                text.push('\n');
                text.push_str(exit);
            }
            (Kind::Crash, text)
        } else if has("There was a timeout").is_some() {
            let text = "There was a timeout or other error in the fork";
            (Kind::Timeout, text.to_owned())
        } else {
            let kind = if has("test failures").is_some() {
                Kind::Assertion
            } else {
                Kind::Build
            };
            let message = self.lines.first().cloned().unwrap_or_default();
            let finding = Finding::new(MAVEN, None, kind, self.block).saying(message);
            return finding.standing(Standing::Fallback);
        };
        let crashed = self
            .lines
            .iter()
            .position(|line| line.starts_with("Crashed tests:"))
            .and_then(|at| self.lines.get(at + 1))
            .cloned();
        let mut finding = Finding::new(MAVEN, None, kind, self.block).saying(message);
        finding.suite = crashed;
        finding
    }
}

fn is_memory(reason: &str) -> bool {
    [
        "heap space",
        "OutOfMemory",
        "GC overhead",
        "Metaspace",
        "native thread",
    ]
    .iter()
    .any(|word| reason.contains(word))
}

/// Why an artifact could not be fetched, where that is the network's or the server's fault. What was fetched and from
/// where differs from run to run: whichever artifact comes first.
fn transfer(message: &str) -> Option<String> {
    let at = message
        .find("Could not transfer ")
        .or_else(|| message.find("ould not resolve"))?;
    let reasons = [
        "Connection refused",
        "Connection reset",
        "onnect timed out",
        "ead timed out",
        "timed out",
        "Unknown host",
        "UnknownHostException",
        "Temporary failure in name resolution",
        "Name or service not known",
        "Service Unavailable",
        "Too Many Requests",
        "Bad Gateway",
        "Gateway Time",
        "status code: 5",
        "status code: 429",
        "Remote host terminated the handshake",
        "No route to host",
        "Network is unreachable",
    ];
    let rest = &message[at..];
    reasons
        .iter()
        .any(|reason| rest.contains(reason))
        .then(|| rest.to_owned())
}
