//! The gate file.
//!
//! ```yaml
//! version: 1
//! gates:
//!   - id: unit                       # lower-case letters, digits, - and _
//!     argv: [cargo, test, --workspace]
//!     cwd: .                         # default: the root of the repository
//!     tier: fast                     # fast (default) or slow
//!     timeout: 15m                   # default 10m; ms, s, m, h
//!     idle_timeout: 3m               # default: none
//!     env:
//!       pass: [CARGO_HOME]           # passed on if set
//!       set: {RUST_BACKTRACE: "1"}
//!     reports:
//!       - {path: target/junit.xml, format: junit, required: true}
//!     evidence: {min_tests: 1}
//!     log: auto                      # auto (default) or never: read tests from the log
//!     success: [0]                   # exit codes
//!     rerun: [cargo, test, --, --exact, "{test}"]
//!     advisory: false
//!     network: off                   # off (default) or on, where gates are confined
//!     leaks: allow                   # allow (default) or fail: processes that it leaves behind
//!     limits:                        # default: none
//!       processes: 512               # of the user, all programs counted together; not for root
//!       open_files: 1024             # of one process
//!       memory: 4GiB                 # address space of one process; B, KiB, MiB, GiB, TiB
//!       file_size: 1GiB              # of one file
//!       cpu: 10m                     # processor time of one process
//! ```
//!
//! Version 1 is the first; unknown keys are errors, so a newer file is never read as less than it says.

mod duration;
mod error;
mod load;
mod names;
mod raw;
mod size;

use ftc_durable::Digest;

pub use error::{GateFileError, Position};
pub use load::LoadGatesError;

use crate::id::GateId;
use crate::spec::GateSpec;
use crate::yaml;

/// The name of the gate file, in the root of a repository.
pub const GATE_FILE: &str = "gates.yaml";

/// A gate file is written by hand; what is larger is something else.
const MAX_BYTES: usize = 1 << 20;

/// The gates of a repository, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GateFile {
    /// The gates: at least one, no id twice.
    pub gates: Vec<GateSpec>,
    digest: Digest,
}

impl GateFile {
    /// Reads the text of a gate file. `origin` is what messages call it: a path, or a commit and a path.
    pub fn parse(text: &str, origin: &str) -> Result<Self, GateFileError> {
        let error = |problem: raw::Problem| GateFileError::new(origin, problem);
        if text.len() > MAX_BYTES {
            return Err(error(raw::Problem::at_start(
                "the file is larger than 1 MiB",
            )));
        }
        if text.trim().is_empty() {
            return Err(error(raw::Problem::at_start("the file is empty")));
        }
        let raw: raw::File = yaml::from_str(text).map_err(|problem| error(problem.into()))?;
        Ok(Self {
            gates: raw.into_specs().map_err(error)?,
            digest: Digest::of_content(text.as_bytes()),
        })
    }

    /// sha256 of the text, as `sha256sum` prints it: what is trusted, and what a verdict names.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The gate of this name.
    pub fn gate(&self, id: &GateId) -> Option<&GateSpec> {
        self.gates.iter().find(|gate| gate.id == *id)
    }
}
