//! How the outcomes of a test change.

use jiff::Timestamp;

use super::observation::Observation;
use super::timeline::Timeline;
use super::verdict::Trend;
use crate::rate::float;

pub(crate) fn trend(timeline: &Timeline<'_>, now: Timestamp) -> Trend {
    let (mut pairs, mut flips) = (0_u64, 0_u64);
    for commits in timeline.branches.values() {
        let mut runs: Vec<&Observation> = commits.iter().flat_map(|c| &c.runs).copied().collect();
        runs.sort_by_key(|run| (run.time, run.attempt));
        for pair in runs.windows(2) {
            pairs += 1;
            flips += u64::from(pair[0].failed() != pair[1].failed());
        }
    }
    let changed = timeline.changed;
    Trend {
        flip_rate: (pairs > 0).then(|| float(flips) / float(pairs)),
        runs_since_change: changed.map(|changed| {
            timeline
                .runs
                .iter()
                .filter(|run| run.time >= changed)
                .count() as u64
        }),
        time_since_change: changed.map(|changed| now.duration_since(changed)),
    }
}
