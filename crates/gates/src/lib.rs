#![doc = include_str!("../README.md")]

mod file;
mod id;
mod relative_path;
mod spec;
mod yaml;

mod context;
mod evidence;
mod result;

mod beneath;
mod child;
mod gate;
mod judge;
mod junit;
mod network;
mod reading;
mod run;

pub use context::{Event, Observer, RunContext, Selection};
pub use evidence::{FailedTest, LogEvidence, LogReader};
pub use file::{GATE_FILE, GateFile, GateFileError, LoadGatesError, Position};
pub use gate::run_gate;
pub use id::{GateId, GateIdError};
pub use relative_path::{RelativePath, RelativePathError};
pub use result::{Exit, GateResult, GateRun, LoadError, Outcome, RUN_FILE, SCHEMA, Usage, Verdict};
pub use run::{RunError, run};
pub use spec::{
    DEFAULT_TIMEOUT, Environment, Evidence, GateSpec, Leaks, LogUse, ReportFormat, ReportSpec,
    TEST_PLACEHOLDER, Tier,
};
