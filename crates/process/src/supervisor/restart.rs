//! When a service is started again: a pure function of its policy, its history and the time.

use std::time::Duration;

use crate::millis;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// When a service that has ended is started again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RestartPolicy {
    /// After which ends; all failures unless set.
    pub when: RestartWhen,
    /// How long after its end.
    pub backoff: Backoff,
    /// How many restarts there may be within the window; one more, and the service is in a crash loop, and stays down until
    /// a person resets it. 5 unless set.
    pub max_restarts: u32,
    /// The window; ten minutes unless set. A service that ran for at least so long begins its back-off anew.
    #[serde(rename = "window_ms", with = "millis")]
    pub window: Duration,
}

/// After which ends a service is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RestartWhen {
    /// After every end.
    Always,
    /// Unless it exited with code 0 by itself.
    #[default]
    OnFailure,
    /// Never.
    Never,
}

/// How long to wait before a restart: longer after each failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Backoff {
    /// After the first end; one second unless set.
    #[serde(rename = "initial_ms", with = "millis")]
    pub initial: Duration,
    /// At most; one minute unless set.
    #[serde(rename = "max_ms", with = "millis")]
    pub max: Duration,
    /// How many times longer each is than the one before; 2 unless set.
    pub factor: f64,
    /// How much of each step up may be left out, from 0 (nothing) to 1, so that services which failed together do not return
    /// together; 0.2 unless set. It is not random: the same name and attempt have the same delay.
    pub jitter: f64,
}

/// What a person wants of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Desired {
    /// Nobody has said.
    #[default]
    Unset,
    /// It is to run.
    Running,
    /// It is to be down, whatever its policy says.
    Stopped,
}

/// What the next start of a service follows from. Points in time are durations since the machine booted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct History {
    /// What a person wants.
    pub desired: Desired,
    /// The crash loop was reached and not reset.
    pub crash_loop: bool,
    /// A person asked for a start that has not been made yet. It is made at once, and counts as no restart.
    pub start_asked: bool,
    /// The last start.
    pub started: Option<Duration>,
    /// The end that followed it. `None` while it runs.
    pub ended: Option<Ended>,
    /// Restarts, the oldest first: as many as may count, not all.
    pub restarts: Vec<Duration>,
    /// Ends since the back-off began.
    pub attempt: u32,
}

/// An end of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ended {
    /// When.
    pub at: Duration,
    /// How.
    pub how: EndedHow,
}

/// How an end of a service counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum EndedHow {
    /// A person asked for it.
    Asked,
    /// It exited with code 0 by itself.
    Clean,
    /// Everything else: another code, a signal, a probe, a program that cannot be started.
    Failed,
}

/// What is to be done about a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NextStart {
    /// Nothing: it runs, it is to be down, or its policy leaves it down.
    None,
    /// It is to be started now.
    Now {
        /// Whether this is a restart that counts.
        is_restart: bool,
    },
    /// It is to be started then.
    At(Duration),
    /// It has been restarted too often, and is not started until a person resets it.
    CrashLoop,
}

/// What is to be done about the service `name` at the time `now`.
pub fn next_start(
    name: &str,
    policy: &RestartPolicy,
    history: &History,
    now: Duration,
) -> NextStart {
    if history.desired != Desired::Running || history.is_running() {
        return NextStart::None;
    }
    if history.crash_loop {
        return NextStart::CrashLoop;
    }
    let Some(ended) = history.ended.filter(|_| !history.start_asked) else {
        return NextStart::Now { is_restart: false };
    };
    let is_wanted = match policy.when {
        RestartWhen::Always => true,
        RestartWhen::OnFailure => ended.how == EndedHow::Failed,
        RestartWhen::Never => false,
    };
    if !is_wanted {
        return NextStart::None;
    }
    if history.restarts_within(policy.window, now) >= policy.max_restarts {
        return NextStart::CrashLoop;
    }
    let due = ended.at
        + policy
            .backoff
            .delay(name, history.attempt.saturating_sub(1));
    if due <= now {
        NextStart::Now { is_restart: true }
    } else {
        NextStart::At(due)
    }
}

impl History {
    /// Whether it was started and has not ended.
    pub fn is_running(&self) -> bool {
        self.started.is_some() && self.ended.is_none()
    }

    /// It is being started.
    pub fn record_start(&mut self, policy: &RestartPolicy, is_restart: bool, now: Duration) {
        self.start_asked = false;
        self.started = Some(now);
        self.ended = None;
        if is_restart {
            self.restarts.push(now);
        }
        let surplus = self
            .restarts
            .len()
            .saturating_sub(policy.max_restarts.max(1) as usize);
        self.restarts.drain(..surplus);
    }

    /// It has ended.
    pub fn record_end(&mut self, policy: &RestartPolicy, how: EndedHow, now: Duration) {
        let started = self.started.unwrap_or(now);
        if now.saturating_sub(started) >= policy.window {
            self.attempt = 0;
        }
        if how != EndedHow::Asked {
            self.attempt = self.attempt.saturating_add(1);
        }
        self.ended = Some(Ended { at: now, how });
    }

    /// Forgets failures: it may be restarted as often as at first, and is started at once if it was in a crash loop.
    pub fn reset(&mut self) {
        self.start_asked |= self.crash_loop && !self.is_running();
        self.crash_loop = false;
        self.restarts.clear();
        self.attempt = 0;
    }

    /// How many restarts were made within the window that ends now.
    pub(super) fn restarts_within(&self, window: Duration, now: Duration) -> u32 {
        let is_within = |at: &&Duration| now.saturating_sub(**at) < window;
        let count = self.restarts.iter().filter(is_within).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

impl RestartPolicy {
    /// The largest `max_restarts`: each is remembered.
    pub const MOST_RESTARTS: u32 = 1000;
}

impl Backoff {
    /// The delay before the restart that follows `attempt` earlier ones, in whole milliseconds. Never less than for a smaller `attempt`, and at most
    /// the maximum.
    pub fn delay(&self, name: &str, attempt: u32) -> Duration {
        let full = self.step(attempt);
        let before = attempt
            .checked_sub(1)
            .map_or(Duration::ZERO, |before| self.step(before));
        let left_out = full
            .saturating_sub(before)
            .mul_f64(self.jitter.clamp(0.0, 1.0) * share(name, attempt));
        // Whole milliseconds, as all that is stored.
        Duration::from_millis(millis::of(full.saturating_sub(left_out)))
    }

    /// The delay without jitter.
    fn step(&self, attempt: u32) -> Duration {
        let exponent = i32::try_from(attempt).unwrap_or(i32::MAX);
        let seconds = self.initial.as_secs_f64() * self.factor.powi(exponent);
        let longest = self.max.as_secs_f64();
        if seconds < longest {
            Duration::from_secs_f64(seconds)
        } else {
            self.max
        }
    }
}

/// A number from 0 to below 1 that is the same for the same name and attempt, and looks random otherwise.
fn share(name: &str, attempt: u32) -> f64 {
    let digest = Sha256::new()
        .chain_update(attempt.to_le_bytes())
        .chain_update(name)
        .finalize();
    let number = u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]]);
    f64::from(number) / (f64::from(u32::MAX) + 1.0)
}

impl Default for RestartPolicy {
    fn default() -> Self {
        Self {
            when: RestartWhen::default(),
            backoff: Backoff::default(),
            max_restarts: 5,
            window: Duration::from_secs(600),
        }
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            initial: Duration::from_secs(1),
            max: Duration::from_secs(60),
            factor: 2.0,
            jitter: 0.2,
        }
    }
}
