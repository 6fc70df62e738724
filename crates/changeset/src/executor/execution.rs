//! One execution from its checks to its record. The lock is held throughout.

use std::io;
use std::time::Instant;

use ftc_durable::AppendError;
use uuid::Uuid;

use super::error::{ExecError, ExecutorError, RollbackCause, io_error, is_unsupported};
use super::found::{Conflict, Found};
use super::health::{self, HealthReport};
use super::journal::{Ending, Intent, Journal, Story};
use super::precheck::{files_of, recorded, require_blobs};
use super::record::{self, ExecutionRecord, Status};
use super::recover::{Site, status_of};
use super::result::{ExecutionResult, Outcome};
use super::root::Root;
use super::settle::Course;
use super::stage::{self, conflicts, unapplied};
use super::step::{Planned, Step, plan_steps};
use super::transaction::{Moved, Transaction, journal_in, place_or_missing};
use crate::{Authorized, BlobStore};

/// Carries out what is authorized.
pub(super) fn execute(
    site: &Site<'_>,
    authorized: Authorized<'_>,
    blobs: &dyn BlobStore,
) -> Result<ExecutionResult, ExecError> {
    let planned = plan_steps(authorized.change_set());
    require_blobs(&planned, blobs)?;
    if let Some(result) = recorded(site, &authorized, &planned)? {
        return Ok(result);
    }
    let execution = Execution::new(site, authorized, planned);
    if unapplied(site.root, &execution.planned)?.is_empty() {
        return execution.already_applied();
    }
    let conflicts = conflicts(site.root, &execution.planned)?;
    if !conflicts.is_empty() {
        return Err(ExecError::Conflict { conflicts });
    }
    execution.run(blobs)
}

/// One execution.
struct Execution<'a> {
    site: &'a Site<'a>,
    authorized: Authorized<'a>,
    planned: Vec<Planned>,
    intent: Intent,
    record: ExecutionRecord,
}

impl<'a> Execution<'a> {
    fn new(site: &'a Site<'a>, authorized: Authorized<'a>, planned: Vec<Planned>) -> Self {
        let id = Uuid::now_v7().to_string();
        let change_set = authorized.change_set();
        let record =
            ExecutionRecord::begin(&id, &authorized, &site.options.actor, files_of(&planned));
        let mut intent = Intent::new(
            id,
            change_set.plan_id().clone(),
            change_set.checksum(),
            site.root.path(),
        );
        for planned in &planned {
            let made = site.root.missing_parents(&planned.step.path);
            if planned.step.old.is_none() {
                intent.made.extend(made.into_iter().map(str::to_owned));
            }
            intent.steps.push(planned.step.clone());
        }
        intent.made.sort();
        intent.made.dedup();
        Self {
            site,
            authorized,
            planned,
            intent,
            record,
        }
    }

    fn id(&self) -> String {
        self.intent.execution_id.clone()
    }

    fn event(&self, event: &str) {
        record::event(self.site.state, &self.intent.execution_id, event);
    }

    /// The tree is as wanted though no record says why: it was lost, or somebody made the same change.
    fn already_applied(self) -> Result<ExecutionResult, ExecError> {
        record::begin(
            self.site.state,
            &self.record,
            &self.authorized,
            self.site.key,
        )?;
        self.site.audit(&self.intent, "already_applied", None)?;
        self.record
            .clone()
            .finished(Status::Completed, None)
            .store(self.site.state, self.site.key)?;
        Ok(self.result(Outcome::AlreadyApplied, Vec::new(), None))
    }

    fn run(self, blobs: &dyn BlobStore) -> Result<ExecutionResult, ExecError> {
        let Site { state, key, .. } = *self.site;
        record::begin(state, &self.record, &self.authorized, key).map_err(ExecError::Stage)?;
        self.event("stage");
        let transaction = Transaction::open(state, &self.id()).map_err(ExecError::Stage)?;
        if let Err(error) = self.prepare(&transaction, blobs) {
            // Nothing has begun, so whatever cannot be removed or recorded now, recovery discards.
            let _ = transaction.remove(state);
            key.note_over(&self.id());
            let failed = self
                .record
                .clone()
                .finished(Status::Failed, Some(error.to_string()));
            let _ = failed.store(state, key);
            return Err(error);
        }
        self.event("apply");
        if let Err(cause) = self.apply(&transaction) {
            return Err(self.take_back(transaction, cause));
        }
        self.event("check");
        let health = match self.check() {
            Ok(health) => health,
            Err(cause) => return Err(self.take_back(transaction, cause)),
        };
        self.event("commit");
        if let Err(error) = self.journal(&transaction, Journal::commit) {
            if let AppendError::Sync { .. } = error {
                // The commit may or may not survive. Recovery finds out.
                return Err(self.unfinished(ExecutorError::Append(error)));
            }
            let source = io::Error::other(error);
            let path = self.intent.steps[0].path.clone();
            return Err(self.take_back(transaction, RollbackCause::Step { path, source }));
        }
        self.finish(transaction, health)
    }

    /// Puts everything that the change needs, and everything that is needed to take it back, on the disk.
    fn prepare(&self, transaction: &Transaction, blobs: &dyn BlobStore) -> Result<(), ExecError> {
        let Site {
            root, state, key, ..
        } = *self.site;
        let stage_error = |error: io::Error| ExecError::Stage(io_error(transaction.path())(error));
        transaction.probe_exchange().map_err(|source| {
            if is_unsupported(&source) {
                let path = root.path().to_owned();
                ExecError::NoExchange { path, source }
            } else {
                stage_error(source)
            }
        })?;
        for (number, planned) in self.planned.iter().enumerate() {
            stage::stage(number, planned, root, transaction, blobs)?;
        }
        key.note_open(&self.id()).map_err(ExecError::Stage)?;
        self.journal(transaction, |journal| journal.intend(&self.intent))
            .map_err(|error| ExecError::Stage(ExecutorError::Append(error)))?;
        transaction.sync(state).map_err(stage_error)
    }

    fn apply(&self, transaction: &Transaction) -> Result<(), RollbackCause> {
        for (number, step) in self.intent.steps.iter().enumerate() {
            let moved = apply_step(number, step, self.site.root, transaction);
            match moved {
                Ok(Moved::Done) => {}
                Ok(Moved::Foreign(found)) => return Err(conflict(step, step.old, found)),
                Err(source) => {
                    let path = step.path.clone();
                    return Err(RollbackCause::Step { path, source });
                }
            }
        }
        Ok(())
    }

    /// Insists that every path is new and the tree is well.
    fn check(&self) -> Result<Vec<HealthReport>, RollbackCause> {
        let mut reports = Vec::new();
        let settings = self.authorized.settings();
        let deadline = Instant::now() + settings.max_execution_time;
        for check in &self.authorized.plan().health_checks {
            let left = deadline.saturating_duration_since(Instant::now());
            let limit = left.min(settings.max_step_time);
            let report = health::check(check, limit, self.site.root, self.site.options);
            if report.required && !report.passed {
                return Err(RollbackCause::Unhealthy {
                    id: report.id,
                    detail: report.detail,
                });
            }
            reports.push(report);
        }
        // After the checks, since one of them may have written into the tree.
        for step in &self.intent.steps {
            match self.site.root.find(&step.path) {
                Ok(found) if found.is(step.new.as_ref()) => {}
                Ok(found) => return Err(conflict(step, step.new, found)),
                Err(source) => {
                    let path = step.path.clone();
                    return Err(RollbackCause::Step { path, source });
                }
            }
        }
        Ok(reports)
    }

    fn finish(
        self,
        transaction: Transaction,
        health: Vec<HealthReport>,
    ) -> Result<ExecutionResult, ExecError> {
        let Site { state, key, .. } = *self.site;
        let mut record = self.record.clone().finished(Status::Completed, None);
        record.health.clone_from(&health);
        let made_last = || {
            self.site.sync_targets(&self.intent)?;
            transaction
                .sync(state)
                .map_err(io_error(transaction.path()))?;
            self.journal(&transaction, |journal| journal.done(Ending::Applied))
                .map_err(ExecutorError::Append)?;
            key.note_over(&self.id());
            self.site.audit(&self.intent, "applied", None)?;
            record.store(state, key)
        };
        if let Err(error) = made_last() {
            return Err(self.unfinished(error));
        }
        self.event("done");
        // The change is made and recorded; what cannot be tidied away now is tidied away at the next opening.
        let kept = self
            .site
            .tidy_up(transaction, &self.intent, Ending::Applied)
            .unwrap_or(None);
        Ok(self.result(Outcome::Applied, health, kept))
    }

    /// Takes the change back the way recovery would.
    fn take_back(self, transaction: Transaction, cause: RollbackCause) -> ExecError {
        let cause = Box::new(cause);
        self.event("roll_back");
        let story = Story {
            intent: self.intent.clone(),
            committed: false,
            ending: None,
        };
        let settled = match self.site.settle(&transaction, &story, Course::Back) {
            Ok(settled) => settled,
            Err(error) => {
                return ExecError::RollbackFailed {
                    execution_id: self.id(),
                    cause,
                    source: Box::new(error),
                };
            }
        };
        let status = status_of(settled.ending);
        let reason = cause.to_string();
        // The tree is settled, and the cause is what has to be told. A record that stays unfinished counts as failed.
        let _ = self
            .site
            .audit(&self.intent, record::word(status), Some(reason.clone()));
        let _ = self
            .record
            .clone()
            .finished(status, Some(reason))
            .store(self.site.state, self.site.key);
        let _ = self.site.tidy_up(transaction, &self.intent, settled.ending);
        ExecError::RolledBack {
            execution_id: self.id(),
            cause,
            left_alone: settled.left_alone,
        }
    }

    fn unfinished(&self, source: ExecutorError) -> ExecError {
        ExecError::Unfinished {
            execution_id: self.id(),
            source: Box::new(source),
        }
    }

    fn journal<'k>(
        &'k self,
        transaction: &Transaction,
        write: impl FnOnce(&mut Journal<'k>) -> Result<(), AppendError>,
    ) -> Result<(), AppendError> {
        let path = journal_in(transaction.path());
        write(&mut Journal::open(
            &path,
            &self.intent.execution_id,
            self.site.key,
        )?)
    }

    fn result(
        &self,
        outcome: Outcome,
        health: Vec<HealthReport>,
        kept: Option<std::path::PathBuf>,
    ) -> ExecutionResult {
        ExecutionResult {
            execution_id: self.id(),
            outcome,
            files: self.record.files.clone(),
            health,
            kept,
        }
    }
}

fn apply_step(
    number: usize,
    step: &Step,
    root: &Root,
    transaction: &Transaction,
) -> io::Result<Moved> {
    let slot = number.to_string();
    if step.old.is_none() {
        root.make_parents(&step.path)?;
    }
    let Some(place) = place_or_missing(root, &step.path)? else {
        return Ok(Moved::Foreign(root.find(&step.path)?));
    };
    match (&step.old, &step.new) {
        (None, _) => transaction.put(&slot, &place),
        (Some(old), Some(_)) => transaction.exchange(&slot, &place, old),
        (Some(old), None) => transaction.take(&slot, &place, old),
    }
}

fn conflict(step: &Step, expected: Option<crate::State>, found: Found) -> RollbackCause {
    RollbackCause::Conflict(Conflict {
        path: step.path.clone(),
        expected,
        found,
    })
}
