//! Projects and their CI, as they are outside: tests, some of them flaky; pull requests that break tests and are mended; breaks
//! that reach the main branch; machines and services that fail for a while; retries. Nothing here knows how failures are
//! classified.

use ftc_fingerprint::history::Observation;
use jiff::{SignedDuration, Timestamp};

use crate::random::Random;

/// Why a test really failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    Flake,
    Regression,
    Storm,
}

/// How a project treats red jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retries {
    /// The next commit will tell.
    None,
    /// The runner runs a failed test again, up to two times.
    InJob,
    /// Failed jobs are run again, up to two times, mostly.
    OfJobs,
}

/// A test and all that was seen of it.
pub struct Test {
    /// How often it fails for no reason; 0 for a good test.
    pub rate: f64,
    /// Its flakes come on bad days.
    pub moody: bool,
    pub seen: Vec<Observation>,
    /// Why each of `seen` failed.
    pub causes: Vec<Option<Cause>>,
    /// The commits that broke it.
    pub broken_by: Vec<String>,
}

impl Test {
    /// It is flaky, or it failed.
    pub fn is_of_interest(&self) -> bool {
        self.rate > 0.0 || self.causes.iter().any(Option::is_some)
    }

    /// It failed, and never for anything else.
    pub fn only(&self, cause: Cause) -> bool {
        let mut causes = self.causes.iter().flatten().peekable();
        causes.peek().is_some() && causes.all(|other| *other == cause)
    }
}

/// A project after its runs.
pub struct Project {
    pub tests: Vec<Test>,
    pub retries: Retries,
    pub end: Timestamp,
    /// When runs began that an outage hit.
    pub storms: Vec<Timestamp>,
}

pub const TESTS: usize = 120;

/// A pull request.
struct Change {
    number: usize,
    pushes: usize,
    pushes_left: usize,
    /// The tests whose files it touches.
    touches: Vec<usize>,
    breaks: Vec<usize>,
    /// The break was pushed.
    shown: bool,
    /// The break shows only once it is merged.
    slips: bool,
}

/// A test that a change breaks; all of them with one message.
#[derive(Clone, Copy)]
pub struct Break {
    pub test: usize,
    pub change: usize,
}

/// An outage that some tests, or nearly all, suffer from.
pub struct Storm {
    pub runs: std::ops::Range<usize>,
    pub victims: Vec<usize>,
    pub force: f64,
}

pub struct Builder {
    pub random: Random,
    pub project: Project,
    pub storms: Vec<Storm>,
    open: Vec<Change>,
    /// Tests broken on the main branch, and the count of merges that mends them.
    broken: Vec<(Break, usize)>,
    merges: usize,
    changes: usize,
    commits: usize,
    /// Multiplies the rate of each moody test today.
    pub moods: Vec<f64>,
    hours: usize,
}

/// Makes a project and lets it run `runs` times, retries not counted.
pub fn project(seed: u64, runs: usize) -> Project {
    let mut random = Random::new(seed);
    let retries = match random.between(0, 4) {
        0 => Retries::None,
        1 | 2 => Retries::InJob,
        _ => Retries::OfJobs,
    };
    let tests = (0..TESTS)
        .map(|_| Test {
            rate: if random.happens(0.1) {
                random.of_any_size(0.005, 0.3)
            } else {
                0.0
            },
            moody: random.happens(0.15),
            seen: Vec::new(),
            causes: Vec::new(),
            broken_by: Vec::new(),
        })
        .collect();
    let storms = (0..random.between(0, 2))
        .map(|_| storm(&mut random, runs))
        .collect();
    let hours = random.between(2, 8);
    let mut builder = Builder {
        random,
        project: Project {
            tests,
            retries,
            end: "2026-03-01T00:00:00Z".parse().expect("a time"),
            storms: Vec::new(),
        },
        storms,
        open: Vec::new(),
        broken: Vec::new(),
        merges: 0,
        changes: 0,
        commits: 0,
        moods: vec![1.0; TESTS],
        hours,
    };
    for run in 0..runs {
        builder.step(run);
    }
    builder.project
}

fn storm(random: &mut Random, runs: usize) -> Storm {
    let start = random.between(0, runs - 1);
    let length = random.between(1, 6);
    let victims = if random.happens(0.5) {
        (0..TESTS).collect()
    } else {
        let first = random.between(0, TESTS - 40);
        (first..first + random.between(3, 40)).collect()
    };
    Storm {
        runs: start..start + length,
        victims,
        force: 0.85 + 0.15 * random.share(),
    }
}

impl Builder {
    /// The next thing that happens: a push to a pull request, or a merge.
    fn step(&mut self, run: usize) {
        let pause = self.random.between(1, 2 * self.hours - 1);
        let before = self.project.end;
        self.project.end +=
            SignedDuration::from_hours(i64::try_from(pause).expect("a small number"));
        if before.as_second() / 86_400 != self.project.end.as_second() / 86_400 {
            for mood in &mut self.moods {
                *mood = if self.random.happens(0.2) { 4.0 } else { 0.25 };
            }
        }
        while self.open.len() < 4 {
            let change = self.new_change();
            self.open.push(change);
        }
        let chosen = self.random.between(0, self.open.len() - 1);
        self.commits += 1;
        let commit = format!("{:07x}", self.commits * 7919);
        if self.open[chosen].pushes_left > 0 {
            self.push(run, chosen, &commit);
        } else {
            self.merge(run, chosen, &commit);
        }
    }

    fn new_change(&mut self) -> Change {
        self.changes += 1;
        let breaks: Vec<usize> = if self.random.happens(0.3) {
            let count = if self.random.happens(0.7) {
                1
            } else {
                self.random.between(2, 8)
            };
            let first = self.random.uneven(TESTS - 8);
            (first..first + count).collect()
        } else {
            Vec::new()
        };
        let mut touches = Vec::new();
        for &test in &breaks {
            if self.random.happens(0.4) {
                touches.push(test);
            }
        }
        if self.random.happens(0.3) {
            touches.push(self.random.between(0, TESTS - 1));
        }
        let pushes = self.random.between(1, 4);
        Change {
            number: self.changes,
            pushes,
            pushes_left: pushes,
            touches,
            shown: false,
            slips: !breaks.is_empty() && self.random.happens(0.15),
            breaks,
        }
    }

    fn push(&mut self, run: usize, chosen: usize, commit: &str) {
        let change = &mut self.open[chosen];
        change.pushes_left -= 1;
        // The last push is never a broken one; a single one is mended by another.
        let mut own = Vec::new();
        if !change.breaks.is_empty() && !change.slips {
            if change.pushes_left == 0 && change.pushes > 1 {
                change.breaks.clear();
            } else {
                own.clone_from(&change.breaks);
                if !std::mem::replace(&mut change.shown, true) {
                    for &test in &own {
                        self.project.tests[test].broken_by.push(commit.to_owned());
                    }
                }
                if change.pushes_left == 0 {
                    change.pushes_left = 1;
                    change.pushes += 1;
                }
            }
        }
        let (change, touches) = (change.number, change.touches.clone());
        let name = format!("#{change}");
        let own = own.into_iter().map(|test| Break { test, change });
        let broken: Vec<Break> = own
            .chain(self.broken.iter().map(|(broken, _)| *broken))
            .collect();
        self.run_all(run, &broken, &|at, test, outcome| {
            let seen = Observation::new(commit, at, outcome).on_change(name.as_str());
            if touches.contains(&test) {
                seen.test_changed()
            } else {
                seen
            }
        });
    }

    fn merge(&mut self, run: usize, chosen: usize, commit: &str) {
        let change = self.open.swap_remove(chosen);
        self.merges += 1;
        let now = self.merges;
        self.broken.retain(|(_, mended)| *mended > now);
        if change.slips {
            let mended = now + self.random.between(1, 6);
            for &test in &change.breaks {
                self.project.tests[test].broken_by.push(commit.to_owned());
            }
            let number = change.number;
            let broken = change.breaks.iter().map(|&test| Break {
                test,
                change: number,
            });
            self.broken.extend(broken.map(|broken| (broken, mended)));
        }
        let broken: Vec<Break> = self.broken.iter().map(|(broken, _)| *broken).collect();
        let order = u64::try_from(now).expect("a small number");
        let touches = change.touches;
        self.run_all(run, &broken, &|at, test, outcome| {
            let seen = Observation::new(commit, at, outcome).order(order);
            if touches.contains(&test) {
                seen.test_changed()
            } else {
                seen
            }
        });
    }
}
