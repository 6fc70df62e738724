//! One step of one failure: from what the store and the forge say to the next state.

mod approval;
mod fix;
mod issue;
mod moved;
mod rate;
mod review;

pub(crate) use self::rate::note_rate;

use std::cmp::Reverse;
use std::sync::Arc;

use ftc_github::{IssueNumber, Marker, PlannedWrite};
use ftc_state::{
    KnownFingerprint, Lifecycle, LifecycleState, Occurrence, OutboxDraft, OutboxFilter, Transition,
};

use crate::blocking::blocking;
use crate::cleaner::Cx;
use crate::discover::all;
use crate::error::FailureError;
use crate::memo::Memo;
use crate::observe::Event;
use crate::outbox::{self, Flushed};

/// As many as an issue shows, with room.
const MOST_OCCURRENCES: usize = 10;

/// What a step came to.
pub(crate) enum Next {
    /// The lifecycle moved on or was brought up to date.
    Moved(Box<Lifecycle>),
    /// It waits for somebody; the text says for what.
    Waits(String),
    /// There is nothing more to do.
    Final,
}

/// A failure with all that is remembered of it.
#[derive(Debug, Clone)]
pub(crate) struct Tracked {
    pub(crate) lifecycle: Lifecycle,
    pub(crate) memo: Memo,
    pub(crate) known: KnownFingerprint,
    pub(crate) test: String,
}

/// A transition that was decided.
pub(crate) struct Move {
    pub(crate) to: LifecycleState,
    pub(crate) reason: String,
    pub(crate) writes: Vec<PlannedWrite>,
}

/// Sends what is unsent, and then takes one step.
pub(crate) async fn step(cx: &Arc<Cx>, lifecycle: &Lifecycle) -> Result<Next, FailureError> {
    let unsent = OutboxFilter::pending().of(lifecycle.fingerprint);
    let flushed = outbox::flush(cx, unsent).await?;
    let tracked = {
        let lifecycle = lifecycle.clone();
        blocking(cx, move |cx| Tracked::load(cx, &lifecycle)).await?
    };
    if let Flushed::BranchMoved(entry) = flushed {
        return moved::plan_anew(cx, tracked, &entry).await;
    }
    match tracked.lifecycle.state {
        LifecycleState::Discovered => issue::open(cx, tracked).await,
        LifecycleState::NeedsUpdate => issue::updated(cx, tracked).await,
        LifecycleState::IssueOpen => issue::analyse(cx, tracked).await,
        LifecycleState::Triaged => issue::wait(cx, tracked).await,
        LifecycleState::WaitingForSignal => approval::look(cx, tracked).await,
        LifecycleState::ApprovedToFix => fix::attempt(cx, tracked).await,
        LifecycleState::PrOpen => review::look(cx, tracked).await,
        LifecycleState::PrNeedsChanges => review::answer(cx, tracked).await,
        LifecycleState::PrUpdating => review::updated(cx, tracked).await,
        state if state.is_final() => Ok(Next::Final),
        state => Ok(Next::Waits(format!(
            "somebody who knows what `{state}` is for"
        ))),
    }
}

impl Tracked {
    fn load(cx: &Cx, lifecycle: &Lifecycle) -> Result<Self, FailureError> {
        let store = &cx.parts.store;
        let (repository, fingerprint) = (&lifecycle.repository, &lifecycle.fingerprint);
        let lost = || FailureError::Lost {
            fingerprint: fingerprint.to_string(),
        };
        let lifecycle = store
            .load_lifecycle(repository, fingerprint)?
            .ok_or_else(lost)?;
        let known = store
            .load_fingerprint(repository, fingerprint)?
            .ok_or_else(lost)?;
        Ok(Self {
            memo: Memo::parse(&lifecycle.memo, &fingerprint.to_string())?,
            test: known.test.clone().unwrap_or_default(),
            known,
            lifecycle,
        })
    }

    /// What a thing of the cleaner is found by on the forge.
    pub(crate) fn marker(&self, kind: &str) -> Marker {
        Marker::new(kind, self.known.fingerprint.to_string())
    }

    /// The marker of one of several things of a kind.
    pub(crate) fn numbered_marker(&self, kind: &str, number: usize) -> Marker {
        Marker::new(kind, format!("{}-{number}", self.known.fingerprint))
    }

    pub(crate) fn issue(&self) -> Result<IssueNumber, FailureError> {
        let number = self.lifecycle.issue.ok_or_else(|| FailureError::NoNumber {
            what: "issue",
            state: self.lifecycle.state,
        })?;
        Ok(IssueNumber(number))
    }

    pub(crate) fn pull(&self) -> Result<IssueNumber, FailureError> {
        let number = self.lifecycle.pull.ok_or_else(|| FailureError::NoNumber {
            what: "pull request",
            state: self.lifecycle.state,
        })?;
        Ok(IssueNumber(number))
    }

    /// The latest occurrences, the newest first: by the time of the log where it has one, else by when it was read.
    pub(crate) fn occurrences(&self, cx: &Cx) -> Result<Vec<Occurrence>, FailureError> {
        let lifecycle = &self.lifecycle;
        let mut seen = all(|page| {
            let store = &cx.parts.store;
            store.list_occurrences(&lifecycle.repository, &lifecycle.fingerprint, page)
        })?;
        seen.sort_by_key(|seen| Reverse((seen.failure.occurred_at, seen.first_scanned)));
        seen.truncate(MOST_OCCURRENCES);
        Ok(seen)
    }

    /// Writes the transition and its writes down, in one transaction. They are sent by the next step.
    pub(crate) async fn go(self, cx: &Arc<Cx>, next: Move) -> Result<Next, FailureError> {
        let moved = blocking(cx, move |cx| self.go_blocking(cx, next)).await?;
        Ok(Next::Moved(Box::new(moved)))
    }

    /// What the keys of the writes begin with that the transition from `version` asks for. Unique by transition: the same
    /// label may be put on twice in the life of a failure.
    fn key_prefix(&self, version: u64) -> String {
        format!("{}/{version}/", self.known.fingerprint.short())
    }

    pub(crate) fn go_blocking(self, cx: &Cx, next: Move) -> Result<Lifecycle, FailureError> {
        let version = self.lifecycle.version;
        let short = self.known.fingerprint.short();
        let outbox: Vec<OutboxDraft> = next
            .writes
            .into_iter()
            .map(|write| cx.without_places(write))
            .enumerate()
            .map(|(index, write)| {
                let prefix = self.key_prefix(version);
                let key = format!("{prefix}{index}/{}", write.key());
                let payload =
                    serde_json::to_string(&write).expect("a write is text, numbers and lists");
                OutboxDraft::new(key, payload)
            })
            .collect();
        let transition = Transition::new(&self.lifecycle, next.to, next.reason.clone())
            .with_memo(self.memo.to_json())
            .with_outbox(outbox);
        cx.hold()?;
        let moved = cx.parts.store.transition(&transition, cx.now())?;
        if moved.state != self.lifecycle.state {
            cx.tell(&Event::Moved {
                failure: short,
                test: self.test,
                from: self.lifecycle.state,
                to: moved.state,
                reason: next.reason,
            });
        }
        Ok(moved)
    }
}

impl Move {
    pub(crate) fn to(state: LifecycleState, reason: impl Into<String>) -> Self {
        Self {
            to: state,
            reason: reason.into(),
            writes: Vec::new(),
        }
    }

    pub(crate) fn writing(self, writes: Vec<PlannedWrite>) -> Self {
        Self { writes, ..self }
    }
}
