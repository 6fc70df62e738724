//! `ftc trust`.

mod render;
mod source;

use ftc_cli::trust::{Trust, TrustError, TrustedFile};
use ftc_cli::{CliError, Context, ExitCode, ReportFormat};
use ftc_durable::Digest;
use jiff::Timestamp;

use crate::args::TrustArgs;
use render::{Answer, Effect};
use source::Source;

/// Shows and changes which gate files may run.
pub fn run(args: &TrustArgs, context: &mut Context) -> Result<ExitCode, CliError> {
    let trust = Trust::load(&context.env)?;
    if args.list {
        return list(args.format, &trust, context);
    }
    if args.remove {
        return remove(args, trust, context);
    }
    add(args, trust, context)
}

fn list(format: ReportFormat, trust: &Trust, context: &mut Context) -> Result<ExitCode, CliError> {
    match format {
        ReportFormat::Json => context.print_json(&render::list(trust))?,
        ReportFormat::Human => context.print(|out| render::write_list(trust, out))?,
    }
    Ok(ExitCode::Yes)
}

fn add(args: &TrustArgs, mut trust: Trust, context: &mut Context) -> Result<ExitCode, CliError> {
    let source = Source::load(args, context)?;
    let digest = source.file.digest();
    let effect = if trust.allows(&digest.to_string()) {
        Effect::Unchanged
    } else if trust.path().is_none() {
        return Err(TrustError::NoPlace.into());
    } else if args.dry_run {
        Effect::WouldAdd
    } else {
        trust.add(TrustedFile::new(digest, &source.origin, Timestamp::now()))?;
        Effect::Added
    };
    let answer = Answer::of_gates(effect, &source);
    answer.print(args.format, context)?;
    if source.differs {
        context.warn("`gates.yaml` in the worktree is another text; it needs trust of its own once it is committed");
    }
    Ok(ExitCode::Yes)
}

/// Forgets a digest, or the gate file of a repository.
fn remove(args: &TrustArgs, mut trust: Trust, context: &mut Context) -> Result<ExitCode, CliError> {
    let named = args
        .target
        .as_ref()
        .and_then(|target| target.to_str()?.parse::<Digest>().ok());
    let digest = match named {
        Some(digest) => digest,
        None => Source::load(args, context)?.file.digest(),
    };
    let is_known = trust.entries().iter().any(|entry| entry.digest == digest);
    let effect = match (is_known, args.dry_run) {
        (false, _) => Effect::Unknown,
        (true, true) => Effect::WouldRemove,
        (true, false) => {
            trust.remove(&digest.to_string())?;
            Effect::Removed
        }
    };
    Answer::of_digest(effect, digest).print(args.format, context)?;
    if trust.from_environment().contains(&digest) {
        context.warn("the environment variable `FTC_TRUST` still trusts it");
    }
    Ok(ExitCode::Yes)
}
