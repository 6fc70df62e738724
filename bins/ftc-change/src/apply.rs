//! `ftc-change apply`.

use std::path::Path;

use ftc_changeset::{
    Approval, ApprovalProof, AuthorizeError, Authorized, Decision, Executor, ExecutorOptions,
    HealthCheckKind, Preview, STATE_DIR, WriteGate,
};
use ftc_cli::{CliError, Context, ExitCode, ReportFormat};
use ftc_process::Confinement;
use ftc_process::confine::{Profile, Require};
use ftc_vcs::{ObjectId, Repository};
use jiff::Timestamp;

use crate::args::{ApplyArgs, Confine, ConfineArgs};
use crate::bundle::{self, Bundle};
use crate::failure::{of_execution, of_executor, usage};
use crate::judge::{Law, exit_code};
use crate::render::{self, Judged};
use crate::repository;

pub fn run(args: &ApplyArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let bundle = bundle::load(&context.directory.join(&args.bundle))?;
    let repository = repository::open(&context.directory.join(&args.to), context)?;
    let root = repository::work_dir(&repository)?;
    let head = repository::resolve(&repository, "HEAD")?;
    require_base(&bundle, head)?;
    require_untracked_state(&repository, head)?;
    let law = Law::load(args.policy.as_ref(), &repository, head, &root, context)?;
    let now = Timestamp::now();
    let decision = law.judge(
        &bundle.plan,
        &bundle.change_set,
        Vec::new(),
        &bundle.blobs,
        now,
    );
    let approvals: Vec<_> = args
        .approve_as
        .iter()
        .map(|name| Approval::new(&decision, name.clone(), ApprovalProof::Terminal, now))
        .collect();
    let authorized = WriteGate::authorize(
        &law.policy,
        &bundle.plan,
        &bundle.change_set,
        &decision,
        &approvals,
        now,
    );
    match authorized {
        Ok(authorized) => {
            require_consent(args, &bundle)?;
            apply(args, &bundle, authorized, &repository, &root, context)
        }
        Err(error) => refuse(args, &bundle, &decision, &law, error, context),
    }
}

fn apply(
    args: &ApplyArgs,
    bundle: &Bundle,
    authorized: Authorized<'_>,
    repository: &Repository,
    root: &Path,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    let options = confined(&args.confine, repository, args, context)?;
    let recovery = if args.dry_run {
        Executor::preview_recovery(root, &options)
    } else {
        Executor::recover(root, options.clone())
    };
    render::recovered_on_the_way(&recovery.map_err(of_executor)?, args.dry_run, context);
    let preview = Executor::preview(root, &authorized, &bundle.blobs).map_err(of_execution)?;
    if !preview.already_applied && preview.conflicts.is_empty() {
        require_clean(repository, root)?;
    }
    if args.dry_run {
        return would_apply(args, &preview, context);
    }
    let (executor, _) = Executor::open(root, options).map_err(of_executor)?;
    let result = executor
        .execute(authorized, &bundle.blobs)
        .map_err(of_execution)?;
    match args.format {
        ReportFormat::Human => render::applied(&result, context)?,
        ReportFormat::Json => context.print_json(&render::applied_document(&result))?,
    }
    Ok(ExitCode::Yes)
}

/// How the executor works, with the commands of health checks held by this very program and confined.
fn confined(
    confine: &ConfineArgs,
    repository: &Repository,
    args: &ApplyArgs,
    context: &Context,
) -> Result<ExecutorOptions, CliError> {
    let options = repository::executor_options(&args.keys, context)?.shim(context.shim());
    if confine.confine == Confine::None {
        if confine.require_confinement || !confine.read.is_empty() || !confine.write.is_empty() {
            let message = "`--confine none` leaves nothing that could be required or added";
            return Err(CliError::usage(message));
        }
        return Ok(options);
    }
    let require = if confine.require_confinement {
        Require::Full
    } else {
        Require::BestEffort
    };
    let mut confinement = Confinement::new(Profile::Health)
        .require(require)
        .readable(repository.common_dir());
    for path in &confine.read {
        confinement = confinement.readable(context.directory.join(path));
    }
    for path in &confine.write {
        confinement = confinement.writable(context.directory.join(path));
    }
    Ok(options.confine(confinement))
}

fn would_apply(
    args: &ApplyArgs,
    preview: &Preview,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    match args.format {
        ReportFormat::Human => render::preview(preview, context)?,
        ReportFormat::Json => context.print_json(&render::preview_document(preview))?,
    }
    Ok(if preview.conflicts.is_empty() {
        ExitCode::Yes
    } else {
        ExitCode::Conflict
    })
}

/// Says why the change may not be written.
fn refuse(
    args: &ApplyArgs,
    bundle: &Bundle,
    decision: &Decision,
    law: &Law,
    error: AuthorizeError,
    context: &mut Context,
) -> Result<ExitCode, CliError> {
    let judged = Judged::new(
        &bundle.plan,
        &bundle.change_set,
        decision,
        &law.origin,
        None,
    );
    match args.format {
        ReportFormat::Human => render::judged(&judged, context)?,
        ReportFormat::Json => context.print_json(&judged.document())?,
    }
    let code = match exit_code(decision.verdict) {
        // Allowed, but the right was not given all the same.
        ExitCode::Yes => ExitCode::No,
        code => code,
    };
    let hints: Vec<_> = match &error {
        AuthorizeError::NeedsApproval { shortfalls, .. } => shortfalls
            .iter()
            .map(|shortfall| format!("approval `{}`: {}", shortfall.approval_id, shortfall.reason))
            .collect(),
        _ => Vec::new(),
    };
    Err(hints
        .into_iter()
        .fold(CliError::new(code, error), CliError::hint))
}

/// What a plan names may have been written by whoever made the change.
fn require_consent(args: &ApplyArgs, bundle: &Bundle) -> Result<(), CliError> {
    let command = bundle
        .plan
        .health_checks
        .iter()
        .find_map(|check| match &check.check {
            HealthCheckKind::Command { argv, .. } => Some((check, argv)),
            _ => None,
        });
    match command {
        Some((check, argv)) if !args.allow_commands => Err(CliError::usage(format!(
            "health check `{}` of the plan is a command: `{}`",
            check.id,
            argv.join(" ")
        ))
        .hint("look at the commands in plan.json, then allow them with `--allow-commands`")),
        _ => Ok(()),
    }
}

/// The policy that counts is that of the checkout, so the change must start from its commit.
fn require_base(bundle: &Bundle, head: ObjectId) -> Result<(), CliError> {
    let base = bundle.plan.base.commit.as_deref();
    if base == Some(head.to_string().as_str()) {
        return Ok(());
    }
    let message = format!(
        "the change starts from commit `{}`, and the checkout is at `{head}`",
        base.unwrap_or("(none)")
    );
    Err(CliError::new(ExitCode::Conflict, message)
        .hint("check out that commit, or make the change anew from this one"))
}

/// A commit that brings a state directory along brings journals of whoever made it.
fn require_untracked_state(repository: &Repository, head: ObjectId) -> Result<(), CliError> {
    let files = repository
        .diff_trees(ObjectId::EMPTY_TREE, head)
        .map_err(|error| {
            let hints = error.hints();
            usage(error, hints)
        })?;
    if files.iter().any(|file| file.path.starts_with(STATE_DIR)) {
        let message = format!("commit `{}` has files in `{STATE_DIR}`", head.short());
        return Err(CliError::usage(message)
            .hint("what is in there is for this checkout alone: remove it from the repository"));
    }
    Ok(())
}

fn require_clean(repository: &Repository, root: &Path) -> Result<(), CliError> {
    let clean = repository.is_clean(root).map_err(|error| {
        let hints = error.hints();
        usage(error, hints)
    })?;
    if clean {
        return Ok(());
    }
    let message = format!("checkout `{}` has changes of its own", root.display());
    Err(CliError::new(ExitCode::Conflict, message)
        .hint("commit them, or apply to another checkout"))
}
