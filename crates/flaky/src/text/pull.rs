//! The pull request and the comments that follow it.

use ftc_github::{Marker, blocks};

use super::issue::{TITLE_CHARACTERS, short};
use super::markdown::{code, fenced, percent, plain};
use crate::memo::{Feedback, Fix, REASON_BYTES};
use crate::step::Tracked;

pub(crate) fn pull_title(tracked: &Tracked) -> String {
    format!("[AI] Stabilize {}", plain(&tracked.test, TITLE_CHARACTERS))
}

pub(crate) fn pull_body(
    tracked: &Tracked,
    fix: &Fix,
    issue: u64,
    files: &[String],
    marker: &Marker,
) -> String {
    let list: Vec<String> = files
        .iter()
        .map(|file| format!("- {}", code(file)))
        .collect();
    let text = format!(
        "Fixes #{issue}: {} failed and passed on the same code.\n\n### What changes\n\n{}\n\n{}",
        code(&tracked.test),
        list.join("\n"),
        shown_proof(tracked, fix),
    );
    format!("{}\n\n{marker}\n", blocks::block("FIX_AGENT", &text))
}

fn shown_proof(tracked: &Tracked, fix: &Fix) -> String {
    let before = tracked.memo.rate.as_ref().map_or_else(String::new, |rate| {
        format!(
            "- Before: failed in {} of {} runs at `{}`\n",
            rate.failures,
            rate.runs,
            short(&rate.commit)
        )
    });
    let rate = tracked.memo.rate.as_ref().map(|rate| rate.interval().low);
    let excludes = rate.map_or_else(String::new, |low| {
        format!(" (a test that fails in {} of its runs or more would have failed with a probability of 95 %)", percent(low))
    });
    format!(
        "### What was shown\n\n{before}- After: passed {} times in a row{excludes}\n- The gates passed on tree `{}`\n- ChangeSet `{}`",
        fix.proof_runs,
        short(&fix.tree),
        fix.checksum,
    )
}

pub(crate) fn attempt_failed(stage: &str, reason: &str, attempt: usize, marker: &Marker) -> String {
    let text = format!(
        "Attempt {attempt} at a fix ended in its stage \"{stage}\"; nothing was changed.\n\n{}\n\nA new approval starts another attempt.",
        fenced(reason, REASON_BYTES),
    );
    format!("{}\n\n{marker}\n", blocks::block("FIX_AGENT", &text))
}

pub(crate) fn review_answer(fix: &Fix, feedback: &Feedback, marker: &Marker) -> String {
    let wishes: Vec<String> = feedback
        .wishes
        .iter()
        .map(|wish| format!("- [x] {}: {}", code(&wish.by), code(&wish.text)))
        .collect();
    let text = format!(
        "Answered in `{}`; the gates passed again, and the test passed {} times in a row.\n\n{}",
        short(&fix.commit),
        fix.proof_runs,
        wishes.join("\n"),
    );
    format!("{}\n\n{marker}\n", blocks::block("REVIEW_RESPONSE", &text))
}

pub(crate) fn review_unanswered(stage: &str, reason: &str, marker: &Marker) -> String {
    let text = format!(
        "The review could not be answered: the attempt ended in its stage \"{stage}\". The branch is as it was.\n\n{}",
        fenced(reason, REASON_BYTES),
    );
    format!("{}\n\n{marker}\n", blocks::block("REVIEW_RESPONSE", &text))
}

pub(crate) fn merged(pull: u64, commit: &str, marker: &Marker) -> String {
    let text = format!("Fixed by #{pull}, merged as `{}`.", short(commit));
    format!("{}\n\n{marker}\n", blocks::block("FIX_AGENT", &text))
}

pub(crate) fn closed_unmerged(pull: u64, marker: &Marker) -> String {
    let text = format!("#{pull} was closed without being merged, so nothing more is tried.");
    format!("{}\n\n{marker}\n", blocks::block("FIX_AGENT", &text))
}
