//! How gates and health checks are held and confined.

use std::path::Path;

use ftc_changeset::{ExecutorOptions, STATE_DIR};
use ftc_gates::RunContext;
use ftc_process::Confinement;
use ftc_process::confine::Profile;

use crate::cleaner::Cx;

impl Cx {
    /// A run of gates in `worktree`, held and confined as the caller of the cleaner wants it.
    pub(crate) fn gates<'a>(
        &'a self,
        worktree: &'a Path,
        tree: impl Into<String>,
        artifacts: &'a Path,
    ) -> RunContext<'a> {
        let children = &self.parts.children;
        let mut context = RunContext::new(worktree, tree, &self.parts.environment, artifacts);
        context.shim.clone_from(&children.shim);
        context.containment = children.containment;
        context.confinement = self.confinement(Profile::Gate).map(|every| {
            let writable = children.writable.iter();
            // What the executor left there is not the gate's to read or to change.
            let every = every.hidden(worktree.join(STATE_DIR));
            writable.fold(every, Confinement::writable)
        });
        context
    }

    /// An executor whose health checks are held and confined in the same way.
    pub(crate) fn executor(&self) -> ExecutorOptions {
        let parts = &self.parts;
        let mut options = ExecutorOptions::new(&parts.key_directory).env(parts.environment.clone());
        if let Some(shim) = &parts.children.shim {
            options = options.shim(shim.clone());
        }
        match self.confinement(Profile::Health) {
            Some(confinement) => options.confine(confinement),
            None => options,
        }
    }

    /// The objects of the repository may be read: a test may ask git for its version.
    fn confinement(&self, profile: Profile) -> Option<Confinement> {
        let children = &self.parts.children;
        let confinement = Confinement::new(profile)
            .require(children.confinement?)
            .readable(self.parts.code.common_dir());
        let readable = children.readable.iter();
        Some(readable.fold(confinement, Confinement::readable))
    }
}
