//! CI systems that speak without any mark in their last lines. Texts: `CircleCI`, Travis CI and `AppVeyor` documentation, 2024;
//! Kubernetes 1.2x events as Prow and GitLab show them.

use super::{Group, Row, row};

pub(super) const ROWS: &[Row] = &[
    limit(
        "Too long with no output",
        r"^(?P<m>Too long with no output) \(exceeded ",
    ),
    limit(
        "exceeded the maximum time limit",
        r"^(?P<m>The job exceeded the maximum time limit for jobs), and has been terminated",
    ),
    limit(
        "No output has been received in the last",
        r"^(?P<m>No output has been received in the last) \S+, this potentially indicates a stalled build",
    ),
    limit(
        "Build execution time has reached the maximum",
        r"^(?P<m>Build execution time has reached the maximum allowed time)",
    ),
    row(
        "runner-lost",
        Group::Runner,
        1,
        "",
        "Agent went offline",
        r"^(?P<m>Agent went offline during the build)",
    ),
    row(
        "runner-lost",
        Group::Runner,
        1,
        "prow",
        "pod ",
        r"^(?:Job failed: |Pod |.*: )?(?P<m>(?:Pod got deleted unexpectedly|pod pending timeout|Pod scheduling timeout|pod was evicted))",
    ),
];

/// Something takes too long, of which something else may say more.
const fn limit(needle: &'static str, pattern: &'static str) -> Row {
    let mut row = row("job-time-limit", Group::Runner, 2, "", needle, pattern);
    row.only_follows = true;
    row
}
