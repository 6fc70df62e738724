#![doc = include_str!("../README.md")]

mod mode;
mod path;

mod content;
mod op;

mod checksum;
mod json;
mod plan;
mod set;

mod blobs;

mod policy;

mod approval;
mod authorize;
mod gate;

mod executor;

pub use approval::{Approval, ApprovalProof};
pub use authorize::{AuthorizeError, Authorized, Shortfall};
pub use blobs::{BlobError, BlobStore, DirBlobs, MemoryBlobs};
pub use checksum::{Checksum, ParseChecksumError};
pub use content::{Blob, BlobKind, State};
pub use executor::{
    Conflict, ExecError, ExecutionAudit, ExecutionResult, Executor, ExecutorError, ExecutorOptions,
    FileResult, Found, HealthReport, Outcome, Preview, Recovered, RecoveryOutcome, RecoveryReport,
    RollbackCause, STATE_DIR, verify_audit,
};
pub use gate::{
    Decision, Emergency, Facts, Finding, ForgeDecision, ForgeWrite, GateVerdict, PolicySource,
    Refusal, Required, Risk, WriteGate,
};
pub use json::JsonError;
pub use mode::{Mode, ParseModeError};
pub use op::{FileOp, OpKind};
pub use path::{RepoPath, RepoPathError, RepoPathProblem};
pub use plan::{
    Actor, ActorError, Base, ChangePlan, HealthCheck, HealthCheckKind, PlanId, PlanIdError,
    RiskLevel,
};
pub use policy::{Durability, ExecutionSettings, LockScope, POLICY_FILE, Policy, PolicyError};
pub use set::{ChangeSet, ChangeSetBuilder, ChangeSetError, OldFile};
