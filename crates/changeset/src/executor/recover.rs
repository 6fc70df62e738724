//! Ending the transactions that a process left behind when it died.

use std::path::{Path, PathBuf};

use ftc_durable::AppendError;
use jiff::Timestamp;

use super::audit::{self, ExecutionAudit};
use super::error::{ExecError, ExecutorError, io_error};
use super::found::Conflict;
use super::journal::{self, Ending, Intent, Journal, Story};
use super::key::Key;
use super::options::ExecutorOptions;
use super::record::{self, Status};
use super::result::{FileResult, Recovered, RecoveryOutcome, RecoveryReport};
use super::root::Root;
use super::settle::{self, Course};
use super::state_dir::StateDir;
use super::transaction::{self, Transaction};

/// What everything that changes a tree works with. The lock is held by whoever has it.
pub(super) struct Site<'a> {
    pub(super) root: &'a Root,
    pub(super) state: &'a StateDir,
    pub(super) key: &'a Key,
    pub(super) options: &'a ExecutorOptions,
}

/// How a transaction was ended.
pub(super) struct Settled {
    pub(super) ending: Ending,
    pub(super) left_alone: Vec<Conflict>,
}

impl Site<'_> {
    /// Ends every transaction that was left behind.
    pub(super) fn recover(&self) -> Result<RecoveryReport, ExecutorError> {
        let mut report = RecoveryReport::default();
        for path in transaction::left_behind(self.state)? {
            let id = id_of(&path);
            let recovered = match self.recover_one(&path, &id) {
                Err(error @ ExecutorError::Journal { .. }) => refused(&id, &error),
                result => result?,
            };
            report.transactions.push(recovered);
        }
        transaction::remove_if_empty(self.state);
        Ok(report)
    }

    fn recover_one(&self, path: &Path, id: &str) -> Result<Recovered, ExecutorError> {
        let journal = transaction::journal_in(path);
        let Some(story) = journal::read(&journal, id, self.root.path(), Some(self.key))? else {
            transaction::remove(self.state, path)?;
            return Ok(recovered(id, RecoveryOutcome::Discarded));
        };
        let transaction = Transaction::open(self.state, id)?;
        let stashes = transaction::stashes_in(self.state, id);
        let course = settle::decide(&story, self.root, &stashes)?;
        let (settled, outcome) = match course {
            Course::TidyUp => (
                Settled {
                    ending: story.ending.unwrap_or(Ending::RolledBack),
                    left_alone: Vec::new(),
                },
                RecoveryOutcome::Finished,
            ),
            Course::Discard => {
                self.conclude_record(&story.intent, Status::Failed, None)?;
                transaction.remove(self.state)?;
                self.key.note_over(id);
                return Ok(recovered(id, RecoveryOutcome::Discarded));
            }
            Course::Forward | Course::Back => {
                let settled = self.settle(&transaction, &story, course)?;
                let outcome = match (settled.ending, course) {
                    (Ending::Conflicted, _) => RecoveryOutcome::Conflicted,
                    (_, Course::Forward) => RecoveryOutcome::RolledForward,
                    _ => RecoveryOutcome::RolledBack,
                };
                (settled, outcome)
            }
        };
        self.conclude_record(&story.intent, status_of(settled.ending), Some(&outcome))?;
        let kept = self.tidy_up(transaction, &story.intent, settled.ending)?;
        Ok(Recovered {
            kept,
            left_alone: settled.left_alone,
            ..recovered(id, outcome)
        })
    }

    /// Ends every transaction that was left behind, and insists that none remains.
    pub(super) fn require_recovery(&self) -> Result<(), ExecError> {
        for path in transaction::left_behind(self.state)? {
            if let Err(source) = self.recover_one(&path, &id_of(&path)) {
                return Err(ExecError::RecoveryNeeded {
                    transaction: path,
                    source: Box::new(source),
                });
            }
        }
        Ok(())
    }

    /// Makes every path new or every path old, on the disk, and notes in the journal that it is so.
    pub(super) fn settle(
        &self,
        transaction: &Transaction,
        story: &Story,
        course: Course,
    ) -> Result<Settled, ExecutorError> {
        let Intent { steps, made, .. } = &story.intent;
        let (left_alone, ending) = match course {
            Course::Forward => (
                settle::roll_forward(self.root, transaction, steps)?,
                Ending::Applied,
            ),
            _ => (
                settle::roll_back(self.root, transaction, steps, made)?,
                Ending::RolledBack,
            ),
        };
        let ending = if left_alone.is_empty() {
            ending
        } else {
            Ending::Conflicted
        };
        self.sync_targets(&story.intent)?;
        transaction
            .sync(self.state)
            .map_err(io_error(transaction.path()))?;
        let id = &story.intent.execution_id;
        let noted = Journal::open(&transaction.journal_path(), id, self.key)
            .and_then(|mut journal| journal.done(ending));
        match noted {
            Ok(()) => self.key.note_over(id),
            // On a full disk nothing can be noted, and nothing be freed before it is. But every path is old again, so until
            // the journal is removed with the rest it says nothing that is not so.
            Err(error) if ending == Ending::RolledBack && is_full(&error) => {}
            Err(error) => return Err(ExecutorError::Append(error)),
        }
        Ok(Settled { ending, left_alone })
    }

    /// Makes the names in the directories of all paths last.
    pub(super) fn sync_targets(&self, intent: &Intent) -> Result<(), ExecutorError> {
        for step in &intent.steps {
            self.root
                .sync_way_to(&step.path)
                .map_err(io_error(self.root.path()))?;
        }
        Ok(())
    }

    /// Removes an ended transaction, or keeps it where it holds what somebody else wrote, and returns where.
    pub(super) fn tidy_up(
        &self,
        transaction: Transaction,
        intent: &Intent,
        ending: Ending,
    ) -> Result<Option<PathBuf>, ExecutorError> {
        if ending == Ending::Applied {
            for step in intent.steps.iter().filter(|step| step.new.is_none()) {
                // As git does: a directory goes with its last file.
                for directory in super::root::ancestors(step.path.as_str())
                    .collect::<Vec<_>>()
                    .iter()
                    .rev()
                {
                    self.root.remove_if_empty(directory);
                }
            }
        }
        if settle::holds_foreign(self.root, &transaction, &intent.steps)? {
            return transaction.keep(self.state).map(Some);
        }
        transaction.remove(self.state)?;
        self.key.note_over(&intent.execution_id);
        Ok(None)
    }

    /// Ends the record of an execution whose process could not.
    fn conclude_record(
        &self,
        intent: &Intent,
        status: Status,
        outcome: Option<&RecoveryOutcome>,
    ) -> Result<(), ExecutorError> {
        let Some(record) = record::load(self.state, &intent.execution_id, self.key)? else {
            return Ok(());
        };
        if record.status != Status::InProgress {
            return Ok(());
        }
        let reason = "the process ended before the execution did".to_owned();
        if let Some(outcome) = outcome {
            let reason = format!("{reason}: {}", outcome.as_str());
            self.audit(intent, "recovered", Some(reason))?;
        }
        record
            .finished(status, Some(reason))
            .store(self.state, self.key)
    }

    /// Adds an entry to the audit log.
    pub(super) fn audit(
        &self,
        intent: &Intent,
        event: &str,
        reason: Option<String>,
    ) -> Result<(), ExecutorError> {
        let entry = ExecutionAudit {
            at: Timestamp::now(),
            actor: self.options.actor.clone(),
            event: event.to_owned(),
            execution_id: intent.execution_id.clone(),
            plan_id: intent.plan_id.clone(),
            checksum: intent.checksum,
            files: intent.steps.iter().map(FileResult::from).collect(),
            reason,
            prev: None,
            hash: None,
        };
        audit::append(self.state, self.key, entry)
    }
}

/// What recovery would do, without doing it.
pub(super) fn preview(
    root: &Root,
    options: &ExecutorOptions,
) -> Result<RecoveryReport, ExecutorError> {
    let mut report = RecoveryReport::default();
    let Some(state) = StateDir::open_existing(root)? else {
        return Ok(report);
    };
    let key = Key::open_existing(&options.key_dir)?;
    for path in transaction::left_behind(&state)? {
        let id = id_of(&path);
        let journal = transaction::journal_in(&path);
        let outcome = match journal::read(&journal, &id, root.path(), key.as_ref()) {
            Ok(None) => RecoveryOutcome::Discarded,
            Ok(Some(story)) => {
                match settle::decide(&story, root, &transaction::stashes_in(&state, &id))? {
                    Course::TidyUp => RecoveryOutcome::Finished,
                    Course::Discard => RecoveryOutcome::Discarded,
                    Course::Forward => RecoveryOutcome::RolledForward,
                    Course::Back => RecoveryOutcome::RolledBack,
                }
            }
            Err(error @ ExecutorError::Journal { .. }) => {
                report.transactions.push(refused(&id, &error));
                continue;
            }
            Err(error) => return Err(error),
        };
        report.transactions.push(recovered(&id, outcome));
    }
    Ok(report)
}

/// The status of an execution whose transaction ended so.
pub(super) fn status_of(ending: Ending) -> Status {
    match ending {
        Ending::Applied => Status::Completed,
        Ending::RolledBack => Status::RolledBack,
        Ending::Conflicted => Status::Conflicted,
    }
}

fn is_full(error: &AppendError) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error, AppendError::Io { source, .. } if matches!(source.kind(), QuotaExceeded | StorageFull))
}

fn recovered(id: &str, outcome: RecoveryOutcome) -> Recovered {
    Recovered {
        id: id.to_owned(),
        outcome,
        left_alone: Vec::new(),
        kept: None,
    }
}

fn refused(id: &str, error: &ExecutorError) -> Recovered {
    let reason = error.to_string();
    recovered(id, RecoveryOutcome::Refused { reason })
}

fn id_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
