//! Decides which causes ended the run.
//!
//! A cause counts when its step failed, when no tool summed up its run behind it, and when nobody said that it would be
//! tried again. Causes of one group in one step are one failure: the first of those that say most.

use std::collections::BTreeMap;

use crate::findings::{Block, Finding, Findings, Standing};
use crate::kind::{Framework, Kind};
use crate::line::Line;
use crate::recognizer::Recognizer;

use super::cause::{ANCHORS, Cause, is_same, says_retry};
use super::table::Group;

pub(super) const INFRA: Framework = Framework::new("infra", "infra");

/// Words that end a job, behind which the lines above are looked at.
pub(super) const ENDS: &[&str] = &["^ERROR: Job failed"];

/// Lines behind a cause that are read whatever they hold, for more words of the same tool and for retries.
const FOLLOWED: u32 = 24;

/// A run that goes on for so many lines after a cause was not ended by it.
const LINES_TO_END: u64 = 300;

/// Causes of one step that are kept.
const PENDING_LIMIT: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Watch {
    pending: Vec<Pending>,
    /// Lines that are still to be read behind the newest cause.
    followed: u32,
    /// Offset of the line that began the current step.
    step: u64,
}

#[derive(Debug)]
struct Pending {
    cause: Cause,
    block: Block,
    line: u64,
    start: u64,
}

impl Recognizer for Watch {
    fn anchors(&self) -> &'static [&'static str] {
        &ANCHORS
    }

    fn follows(&self) -> bool {
        self.followed > 0
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        self.followed = self.followed.saturating_sub(1);
        let text = line.text.as_ref();
        if text.starts_with("##[group]Run ") {
            self.pending.clear();
            self.step = line.start;
            return;
        }
        self.take(line);
        if text.starts_with("##[error]") || text.starts_with("ERROR: Job failed") {
            self.failed(line, findings);
        }
    }

    fn reads_runner_lines(&self) -> bool {
        true
    }

    fn end(&mut self, line: &Line<'_>, findings: &mut Findings) {
        self.failed(line, findings);
    }

    fn finish(&mut self, _findings: &mut Findings) {}
}

impl Watch {
    /// Reads a line for a cause, or for the word that the last one will be tried again.
    fn take(&mut self, line: &Line<'_>) {
        let Some(cause) = Cause::of(&line.text) else {
            if let Some(last) = self.pending.last_mut()
                && last.line + u64::from(FOLLOWED) > line.number
            {
                last.cause.will_retry |= says_retry(&line.text);
                if self.followed > 0 && !line.text.starts_with("##[") {
                    last.block.push(line);
                }
            }
            return;
        };
        self.followed = FOLLOWED;
        if cause.row.group != Group::Head && self.pending.len() < PENDING_LIMIT {
            self.pending.push(Pending::new(cause, line));
        }
    }

    /// What was run has failed at `line`: reports what ended it.
    fn failed(&mut self, line: &Line<'_>, findings: &mut Findings) {
        self.look_back(line, findings);
        let last_words = line
            .above()
            .find(|above| !above.text.trim().is_empty())
            .map(|above| above.start);
        let mut groups: BTreeMap<Group, Pending> = BTreeMap::new();
        for pending in std::mem::take(&mut self.pending) {
            if !pending.stands(line, last_words, findings) {
                continue;
            }
            match groups.get_mut(&pending.cause.row.group) {
                Some(known) if known.cause.row.rank <= pending.cause.row.rank => {
                    known.absorb(pending);
                }
                Some(known) => {
                    let weaker = std::mem::replace(known, pending);
                    known.absorb(weaker);
                }
                None => {
                    groups.insert(pending.cause.row.group, pending);
                }
            }
        }
        for pending in groups.into_values() {
            findings.report(pending.finding());
        }
    }

    /// Reads the last lines for causes that no anchor shows.
    fn look_back(&mut self, line: &Line<'_>, findings: &Findings) {
        let held = findings.enclosures.held_until;
        let mut lines: Vec<Line<'_>> = line
            .above()
            .take_while(|above| above.start >= self.step && (held == 0 || above.start > held))
            .take_while(|above| !above.text.starts_with("##[group]"))
            .collect();
        lines.reverse();
        self.step = line.start;
        for above in lines {
            if self.pending.iter().any(|known| known.start == above.start) {
                continue;
            }
            match Cause::of(&above.text) {
                Some(cause) if cause.row.group == Group::Head => {}
                Some(cause) if self.pending.len() < PENDING_LIMIT => {
                    self.pending.push(Pending::new(cause, &above));
                    self.pending.sort_by_key(|pending| pending.start);
                }
                _ if says_retry(&above.text) => {
                    let before = |known: &&mut Pending| known.start < above.start;
                    if let Some(last) = self.pending.iter_mut().rev().find(before)
                        && last.line + u64::from(FOLLOWED) > above.number
                    {
                        last.cause.will_retry = true;
                    }
                }
                _ => {}
            }
        }
    }
}

impl Pending {
    fn new(cause: Cause, line: &Line<'_>) -> Self {
        Self {
            cause,
            block: Block::of(line),
            line: line.number,
            start: line.start,
        }
    }

    /// Whether this ended what failed at `end`, of which the last words stand at `last_words`.
    fn stands(&self, end: &Line<'_>, last_words: Option<u64>, findings: &Findings) -> bool {
        if self.cause.will_retry && last_words != Some(self.start) {
            return false;
        }
        if findings.summed_up_between(self.start, end.start) {
            return false;
        }
        let is_near = self.line + LINES_TO_END >= end.number;
        is_near
            || !findings.list.iter().any(|finding| {
                let at = finding.block.span.map(|span| span.start);
                at.is_some_and(|at| at > self.start)
            }) && end.text.starts_with("##[error]")
    }

    /// Takes in what says less of the same.
    fn absorb(&mut self, other: Self) {
        debug_assert!(is_same(&self.cause, &other.cause));
        // What stood before it is told with it, but its place stays its own.
        let place = self.block.span;
        self.block.append(other.block);
        self.block.span = place;
    }

    fn finding(self) -> Finding {
        let mut finding = Finding::new(INFRA, None, Kind::Infra, self.block);
        finding.detail = Some(self.cause.row.id.to_owned());
        finding.message = self.cause.message;
        if self.cause.row.only_follows {
            finding.standing = Standing::Fallback;
        }
        finding
    }
}
