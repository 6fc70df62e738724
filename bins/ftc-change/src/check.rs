//! `ftc-change check`.

use ftc_changeset::{Actor, Base, BlobStore, ChangePlan, MemoryBlobs};
use ftc_cli::config::keys;
use ftc_cli::{CliError, Context, ExitCode, ReportFormat};
use ftc_vcs::ObjectId;
use jiff::Timestamp;

use crate::args::{CheckArgs, PlanArgs};
use crate::judge::{Law, exit_code};
use crate::render::{self, Judged};
use crate::{bundle, difference, repository};

/// The name of a repository that nobody named.
const LOCAL_REPOSITORY: &str = "local";

pub fn run(args: &CheckArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let start = match &args.repository {
        Some(path) => context.directory.join(path),
        None => context.directory.clone(),
    };
    let repository = repository::open(&start, context)?;
    let worktree = match &args.from {
        Some(path) => context.directory.join(path),
        None => repository::work_dir(&repository)?,
    };
    let base = repository::resolve(&repository, &args.base)?;
    let law = Law::load(args.policy.as_ref(), &repository, base, &worktree, context)?;
    let now = Timestamp::now();
    let plan = plan(&args.plan, base, now, context)?;
    let folder = args.out.as_ref().map(|path| context.directory.join(path));
    let blobs: Box<dyn BlobStore> = match &folder {
        Some(folder) => Box::new(bundle::begin(folder)?),
        None => Box::new(MemoryBlobs::new()),
    };
    let found = difference::read(&repository, base, &worktree, &plan, blobs.as_ref())?;
    let change_set = &found.change_set;
    let decision = law.judge(&plan, change_set, found.refusals, blobs.as_ref(), now);
    if let Some(folder) = &folder {
        bundle::finish(folder, &plan, change_set, &decision)?;
    }
    let judged = Judged::new(&plan, change_set, &decision, &law.origin, folder.as_deref());
    match args.format {
        ReportFormat::Human => render::judged(&judged, context)?,
        ReportFormat::Json => context.print_json(&judged.document())?,
    }
    Ok(exit_code(decision.verdict))
}

fn plan(
    args: &PlanArgs,
    base: ObjectId,
    now: Timestamp,
    context: &Context,
) -> Result<ChangePlan, CliError> {
    let author = match &args.author {
        Some(author) => author.clone(),
        None => Actor::new(repository::user(context)).map_err(CliError::usage)?,
    };
    let name = context.config.value(&keys::REPOSITORY);
    let name = name.as_ref().map_or(LOCAL_REPOSITORY, |name| name.as_str());
    let base = Base::new(name).at_commit(base.to_string());
    let intent = args.intent.as_deref().unwrap_or("changes of a worktree");
    let mut plan = ChangePlan::new(intent, author, base, now);
    plan.risk = args.risk;
    plan.scope.clone_from(&args.scope);
    if plan.scope.is_empty() {
        plan.scope.push("**".to_owned());
    }
    plan.verification.clone_from(&args.verify);
    Ok(plan)
}
