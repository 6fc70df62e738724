//! Describing and starting a child.

mod check;
mod error;
mod start;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

pub use error::{Breach, SpawnError};

use crate::cancel::Cancel;
use crate::confine::Confinement;
use crate::env::ParentEnv;
use crate::event::Event;
use crate::outcome::{Containment, Outcome};
use crate::shim::Shim;

/// The variables that [`Spawn::inherit_from`] passes on.
pub const INHERITED_NAMES: &[&str] = &["HOME", "LANG", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER"];

/// The beginnings of names that [`Spawn::inherit_from`] passes on.
pub const INHERITED_PREFIXES: &[&str] = &["LC_"];

const DEFAULT_GRACE: Duration = Duration::from_secs(2);
const DEFAULT_CAPTURE_BYTES: usize = 512 << 10;

/// A child process that is to be run: program, arguments, environment and limits.
///
/// Nothing is inherited that is not named here. Standard input is `/dev/null`.
#[derive(Clone)]
#[must_use = "a child is started by `run`"]
pub struct Spawn {
    argv: Vec<OsString>,
    directory: Option<PathBuf>,
    environment: BTreeMap<OsString, OsString>,
    timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    grace: Duration,
    capture_bytes: usize,
    spill: Option<(PathBuf, u64)>,
    spill_index: bool,
    shim: Option<Shim>,
    require: Containment,
    confinement: Option<Confinement>,
    cancel: Option<Cancel>,
    digest: bool,
}

impl Spawn {
    /// A child with this argument list, whose first element is the program: a name for the child's `PATH`, or a path that is
    /// taken from the child's directory. No shell looks at it.
    pub fn new(argv: impl IntoIterator<Item: Into<OsString>>) -> Self {
        Self {
            argv: argv.into_iter().map(Into::into).collect(),
            directory: None,
            environment: BTreeMap::from([("TERM".into(), "dumb".into())]),
            timeout: None,
            idle_timeout: None,
            grace: DEFAULT_GRACE,
            capture_bytes: DEFAULT_CAPTURE_BYTES,
            spill: None,
            spill_index: false,
            shim: None,
            require: Containment::Group,
            confinement: None,
            cancel: None,
            digest: false,
        }
    }

    /// Adds one argument.
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.argv.push(argument.into());
        self
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item: Into<OsString>>) -> Self {
        self.argv.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// The child's working directory. Without it, that of this process.
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Passes on those variables of `parent` that are in [`INHERITED_NAMES`] or begin with one of [`INHERITED_PREFIXES`].
    /// A variable that was already set here keeps its value.
    pub fn inherit_from(mut self, parent: &ParentEnv) -> Self {
        for (name, value) in parent.iter().filter(|(name, _)| is_inherited(name)) {
            self.environment
                .entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
        }
        self
    }

    /// Sets a variable. Whatever is set by name is passed, `GIT_*` included: the caller has decided.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// The wall-clock limit. When it passes, the group gets SIGTERM, and SIGKILL after the grace. Without it there is none.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The limit without output: when neither standard output nor standard error has had a byte for so long, the group is
    /// stopped as by [`timeout`](Self::timeout). The first stretch begins with the start. Without it there is none.
    pub fn idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = Some(idle_timeout);
        self
    }

    /// How long the group has between SIGTERM and SIGKILL; two seconds unless set.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// How many bytes of each output are kept, half of them from its beginning and half from its end; 512 KiB unless set.
    /// The child is never blocked by this limit.
    pub fn capture_limit(mut self, limit_bytes: usize) -> Self {
        self.capture_bytes = limit_bytes;
        self
    }

    /// Writes both outputs, in the order in which they were read, to a new file at `path` with mode 0600, besides keeping
    /// what [`capture_limit`](Self::capture_limit) says. Its directory must exist, and nothing may be at `path`.
    ///
    /// Beyond `limit_bytes` the rest is dropped and counted. Neither that nor a full disk stops the child: see
    /// [`Spill`](crate::Spill). Lines of the two outputs may be torn where both are written at once.
    pub fn spill_to(mut self, path: impl Into<PathBuf>, limit_bytes: u64) -> Self {
        self.spill = Some((path.into(), limit_bytes));
        self
    }

    /// Writes besides, to a new file at the path of [`spill_to`](Self::spill_to) with `.index` appended, which bytes of that file
    /// are of which output, so that [`SpillReader`](crate::SpillReader) can tell them apart. It takes 16 bytes whenever the
    /// output changes, and each second of output.
    pub fn spill_index(mut self) -> Self {
        self.spill_index = true;
        self
    }

    /// Holds the child and all its descendants by `shim`: whatever leaves the process group is found and killed, too, at the end
    /// of the program, at a timeout, and when this process dies, even by SIGKILL. A control group is used besides where one
    /// can be made. Costs a second process.
    pub fn shim(mut self, shim: Shim) -> Self {
        self.shim = Some(shim);
        self
    }

    /// Refuses to start unless the descendants can be held at least so well: [`SpawnError::Containment`].
    pub fn require(mut self, containment: Containment) -> Self {
        self.require = containment;
        self
    }

    /// Restricts what the child may do. Needs a [`shim`](Self::shim), which applies it.
    pub fn confine(mut self, confinement: Confinement) -> Self {
        self.confinement = Some(confinement);
        self
    }

    /// Ends the run when `cancel` says so.
    pub fn cancel_on(mut self, cancel: &Cancel) -> Self {
        self.cancel = Some(cancel.clone());
        self
    }

    /// Computes the sha256 of each output, of all that was read of it and not only of what is kept.
    pub fn digest(mut self) -> Self {
        self.digest = true;
        self
    }

    /// Starts the child and waits for its end, as [`run`](Self::run) does, and tells `observer` what happens.
    pub fn run_with(&self, observer: &mut dyn FnMut(Event<'_>)) -> Result<Outcome, SpawnError> {
        start::run(self, Some(observer))
    }

    /// Starts the child and waits for its end. Blocks.
    ///
    /// An exit code other than 0, a signal and a timeout are outcomes, not errors. When this returns, with or without error,
    /// nothing is left of the child's process group, and with a [`shim`](Self::shim) nothing of all its descendants. They may still be
    /// zombies, for a moment, where others have to wait for them.
    pub fn run(&self) -> Result<Outcome, SpawnError> {
        start::run(self, None)
    }
}

impl fmt::Debug for Spawn {
    /// Without arguments and values: they may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spawn")
            .field("program", &self.argv.first())
            .field("directory", &self.directory)
            .field("variables", &self.environment.keys())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

pub(crate) fn is_inherited(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    INHERITED_NAMES
        .iter()
        .any(|inherited| inherited.as_bytes() == name)
        || INHERITED_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix.as_bytes()))
}
