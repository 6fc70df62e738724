//! A forge that takes writes and makes none.

mod checks;
mod issues;
mod overlay;
mod people;
mod pulls;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::error::Result;
use crate::forge::Forge;
use crate::ids::{IssueNumber, Login};
use crate::local::Clock;
use crate::model::{IssueFilter, PullFilter};
use crate::page::PageRequest;
use crate::rules::Need;
use overlay::Overlay;

/// A forge that takes every write, answers as if it had been made, and makes none: reads show the forge beneath with the
/// simulated writes on it, and nothing but reads ever reaches that.
///
/// New issues and pull requests are numbered on from the highest number there is. What only a repository can tell is not
/// simulated: that a pushed commit exists, and that a branch has commits that its base lacks.
pub struct DryRun {
    inner: Arc<dyn Forge>,
    overlay: Mutex<Overlay>,
    clock: Clock,
}

/// A write that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimulatedWrite {
    /// The call: `create_issue`.
    pub call: &'static str,
    /// What it was about: `#3`, or the name of a branch or a label.
    pub target: String,
}

impl DryRun {
    /// Simulates writes on top of `inner`.
    pub fn new(inner: Arc<dyn Forge>) -> Self {
        Self {
            inner,
            overlay: Mutex::default(),
            clock: Clock::default(),
        }
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// The calls that would have written something, in their order.
    pub fn simulated(&self) -> Vec<SimulatedWrite> {
        self.overlay().writes.clone()
    }

    /// Every change of the overlay is one assignment, so what a panicking thread leaves is whole.
    fn overlay(&self) -> MutexGuard<'_, Overlay> {
        self.overlay.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn require(&self, need: Need<'_>) -> Result<Login> {
        let viewer = self.inner.viewer().await?;
        let permission = self.inner.permission(&viewer).await?;
        need.check(&viewer, permission)?;
        Ok(viewer)
    }

    /// The number that the forge beneath would give next.
    async fn next_number(&self) -> Result<IssueNumber> {
        let issues = IssueFilter::default();
        let pulls = PullFilter::default();
        let issue = self.inner.issues(&issues, PageRequest::first(1)).await?;
        let pull = self.inner.pulls(&pulls, PageRequest::first(1)).await?;
        let known = [
            issue.items.first().map(|issue| issue.number),
            pull.items.first().map(|pull| pull.number),
            self.overlay().highest_number(),
        ];
        let highest = known.into_iter().flatten().max();
        Ok(IssueNumber(highest.map_or(1, |number| number.0 + 1)))
    }
}

impl Forge for DryRun {
    fn repository(&self) -> &str {
        self.inner.repository()
    }

    fn describe(&self) -> String {
        format!("a dry run on {}", self.inner.describe())
    }

    fn location(&self, number: IssueNumber) -> String {
        self.inner.location(number)
    }
}

impl std::fmt::Debug for DryRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DryRun")
            .field("inner", &self.inner.describe())
            .field("writes", &self.overlay().writes.len())
            .finish_non_exhaustive()
    }
}
