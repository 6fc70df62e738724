//! The policy, and what the gate says.

use std::path::{Path, PathBuf};

use ftc_changeset::{
    BlobStore, ChangePlan, ChangeSet, Decision, Facts, GateVerdict, POLICY_FILE, Policy,
    PolicySource, Refusal, RepoPath, WriteGate,
};
use ftc_cli::{CliError, Context, ExitCode};
use ftc_vcs::{ObjectId, Repository};
use jiff::Timestamp;

use crate::failure::usage;

/// A policy and where it is from.
pub struct Law {
    pub policy: Policy,
    source: PolicySource,
    /// For a person.
    pub origin: String,
}

impl Law {
    /// The policy of the commit `base`, or the file that the person named. `tree` is the tree that is judged or changed.
    pub fn load(
        file: Option<&PathBuf>,
        repository: &Repository,
        base: ObjectId,
        tree: &Path,
        context: &Context,
    ) -> Result<Self, CliError> {
        let (text, origin, source) = if let Some(file) = file {
            let file = context.directory.join(file);
            let text = std::fs::read_to_string(&file).map_err(|error| {
                CliError::usage(format!(
                    "failed to read policy `{}`: {error}",
                    file.display()
                ))
            })?;
            let path = path_in(tree, &file);
            (
                text,
                file.display().to_string(),
                PolicySource::File { path },
            )
        } else {
            let text = of_commit(repository, base)?;
            let origin = format!("{POLICY_FILE} of commit {}", base.short());
            (text, origin, PolicySource::BaseCommit)
        };
        let policy = Policy::parse(&text, &origin).map_err(|error| {
            let hints = error.hint.clone().into_iter().collect();
            usage(error, hints)
        })?;
        Ok(Self {
            policy,
            source,
            origin,
        })
    }

    /// What the gate says.
    pub fn judge(
        &self,
        plan: &ChangePlan,
        change_set: &ChangeSet,
        refusals: Vec<Refusal>,
        blobs: &dyn BlobStore,
        now: Timestamp,
    ) -> Decision {
        let mut facts = Facts::new(now);
        facts.policy_source = self.source.clone();
        facts.refusals = refusals;
        WriteGate::evaluate(&self.policy, plan, change_set, &facts, blobs)
    }
}

/// What a verdict means for the exit code.
pub fn exit_code(verdict: GateVerdict) -> ExitCode {
    match verdict {
        GateVerdict::Allow => ExitCode::Yes,
        GateVerdict::NeedApproval => ExitCode::NeedsApproval,
        // A verdict that we do not know is no permission.
        _ => ExitCode::No,
    }
}

fn of_commit(repository: &Repository, base: ObjectId) -> Result<String, CliError> {
    let bytes = repository.read_file(base, POLICY_FILE).map_err(|error| {
        let hints = error.hints();
        usage(error, hints)
    })?;
    let Some(bytes) = bytes else {
        let message = format!("commit `{}` has no `{POLICY_FILE}`", base.short());
        return Err(CliError::usage(message)
            .hint("commit a policy, or name one of your own with `--policy FILE`"));
    };
    String::from_utf8(bytes).map_err(|_| {
        CliError::usage(format!(
            "`{POLICY_FILE}` of commit `{}` is not UTF-8",
            base.short()
        ))
    })
}

/// The path of `file` in the tree, if it is in there, through whatever links.
fn path_in(tree: &Path, file: &Path) -> Option<RepoPath> {
    let tree = tree.canonicalize().ok()?;
    let file = file.canonicalize().ok()?;
    RepoPath::from_path(file.strip_prefix(tree).ok()?).ok()
}
