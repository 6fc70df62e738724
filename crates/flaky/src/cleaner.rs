//! The cleaner: what one pass does, from the claim to the report.

use std::sync::{Arc, Mutex, PoisonError};

use ftc_fingerprint::Fingerprint;
use ftc_github::{Effect, IssueNumber, PlannedWrite};
use ftc_state::{Claim, Lifecycle, LifecycleState};
use jiff::Timestamp;

use crate::blocking::blocking;
use crate::claim;
use crate::discover::{self, Discovery, Held, Judgement, Measured};
use crate::error::{FailureError, PassError};
use crate::forge_rules::ForgeRules;
use crate::observe::Event;
use crate::outbox::SendError;
use crate::parts::{Options, Parts};
use crate::source::Source;
use crate::step::{self, Next};

/// A lifecycle cannot move more often in one pass; a rule that goes round in a circle is a bug and must not loop for ever.
const MOST_MOVES: usize = 40;

/// Takes failures from their discovery to a merged fix.
///
/// Everything that is remembered is in the store and on the forge, so a cleaner that is killed at any moment is gone on with
/// by the next one, and nothing is written twice.
pub struct Cleaner {
    cx: Arc<Cx>,
}

/// What every step works with.
pub(crate) struct Cx {
    pub(crate) parts: Parts,
    pub(crate) options: Options,
    writes: Mutex<Vec<SentWrite>>,
    /// What says that nobody else works on the repository during this pass.
    pub(crate) claim: Mutex<Option<Claim>>,
    /// What the policy of the base branch says about writes, once this pass has asked.
    pub(crate) forge_rules: Mutex<Option<Arc<ForgeRules>>>,
}

/// A write that reached the forge.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SentWrite {
    /// What.
    pub write: PlannedWrite,
    /// Whether that changed anything there.
    pub effect: Effect,
    /// The issue or pull request that it made or found.
    pub number: Option<IssueNumber>,
}

/// What a pass did.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct PassReport {
    /// What was looked for and found, where there was a source.
    pub discovery: Option<Discovery>,
    /// Every failure that the cleaner looks after, as it stands now.
    pub failures: Vec<FailureReport>,
    /// The writes that changed something on the forge, in their order.
    pub writes: Vec<SentWrite>,
}

/// One failure after a pass.
#[derive(Debug)]
#[non_exhaustive]
pub struct FailureReport {
    /// Its lifecycle as the store has it now.
    pub lifecycle: Lifecycle,
    /// The test.
    pub test: String,
    /// The states that it went through in this pass, the first being where it was.
    pub path: Vec<LifecycleState>,
    /// What it waits for; `None` when nothing more is to be done.
    pub waits_for: Option<String>,
    /// What went wrong; the next pass goes on from `lifecycle`.
    pub error: Option<FailureError>,
}

impl PassReport {
    /// Whether something went wrong with a single failure or input. The others were worked on.
    pub fn is_partial(&self) -> bool {
        let unreadable = self
            .discovery
            .as_ref()
            .is_some_and(|discovery| !discovery.unreadable.is_empty());
        unreadable || self.failures.iter().any(|failure| failure.error.is_some())
    }
}

impl Cleaner {
    /// A cleaner that works with `parts`.
    pub fn new(parts: Parts, options: Options) -> Self {
        let cx = Cx {
            parts,
            options,
            writes: Mutex::default(),
            claim: Mutex::default(),
            forge_rules: Mutex::default(),
        };
        Self { cx: Arc::new(cx) }
    }

    /// Does one pass: sends what an earlier pass left unsent, discovers where there is a source, and takes every failure as
    /// far as it goes without waiting. Must be called within a tokio runtime; blocking work is done on its blocking threads.
    ///
    /// # Errors
    /// What goes wrong with one failure is in the report. An error here means that the pass could not go on.
    pub async fn pass(&self) -> Result<PassReport, PassError> {
        let cx = &self.cx;
        cx.writes().clear();
        cx.forget_forge_rules();
        let claim = claim::take(cx).await?;
        let worked = work(cx).await;
        let released = claim::release(cx, claim).await;
        match (worked, released) {
            (Ok(report), Ok(())) => Ok(report),
            (Ok(_), Err(error)) | (Err(error), _) => Err(error),
        }
    }
}

async fn work(cx: &Arc<Cx>) -> Result<PassReport, PassError> {
    let mut report = PassReport::default();
    if let Some(source) = cx.options.source.clone() {
        report.discovery = Some(discover(cx, &source).await?);
    }
    let lifecycles = blocking(cx, Cx::lifecycles).await?;
    for lifecycle in lifecycles {
        report.failures.push(take_along(cx, lifecycle).await?);
    }
    report.writes = cx
        .writes()
        .iter()
        .filter(|sent| sent.effect != Effect::Unchanged)
        .cloned()
        .collect();
    Ok(report)
}

/// Looks for failures and begins the lifecycles of those that are proved to be flaky.
async fn discover(cx: &Arc<Cx>, source: &Source) -> Result<Discovery, PassError> {
    let mut discovery = match source.clone() {
        Source::Directory(folder) => {
            blocking(cx, move |cx| discover::read_directory(cx, &folder)).await?
        }
        Source::Runs(count) => {
            let commit = blocking(cx, Cx::fetch_base).await?;
            blocking(cx, move |cx| discover::run_tests(cx, commit, count)).await?
        }
    };
    discovery.held = blocking(cx, begin_lifecycles).await?;
    Ok(discovery)
}

/// Writes down what was measured and returns what is held back.
fn begin_lifecycles(cx: &Cx) -> Result<Vec<Held>, PassError> {
    let parts = &cx.parts;
    let measured = discover::measure(&*parts.store, &parts.repository)?;
    let mut held = Vec::new();
    let mut begun = 0;
    for measured in measured {
        let known = parts
            .store
            .load_lifecycle(&parts.repository, &measured.known.fingerprint)?;
        match (discover::judge(&measured), known) {
            (_, Some(lifecycle)) => match step::note_rate(cx, &lifecycle, &measured) {
                // It is told when the turn of this failure comes; the others are not held up.
                Err(FailureError::Memo(_)) => {}
                noted => noted?,
            },
            (Judgement::Hold(reason), None) => held.push(hold(&measured, reason)),
            (Judgement::File, None) if begun == cx.options.max_new_issues => {
                let reason = format!("this pass already opens {begun} issues, the most it may");
                held.push(hold(&measured, reason));
            }
            (Judgement::File, None) => {
                begun += 1;
                cx.hold()?;
                let reason = "fails and passes on the same code";
                let lifecycle = parts.store.begin_lifecycle(
                    &parts.repository,
                    &measured.known.fingerprint,
                    reason,
                    cx.now(),
                )?;
                step::note_rate(cx, &lifecycle, &measured)?;
            }
        }
    }
    Ok(held)
}

fn hold(measured: &Measured, reason: String) -> Held {
    Held {
        failure: measured.known.fingerprint.short(),
        test: measured.known.test.clone(),
        reason,
    }
}

/// Takes one failure as far as it goes.
async fn take_along(cx: &Arc<Cx>, mut lifecycle: Lifecycle) -> Result<FailureReport, PassError> {
    let mut path = vec![lifecycle.state];
    let test = cx.test_of(&lifecycle.fingerprint)?;
    let mut waits_for = None;
    let mut error = None;
    for _ in 0..MOST_MOVES {
        match step::step(cx, &lifecycle).await {
            Ok(Next::Moved(moved)) => {
                if moved.state != lifecycle.state {
                    path.push(moved.state);
                }
                lifecycle = *moved;
            }
            Ok(Next::Waits(reason)) => {
                waits_for = Some(reason);
                break;
            }
            Ok(Next::Final) => break,
            // Whoever has the repository now goes on with it.
            Err(FailureError::Claim(lost) | FailureError::Send(SendError::Claim(lost))) => {
                return Err(lost.into());
            }
            Err(failed) => {
                error = Some(failed);
                break;
            }
        }
    }
    // An error may have come after the state was written.
    let now = cx
        .parts
        .store
        .load_lifecycle(&lifecycle.repository, &lifecycle.fingerprint)?;
    Ok(FailureReport {
        lifecycle: now.unwrap_or(lifecycle),
        test,
        path,
        waits_for,
        error,
    })
}

impl Cx {
    pub(crate) fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    pub(crate) fn tell(&self, event: &Event) {
        self.parts.observer.event(event);
    }

    /// Who holds leases and claims, in words for a person.
    pub(crate) fn owner(&self) -> String {
        format!("ftc-clean {}", self.parts.process.pid)
    }

    pub(crate) fn writes(&self) -> std::sync::MutexGuard<'_, Vec<SentWrite>> {
        // The list is whole after every push, also when a thread that held it panicked.
        self.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lifecycles(&self) -> Result<Vec<Lifecycle>, PassError> {
        let store = &self.parts.store;
        let mut all = discover::all(|page| store.list_lifecycles(&self.parts.repository, page))?;
        all.sort_by_key(|lifecycle| (lifecycle.issue.unwrap_or(u64::MAX), lifecycle.fingerprint));
        Ok(all)
    }

    fn test_of(&self, fingerprint: &Fingerprint) -> Result<String, PassError> {
        let known = self
            .parts
            .store
            .load_fingerprint(&self.parts.repository, fingerprint)?;
        Ok(known.and_then(|known| known.test).unwrap_or_default())
    }
}
