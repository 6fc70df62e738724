//! What the CI of a project does with one commit: runs all tests, and some of them again.

use ftc_fingerprint::Fingerprint;
use ftc_fingerprint::history::{Observation, Outcome, disturbance};
use jiff::{SignedDuration, Timestamp};

use crate::world::{Break, Builder, Cause, Retries, TESTS, Test};

const JOBS: usize = 4;

/// Why a test failed, with the number of the change, outage or flaky test: equal ones look the same in a log.
type Why = (Cause, usize);

/// Makes an observation of a test at some time.
type Observe<'a> = &'a dyn Fn(Timestamp, usize, Outcome) -> Observation;

impl Builder {
    /// Runs all tests at one commit, and failed jobs again if the project does that.
    pub fn run_all(&mut self, run: usize, broken: &[Break], observe: Observe<'_>) {
        if self.storms.iter().any(|storm| storm.runs.contains(&run)) {
            self.project.storms.push(self.project.end);
        }
        let mut jobs: Vec<usize> = (0..JOBS).collect();
        let mut calm = false;
        let mut results = Vec::new();
        for attempt in 1..=3 {
            let mut failed = Vec::new();
            for test in (0..TESTS).filter(|test| jobs.contains(&(test % JOBS))) {
                let (outcome, why) = self.one(run, test, broken, calm);
                if outcome == Outcome::Failed {
                    failed.push(test % JOBS);
                }
                let seen = observe(self.project.end, test, outcome).attempt(attempt);
                results.push((test, seen, why));
            }
            jobs.retain(|job| failed.contains(job));
            let again = self.project.retries == Retries::OfJobs && self.random.happens(0.85);
            if jobs.is_empty() || !again {
                break;
            }
            self.project.end += SignedDuration::from_mins(20);
            calm = calm || self.random.happens(0.3);
        }
        self.record(results);
    }

    /// What was seen, with what anybody could tell of the run as a whole: how many tests failed in it, and how many of them in
    /// one way.
    fn record(&mut self, results: Vec<(usize, Observation, Option<Why>)>) {
        let failed = |wanted: Option<Why>| {
            let mut tests: Vec<usize> = results
                .iter()
                .filter(|(_, _, why)| why.is_some() && (wanted.is_none() || *why == wanted))
                .map(|(test, ..)| *test)
                .collect();
            tests.sort_unstable();
            tests.dedup();
            u64::try_from(tests.len()).expect("a small number")
        };
        let all = failed(None);
        let mut known: Vec<(Why, u64)> = Vec::new();
        for why in results.iter().filter_map(|(_, _, why)| *why) {
            if !known.iter().any(|(other, _)| *other == why) {
                known.push((why, failed(Some(why))));
            }
        }
        for (test, mut seen, why) in results {
            if let Some(why) = why {
                let same = known.iter().find(|(other, _)| *other == why);
                let tests = u64::try_from(TESTS).expect("a small number");
                seen = seen
                    .disturbed(disturbance(tests, all, same.map_or(1, |(_, count)| *count)))
                    .cause(key(why));
            }
            self.project.tests[test].seen.push(seen);
            self.project.tests[test]
                .causes
                .push(why.map(|(cause, _)| cause));
        }
    }

    /// One test, with the retries of its runner.
    fn one(
        &mut self,
        run: usize,
        test: usize,
        broken: &[Break],
        calm: bool,
    ) -> (Outcome, Option<Why>) {
        let first = self.try_one(run, test, broken, calm);
        if first.is_none() {
            return (Outcome::Passed, None);
        }
        if self.project.retries == Retries::InJob {
            for _ in 0..2 {
                if self.try_one(run, test, broken, calm).is_none() {
                    return (Outcome::PassedOnRetry, first);
                }
            }
        }
        (Outcome::Failed, first)
    }

    fn try_one(&mut self, run: usize, test: usize, broken: &[Break], calm: bool) -> Option<Why> {
        for (number, storm) in self.storms.iter().enumerate() {
            let hits = !calm && storm.runs.contains(&run) && storm.victims.contains(&test);
            if hits && self.random.happens(storm.force) {
                return Some((Cause::Storm, number));
            }
        }
        if let Some(broken) = broken.iter().find(|broken| broken.test == test) {
            return Some((Cause::Regression, broken.change));
        }
        let Test { rate, moody, .. } = self.project.tests[test];
        let mood = if moody { self.moods[test] } else { 1.0 };
        let flakes = self.random.happens((rate * mood).min(1.0));
        flakes.then_some((Cause::Flake, test))
    }
}

/// What the messages of one cause have in common.
fn key((cause, number): Why) -> Fingerprint {
    let mut key = [0; 32];
    key[0] = u8::try_from(cause as usize).expect("a small number");
    key[1..9].copy_from_slice(&u64::try_from(number).expect("a small number").to_le_bytes());
    Fingerprint(key)
}
