//! Errors of the build: an action that failed, a package that is wrong.

use crate::findings::{Block, Finding, Findings, Standing};
use crate::kind::Kind;
use crate::line::Line;

use super::BAZEL;

/// Lines of an action's output.
const LINES: usize = 200;

#[derive(Debug, Default)]
pub(super) struct Build {
    /// The action whose output is being read.
    open: Option<Finding>,
    lines: usize,
    done: Vec<Finding>,
    /// A target that was not built, when nothing says why.
    not_built: Option<Finding>,
}

/// Files that describe a build.
const FILES: &[&str] = &[
    "BUILD",
    "BUILD.bazel",
    "WORKSPACE",
    "WORKSPACE.bazel",
    "MODULE.bazel",
];

/// What the network has done.
const NETWORK: &[&str] = &[
    "Error downloading",
    "Unknown host",
    "Download from ",
    "Connection ",
];

impl Build {
    pub(super) fn follows(&self) -> bool {
        self.open.is_some()
    }

    pub(super) fn line(&mut self, line: &Line<'_>, _: &mut Findings) {
        let text = line.text.as_ref();
        if let Some(open) = &mut self.open {
            let is_over = [
                "INFO: ",
                "ERROR: ",
                "WARNING: ",
                "FAIL: ",
                "Target ",
                "FAILED: ",
            ]
            .iter()
            .any(|head| text.starts_with(head));
            if !is_over && self.lines < LINES {
                self.lines += 1;
                open.block.push(line);
                if let Standing::Wraps { end, .. } = &mut open.standing {
                    *end = line.end + 1;
                }
                return;
            }
            self.close();
        }
        let Some(message) = text.strip_prefix("ERROR: ") else {
            return;
        };
        if NETWORK.iter().any(|words| message.contains(words)) {
            return;
        }
        if let Some(message) = of_file(message) {
            let (start, end) = (line.end, line.end + 1);
            let finding = Finding::new(BAZEL, None, Kind::Build, Block::of(line));
            self.open = Some(
                finding
                    .saying(message)
                    .standing(Standing::Wraps { start, end }),
            );
            self.lines = 0;
        } else if let Some(message) = unknown(message) {
            let finding = Finding::new(BAZEL, None, Kind::Build, Block::of(line));
            self.done.push(finding.saying(message));
        }
    }

    pub(super) fn not_built(&mut self, label: &str, line: &Line<'_>) {
        self.close();
        self.not_built.get_or_insert_with(|| {
            Finding::new(BAZEL, None, Kind::Build, Block::of(line))
                .saying(format!("{label} failed to build"))
                .standing(Standing::Fallback)
        });
    }

    pub(super) fn close(&mut self) {
        if let Some(open) = self.open.take()
            && self.done.len() < 1000
        {
            self.done.push(open);
        }
    }

    pub(super) fn end(&mut self, findings: &mut Findings) {
        self.close();
        let not_built = self.not_built.take();
        for finding in self.done.drain(..).chain(not_built) {
            findings.report(finding);
        }
    }
}

/// `no such package 'depot': ...`, also behind what was being parsed.
fn unknown(message: &str) -> Option<&str> {
    let heads = ["no such package '", "no such target '"];
    let at = heads.iter().find_map(|head| message.find(head))?;
    let message = &message[at..];
    Some(message.split(": ").next().unwrap_or(message))
}

/// `/home/ci/app/lib/BUILD:1:11: Compiling lib/bad.cc failed: (Exit 1): gcc failed: error executing command ...`: what failed,
/// and how, without the place and the command.
fn of_file(message: &str) -> Option<String> {
    let (place, rest) = message.split_once(": ")?;
    let mut parts = place.rsplitn(3, ':');
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if !is_number(parts.next()) || !is_number(parts.next()) {
        return None;
    }
    let file = parts.next()?.rsplit(['/', '\\']).next()?;
    if !FILES.contains(&file) && file.rsplit('.').next() != Some("bzl") {
        return None;
    }
    let end = rest.find("): ").map_or(rest.len(), |at| at + 1);
    Some(rest[..end].to_owned())
}
