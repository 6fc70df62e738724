//! The issue of a flaky test: four blocks that the cleaner keeps up to date. What people write around them stays.

use ftc_github::{Marker, blocks};
use ftc_state::{Occurrence, Origin};

use super::markdown::{code, fenced, percent, plain};
use crate::labels::LABEL_PREFIX;
use crate::rate::Rate;
use crate::step::Tracked;

/// Rows of the table of evidence.
const MOST_ROWS: usize = 5;
/// Excerpts that are shown.
const MOST_EXCERPTS: usize = 2;
const EXCERPT_BYTES: usize = 8 * 1024;
pub(super) const TITLE_CHARACTERS: usize = 200;

pub(crate) fn issue_title(tracked: &Tracked) -> String {
    format!("[flaky] {}", plain(&tracked.test, TITLE_CHARACTERS))
}

/// The whole body of a new issue. Its marker is what it is found by again.
pub(crate) fn issue_body(tracked: &Tracked, occurrences: &[Occurrence], marker: &Marker) -> String {
    let blocks: Vec<String> = issue_blocks(tracked, occurrences)
        .iter()
        .map(|(name, text)| blocks::block(name, text))
        .collect();
    format!("{}\n\n{marker}\n", blocks.join("\n\n"))
}

/// The blocks by their names.
pub(crate) fn issue_blocks(tracked: &Tracked, occurrences: &[Occurrence]) -> Vec<(String, String)> {
    [
        ("SUMMARY", summary(tracked)),
        ("EVIDENCE", evidence(occurrences)),
        ("EXCERPTS", excerpts(occurrences)),
        ("AUTOMATION", automation(tracked)),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text))
    .collect()
}

fn summary(tracked: &Tracked) -> String {
    let known = &tracked.known;
    let rate = tracked.memo.rate.as_ref().map(rate_line);
    let mut lines = vec![format!(
        "The test {} fails and passes on the same code.\n{}",
        code(&tracked.test),
        rate.unwrap_or_default(),
    )];
    lines.push(format!("- Kind of failure: {}", known.kind));
    lines.extend(
        known
            .suite
            .iter()
            .map(|suite| format!("- Part of: {}", code(suite))),
    );
    lines.push(format!("- Message: {}", code(&known.message)));
    lines.join("\n")
}

/// How often it fails, in one sentence.
pub(crate) fn rate_line(rate: &Rate) -> String {
    if rate.runs <= rate.failures {
        return format!("\nIt was seen to fail {} times.\n", rate.failures);
    }
    let interval = rate.interval();
    format!(
        "\nIt failed in **{} of {} runs ({})** at commit `{}`; the true share is between {} and {} with a confidence of 95 %.\n",
        rate.failures,
        rate.runs,
        percent(interval.share),
        short(&rate.commit),
        percent(interval.low),
        percent(interval.high),
    )
}

fn evidence(occurrences: &[Occurrence]) -> String {
    let rows = occurrences.iter().take(MOST_ROWS).map(|occurrence| {
        let failure = &occurrence.failure;
        let commit = occurrence.commit.as_deref();
        format!(
            "| {} | {} | {} | {} |",
            code(&run_name(occurrence)),
            commit.map_or_else(|| "unknown".to_owned(), |commit| code(short(commit))),
            code(failure.test.as_deref().unwrap_or_default()),
            code(failure.message.lines().next().unwrap_or_default()),
        )
    });
    let head = ["| Run | Commit | Test | Message |", "|---|---|---|---|"].map(str::to_owned);
    head.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn excerpts(occurrences: &[Occurrence]) -> String {
    let excerpts: Vec<String> = occurrences
        .iter()
        .take(MOST_EXCERPTS)
        .map(|occurrence| {
            format!(
                "<details><summary><code>{}</code></summary>\n\n{}\n\n</details>",
                html(&run_name(occurrence)),
                fenced(&occurrence.failure.excerpt, EXCERPT_BYTES),
            )
        })
        .collect();
    excerpts.join("\n")
}

/// A run as a person would call it.
fn run_name(occurrence: &Occurrence) -> String {
    match occurrence.source.origin() {
        Origin::Run {
            url, attempt, file, ..
        } if url.starts_with("local:") => {
            let when = occurrence.first_scanned.strftime("%Y-%m-%d %H:%M");
            format!("local run {attempt} of {file}, {when} UTC")
        }
        // A path that somebody else's scan put into the store may say who has what where.
        Origin::File { path, .. } if path.starts_with('/') => {
            path.rsplit('/').next().unwrap_or_default().to_owned()
        }
        _ => occurrence.source.to_string(),
    }
}

fn automation(tracked: &Tracked) -> String {
    format!(
        "<details><summary>Automation</summary>\n\n- Fingerprint: `{}` ({})\n- A maintainer allows an automatic fix with a comment \
         that is exactly `/ai-fix`, or with the label `{LABEL_PREFIX}ai-fix-approved`.\n\n</details>",
        tracked.known.fingerprint, tracked.known.fingerprint_version,
    )
}

/// Text inside an HTML element. In `code` it mentions nobody.
fn html(text: &str) -> String {
    let text = ftc_redact::clean(text, 300).into_owned();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

pub(crate) fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
