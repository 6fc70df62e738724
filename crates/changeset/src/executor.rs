//! Writing a ChangeSet into a tree: all of it or nothing.

mod audit;
mod error;
mod execution;
mod found;
mod health;
mod journal;
mod key;
mod options;
mod precheck;
mod record;
mod recover;
mod result;
mod root;
mod settle;
mod stage;
mod state_dir;
mod step;
mod transaction;

use std::path::Path;

use ftc_durable::LockError;

pub use audit::{ExecutionAudit, verify_audit};
pub use error::{ExecError, ExecutorError, RollbackCause};
pub use found::{Conflict, Found};
pub use health::HealthReport;
pub use options::ExecutorOptions;
pub use result::{
    ExecutionResult, FileResult, Outcome, Preview, Recovered, RecoveryOutcome, RecoveryReport,
};
pub use state_dir::STATE_DIR;

use error::io_error;
use key::Key;
use recover::Site;
use root::Root;
use state_dir::StateDir;

use crate::{Authorized, BlobStore};

/// Writes one ChangeSet after the other into a tree, whoever asks, so that after it has returned, or after recovery from a
/// crash at any instant, the tree is as before or as wanted, never in between.
///
/// Blocks: files are on the disk when it returns. Readers of the tree may see a mixture for the moment in which it writes.
#[derive(Debug)]
pub struct Executor {
    root: Root,
    state: StateDir,
    key: Key,
    options: ExecutorOptions,
}

impl Executor {
    /// Opens the tree at `root`, which makes its state directory if there is none, and ends what a killed process left behind.
    ///
    /// A link at `root` itself is followed, this once; no other link ever is. While another executor works in the tree nothing
    /// is left behind that could be looked at: then the report says [`busy`](RecoveryReport::busy).
    pub fn open(
        root: &Path,
        options: ExecutorOptions,
    ) -> Result<(Self, RecoveryReport), ExecutorError> {
        let root = Root::open(root).map_err(io_error(root))?;
        let state = StateDir::open(&root)?;
        let key = Key::open(&options.key_dir, root.path(), &state_dir::owner(&options))?;
        let executor = Self {
            root,
            state,
            key,
            options,
        };
        let report = match executor.lock() {
            Ok(_lock) => executor.site().recover()?,
            Err(ExecutorError::Lock(LockError::Held { .. })) => RecoveryReport {
                busy: true,
                ..RecoveryReport::default()
            },
            Err(error) => return Err(error),
        };
        Ok((executor, report))
    }

    /// Writes the ChangeSet that `authorized` gives the right to, with the new contents out of `blobs`.
    ///
    /// Carried out before, nothing is written: if its files still are as it made them that is a success, otherwise
    /// [`ExecError::Drifted`].
    pub fn execute(
        &self,
        authorized: Authorized<'_>,
        blobs: &dyn BlobStore,
    ) -> Result<ExecutionResult, ExecError> {
        let _lock = match self.lock() {
            Ok(lock) => lock,
            Err(ExecutorError::Lock(error @ LockError::Held { .. })) => {
                return Err(ExecError::Busy(error));
            }
            Err(error) => return Err(ExecError::Executor(error)),
        };
        let site = self.site();
        site.require_recovery()?;
        execution::execute(&site, authorized, blobs)
    }

    /// What [`execute`](Self::execute) would do now. Takes no lock and writes nothing.
    pub fn dry_run(
        &self,
        authorized: &Authorized<'_>,
        blobs: &dyn BlobStore,
    ) -> Result<Preview, ExecError> {
        precheck::preview(&self.root, authorized, blobs)
    }

    /// Like [`dry_run`](Self::dry_run), for a tree that may have no state directory yet, and that gets none.
    pub fn preview(
        root: &Path,
        authorized: &Authorized<'_>,
        blobs: &dyn BlobStore,
    ) -> Result<Preview, ExecError> {
        let root = Root::open(root).map_err(io_error(root))?;
        precheck::preview(&root, authorized, blobs)
    }

    /// Ends what a killed process left behind in the tree at `root`. A tree without a state directory gets none.
    pub fn recover(root: &Path, options: ExecutorOptions) -> Result<RecoveryReport, ExecutorError> {
        let opened = Root::open(root).map_err(io_error(root))?;
        match StateDir::open_existing(&opened)? {
            None => Ok(RecoveryReport::default()),
            Some(_) => Ok(Self::open(root, options)?.1),
        }
    }

    /// What [`recover`](Self::recover) would do now. Takes no lock and writes nothing.
    pub fn preview_recovery(
        root: &Path,
        options: &ExecutorOptions,
    ) -> Result<RecoveryReport, ExecutorError> {
        let root = Root::open(root).map_err(io_error(root))?;
        recover::preview(&root, options)
    }

    /// The tree, as an absolute path without links.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    fn lock(&self) -> Result<ftc_durable::FileLock, ExecutorError> {
        let lock = self
            .state
            .lock(&self.options)
            .map_err(ExecutorError::Lock)?;
        if self.state.is_in_place(&self.root) {
            return Ok(lock);
        }
        Err(ExecutorError::StateDir {
            path: self.root.path().join(STATE_DIR),
            reason: "it was replaced by another one",
        })
    }

    fn site(&self) -> Site<'_> {
        Site {
            root: &self.root,
            state: &self.state,
            key: &self.key,
            options: &self.options,
        }
    }
}
