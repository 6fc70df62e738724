//! Sending what was decided: the outbox, entry by entry, each once.

use std::sync::Arc;

use ftc_github::{Effect, Error, IssueNumber, PlannedWrite, ensure};
use ftc_state::{ClaimError, OutboxDone, OutboxEntry, OutboxError, OutboxFilter, StoreError};

use crate::blocking::blocking;
use crate::cleaner::{Cx, SentWrite};
use crate::discover::all;
use crate::forge_rules::ForgeRulesError;
use crate::guard;
use crate::observe::Event;

/// Why a write was not sent. It stays in the outbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// Another cleaner took the repository over.
    #[error("the repository is not ours to write to any more")]
    Claim(#[from] ClaimError),
    /// It is not known what may be written.
    #[error("failed to find out what may be written")]
    Rules(#[from] ForgeRulesError),
    /// The outbox could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The outbox lost an entry.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The outbox holds something that is no write.
    #[error("failed to read the write `{key}` in the outbox")]
    Unreadable {
        /// The entry's key.
        key: String,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// The write is not one that the cleaner may do.
    #[error("refused to {write}: {reason}")]
    Refused {
        /// The write in a few words.
        write: String,
        /// Why.
        reason: String,
    },
    /// The forge did not take it.
    #[error("failed to {write}")]
    Forge {
        /// The write in a few words.
        write: String,
        /// What the forge says.
        source: ftc_github::Error,
    },
}

impl SendError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Claim(error) => error.is_retryable(),
            Self::Rules(error) => error.is_retryable(),
            Self::Store(error) => error.is_retryable(),
            Self::Outbox(error) => error.is_retryable(),
            Self::Forge { source, .. } => source.is_retryable(),
            Self::Unreadable { .. } | Self::Refused { .. } => false,
        }
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Claim(error) => error.hints(),
            Self::Rules(error) => error.hints(),
            Self::Store(error) => error.hints(),
            Self::Outbox(error) => error.hints(),
            Self::Forge { source, .. } => source.hints(),
            Self::Unreadable { .. } | Self::Refused { .. } => Vec::new(),
        }
    }
}

/// How far the sending came.
pub(crate) enum Flushed {
    /// Everything is sent.
    All,
    /// The branch that this entry pushes was moved by somebody else, so that it can never be pushed as it was decided.
    BranchMoved(Box<OutboxEntry>),
}

/// Sends the pending entries of `filter` in the order of their creation and stops at the first that cannot be sent.
///
/// An entry that a killed process had sent without writing so down is found on the forge by its marker, and not repeated.
pub(crate) async fn flush(cx: &Arc<Cx>, filter: OutboxFilter) -> Result<Flushed, SendError> {
    let entries = blocking(cx, move |cx| {
        let store = &cx.parts.store;
        all(|page| store.list_outbox(&cx.parts.repository, &filter, page))
    })
    .await?;
    for entry in entries {
        let write = read(&entry)?;
        let sent = send(cx, &entry, &write).await;
        match sent {
            Ok(()) => {}
            Err(SendError::Forge {
                source: Error::Conflict { .. },
                ..
            }) if matches!(write, PlannedWrite::PushBranch { .. }) => {
                return Ok(Flushed::BranchMoved(Box::new(entry)));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Flushed::All)
}

/// The write of an entry.
pub(crate) fn read(entry: &OutboxEntry) -> Result<PlannedWrite, SendError> {
    serde_json::from_str(&entry.payload).map_err(|source| SendError::Unreadable {
        key: entry.key.clone(),
        source,
    })
}

async fn send(cx: &Arc<Cx>, entry: &OutboxEntry, write: &PlannedWrite) -> Result<(), SendError> {
    if let Err(reason) = judge(cx, write).await? {
        let write = write.summary();
        return give_up(cx, entry, SendError::Refused { write, reason }).await;
    }
    cx.tell(&Event::Sending {
        write: write.clone(),
    });
    let ensured = match ensure(&*cx.parts.forge, write).await {
        Ok(ensured) => ensured,
        Err(source) => {
            let write = write.summary();
            return give_up(cx, entry, SendError::Forge { write, source }).await;
        }
    };
    let done = done(write, ensured.effect, ensured.number);
    let id = entry.id;
    blocking(cx, move |cx| {
        let at = cx.now();
        cx.parts.store.complete_outbox(id, &done, at)?;
        cx.forge_rules()?.count(at);
        Ok::<_, SendError>(())
    })
    .await?;
    let (effect, number) = (ensured.effect, ensured.number);
    let write = write.clone();
    cx.writes().push(SentWrite {
        write: write.clone(),
        effect,
        number,
    });
    cx.tell(&Event::Sent {
        write,
        effect,
        number,
    });
    Ok(())
}

/// Whether `write` may be sent: by the rules of the program, by those of the policy, and because the claim is still ours.
async fn judge(cx: &Arc<Cx>, write: &PlannedWrite) -> Result<Result<(), String>, SendError> {
    let sent = cx.writes().len();
    if let Err(reason) = guard::judge(write, sent, &cx.options) {
        return Ok(Err(reason));
    }
    let write = write.clone();
    blocking(cx, move |cx| {
        let judged = cx.forge_rules()?.judge(cx, &write);
        cx.hold()?;
        Ok(judged)
    })
    .await
}

fn done(write: &PlannedWrite, effect: Effect, number: Option<IssueNumber>) -> OutboxDone {
    let number = number.map(|number| number.0);
    let mut done = OutboxDone::new(effect.to_string());
    match write {
        PlannedWrite::EnsureIssue { .. } => done.issue = number,
        PlannedWrite::EnsurePull { .. } => done.pull = number,
        _ => {}
    }
    done
}

/// Counts the failed try and hands the error on.
async fn give_up(cx: &Arc<Cx>, entry: &OutboxEntry, error: SendError) -> Result<(), SendError> {
    let id = entry.id;
    let text = chain(&error);
    blocking(cx, move |cx| {
        cx.parts.store.fail_outbox(id, &text, cx.now())
    })
    .await?;
    Err(error)
}

/// An error with its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
