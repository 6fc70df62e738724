//! `cargo xtask score`: how well ftc-scan reads logs whose truth is known.

mod minimum;
mod scanner;
mod source;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::ValueEnum;
use ftc_process::ParentEnv;
use ftc_testkit::corpus::{Detail, Predictions, Score, Truth, score};
use serde_json::json;

use self::minimum::Minimum;
use self::source::Source;
use crate::Answer;

#[derive(Debug, clap::Args)]
#[expect(
    clippy::doc_markdown,
    reason = "these texts are printed as help, where backticks would stand as they are"
)]
pub struct Args {
    /// Folder of the corpus; without it FTC_CORPUS
    #[arg(long, value_name = "DIR", conflicts_with = "fixtures")]
    corpus: Option<PathBuf>,
    /// Part of the corpus
    #[arg(long, value_name = "NAME", default_value = "open")]
    half: String,
    /// Score the logs in fixtures/ instead of a corpus
    #[arg(long)]
    fixtures: bool,
    /// Only these folders of logs
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    folders: Vec<String>,
    /// What must be reached, as in names=0.97,pairs-precision=0.99,clean=all
    #[arg(long, value_name = "MINIMA", value_delimiter = ',')]
    min: Vec<Minimum>,
    /// Use this program instead of building ftc-scan
    #[arg(long, value_name = "FILE", conflicts_with = "predictions")]
    scanner: Option<PathBuf>,
    /// Score these JSON lines instead of running ftc-scan
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
    /// Name every deviation
    #[arg(long)]
    details: bool,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// Scores. The answer is no when a minimum is missed, and yes where there is no corpus to score.
pub fn run(args: &Args) -> anyhow::Result<Answer> {
    let parent = ParentEnv::capture();
    let source = if args.fixtures {
        Source::fixtures()
    } else {
        match source::corpus(args.corpus.as_deref(), &args.half, &parent) {
            Ok(source) => source,
            Err(absent) => {
                let text = format!("{absent}; nothing was scored");
                return Ok(Answer { text, yes: true });
            }
        }
    };
    let truths = source.truths(&args.folders)?;
    let lines = lines(args, &source, &truths, &parent)?;
    let predictions = Predictions::parse(&lines).context("failed to read what ftc-scan printed")?;
    let score = score(&truths, &predictions);
    Ok(answer(&score, args))
}

/// What ftc-scan says about the logs of `truths`.
fn lines(
    args: &Args,
    source: &Source,
    truths: &[Truth],
    parent: &ParentEnv,
) -> anyhow::Result<String> {
    if let Some(file) = &args.predictions {
        return fs::read_to_string(file)
            .with_context(|| format!("failed to read `{}`", file.display()));
    }
    let program = match &args.scanner {
        Some(program) => fs::canonicalize(program)
            .with_context(|| format!("failed to find `{}`", program.display()))?,
        None => scanner::build(parent)?,
    };
    scanner::scan(&program, &source.logs, truths, parent)
}

fn answer(score: &Score, args: &Args) -> Answer {
    let missed: Vec<String> = args.min.iter().filter_map(|m| m.missed_by(score)).collect();
    let text = match args.format {
        Format::Human => human(score, &missed, args.details),
        Format::Json => {
            json!({"schema": "ftc.score/1", "score": score, "missed": missed}).to_string()
        }
    };
    let yes = missed.is_empty();
    Answer { text, yes }
}

fn human(score: &Score, missed: &[String], details: bool) -> String {
    let mut lines = vec![score.to_string()];
    if details {
        lines.extend(score.details.iter().map(Detail::to_string));
    }
    lines.extend(missed.iter().map(|line| format!("missed: {line}")));
    lines.join("\n")
}
