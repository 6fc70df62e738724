//! What the parent resolves before the start.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::confine::allowed::Allowed;
use crate::confine::private::{self, PrivateDirectory};
use crate::confine::system;
use crate::confine::tools;
use crate::confine::{Confinement, Network, Profile, Require, ResourceLimits};
use crate::shim::spec::ChildCommand;
use crate::spawn::SpawnError;

/// A confinement, resolved: everything absolute and checked, ready to be sent to the shim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(super) profile: Profile,
    pub(super) require: Require,
    pub(super) network: Network,
    pub(super) limits: ResourceLimits,
    pub(super) files: Option<Files>,
}

/// The files that a child may use. All paths are absolute and without symbolic links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Files {
    pub(super) rules: Vec<Rule>,
    /// Symbolic links on the way to the paths as they were given, and where they point.
    pub(super) links: Vec<(OsString, OsString)>,
    pub(super) hidden: Vec<OsString>,
    /// The child's own `/tmp`, where it can have one.
    pub(super) temporary: OsString,
    /// What [`Plan::remove_private`] removes.
    removed: Option<OsString>,
}

/// What may be done beneath one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rule {
    pub(super) path: OsString,
    pub(super) access: Access,
}

/// What may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Access {
    /// It exists. What of it may be read is said by other rules.
    See,
    /// Read and execute.
    Read,
    /// Everything but making devices.
    Write,
}

/// A plan, with what the parent has to keep until the child has ended.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    /// Removes the private directories when it is dropped.
    #[expect(dead_code, reason = "it is kept for its drop")]
    private: Option<PrivateDirectory>,
}

impl Confinement {
    /// Resolves the confinement for `command`, and makes its private directories. Changes the command's environment: `HOME`,
    /// `TMPDIR` and the like point to them, and the variables of known toolchains to their real homes.
    ///
    /// The real home is the `HOME` of the command. The answer is to be dropped after the child and all its descendants have ended: that
    /// removes the private directories.
    pub(crate) fn plan(&self, command: &mut ChildCommand) -> Result<Planned, SpawnError> {
        let mut plan = Plan {
            profile: self.profile,
            require: self.require,
            network: self.network,
            limits: self.limits,
            files: None,
        };
        if self.profile == Profile::None {
            return Ok(Planned {
                plan,
                private: None,
            });
        }
        let private = PrivateDirectory::make(self.scratch.as_deref(), command)?;
        plan.files = Some(self.files(command, &private)?);
        private.point_environment(command);
        Ok(Planned {
            plan,
            private: Some(private),
        })
    }

    fn files(
        &self,
        command: &mut ChildCommand,
        private: &PrivateDirectory,
    ) -> Result<Files, SpawnError> {
        let home = command
            .environment
            .get(OsStr::new("HOME"))
            .map(PathBuf::from);
        let mut allowed = Allowed::new(home.as_deref());
        for path in &self.writable {
            allowed.require(path, Access::Write)?;
        }
        for path in private.writable() {
            allowed.require(&path, Access::Write)?;
        }
        for path in &self.readable {
            allowed.require(path, Access::Read)?;
        }
        allowed.require_program(Path::new(&command.program))?;
        system::allow(&mut allowed);
        tools::allow(&mut allowed, command);
        for path in &self.hidden {
            allowed.hide(path)?;
        }
        let (rules, links, hidden) = allowed.into_parts();
        Ok(Files {
            rules,
            links,
            hidden,
            temporary: private.temporary().into_os_string(),
            removed: private.removed().map(Into::into),
        })
    }
}

impl Plan {
    /// Removes the private directories, unless they are the caller's. For the shim, when its parent is gone and cannot.
    pub(crate) fn remove_private(&self) {
        if let Some(path) = self.files.as_ref().and_then(|files| files.removed.as_ref()) {
            private::remove(Path::new(path));
        }
    }
}
