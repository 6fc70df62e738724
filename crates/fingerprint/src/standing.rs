//! Which findings stand when several tools tell of one failure.

use crate::enclosure;
use crate::findings::{Finding, Standing};
use crate::kind::Kind;

/// Leaves out what only wraps or only follows from other failures.
pub(crate) fn settle(mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut starts: Vec<u64> = findings
        .iter()
        .filter(|finding| finding.standing == Standing::Own)
        .filter_map(|finding| finding.place().map(|(start, _)| start))
        .collect();
    starts.sort_unstable();
    findings.retain(|finding| match finding.standing {
        Standing::Wraps { start, end } => {
            let place = |offset| enclosure::place(finding.stream, offset);
            let (start, end) = (place(start), place(end));
            let first = starts.partition_point(|&at| at < start);
            starts.get(first).is_none_or(|&at| at >= end)
        }
        Standing::Own | Standing::Fallback | Standing::UnlessInfra => true,
    });
    settle_infra(&mut findings);
    let is_told = findings
        .iter()
        .any(|finding| finding.standing != Standing::Fallback && !finding.passed_on_retry);
    findings.retain(|finding| finding.standing != Standing::Fallback || !is_told);
    // Of those that only follow, a killed process tells more than that its rule failed.
    let is_killed = |finding: &Finding| {
        finding.standing == Standing::Fallback && TELLERS.contains(&finding.framework.family)
    };
    if findings.iter().any(is_killed) {
        findings.retain(|finding| finding.standing != Standing::Fallback || is_killed(finding));
    }
    findings
}

/// Families that tell of the machine and the network themselves.
const TELLERS: [&str; 2] = ["infra", "runner"];

/// Trouble with the machine or the network that a failed test tells of is that test's; what the compiler says of it is no
/// failure of the code.
fn settle_infra(findings: &mut Vec<Finding>) {
    let is_infra = |finding: &Finding| finding.test.is_none() && finding.kind == Kind::Infra;
    let told: Vec<(u64, u64)> = findings
        .iter()
        .filter(|finding| finding.test.is_some())
        .filter_map(Finding::place)
        .collect();
    findings.retain(|finding| {
        let is_told = is_infra(finding) && finding.framework.family == "infra";
        let Some((at, _)) = finding.place().filter(|_| is_told) else {
            return true;
        };
        !told.iter().any(|&(start, end)| (start..end).contains(&at))
    });
    let causes: Vec<u64> = findings
        .iter()
        .filter(|finding| {
            is_infra(finding)
                && finding.standing == Standing::Own
                && TELLERS.contains(&finding.framework.family)
        })
        .filter_map(|finding| finding.place().map(|(start, _)| start))
        .collect();
    if causes.is_empty() {
        return;
    }
    findings.retain(|finding| {
        if finding.test.is_some() || TELLERS.contains(&finding.framework.family) {
            return true;
        }
        let holds_cause = finding
            .place()
            .is_some_and(|(start, end)| causes.iter().any(|at| (start..end).contains(at)));
        !holds_cause && finding.standing != Standing::UnlessInfra
    });
}
