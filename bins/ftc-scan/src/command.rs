//! Scanning: inputs in, an answer out.

use std::sync::Arc;

use ftc_cli::{CliError, Context, ExitCode, write_completions};
use ftc_state::{FingerprintPrefix, KnownFingerprint, Occurrence};
use jiff::Timestamp;

use crate::args::{Args, Command, StoreCommand};
use crate::cluster::Clusters;
use crate::explain::{self, Explained};
use crate::history;
use crate::in_order::in_order;
use crate::inputs::{FileReport, Found, Outcome, ScanOptions, discover, scan_input};
use crate::model::{FileResult, Seen, Summary, Unreadable};
use crate::plan::{Plan, Question};
use crate::progress::Progress;
use crate::reindex;
use crate::render::{self, Renderer};
use crate::show::{self, Shown, nothing_begins};
use crate::store::Memory;

/// Runs `ftc-scan`.
pub fn run(args: Args, context: &mut Context) -> Result<ExitCode, CliError> {
    match &args.command {
        Some(Command::Completions(completions)) => {
            return write_completions::<Args>(completions, context);
        }
        Some(Command::Store(StoreCommand::Reindex(reindex))) => {
            return reindex::run(reindex, context);
        }
        None => {}
    }
    let plan = Plan::new(args, context)?;
    let mut session = Session::new(&plan, context);
    let mut renderer = render::for_plan(&plan, context);
    match &plan.question {
        Question::Failures => {
            context.print(|out| renderer.begin(out))?;
            session.scan(&mut Answer::Render(renderer.as_mut()), context)?;
            let summary = session.summary.clone();
            context.print(|out| renderer.end(&summary, out))?;
        }
        Question::Show(prefix) => {
            let mut shown = Shown::new(prefix);
            session.scan(&mut Answer::Show(&mut shown), context)?;
            let found = session.find(prefix)?;
            show::print(shown, found, &plan, context)?;
        }
        Question::Explain(prefix) => {
            let mut explained = Explained::new(prefix);
            session.scan(&mut Answer::Explain(&mut explained), context)?;
            let found = session.find(prefix)?;
            explain::print(explained, found, &plan, context)?;
        }
        Question::History(prefix) => {
            session.scan(&mut Answer::Nothing, context)?;
            session.history(prefix, context)?;
        }
        Question::Cluster => {
            let mut clusters = Clusters::default();
            session.scan(&mut Answer::Cluster(&mut clusters), context)?;
            if let Some(memory) = &session.memory {
                memory.visit_fingerprints(|known| clusters.remember(&known, &plan.masks))?;
            }
            clusters.print(&plan, context)?;
        }
    }
    Ok(session.exit_code())
}

/// Where the files go.
enum Answer<'a, 'b> {
    Render(&'a mut dyn Renderer),
    Show(&'a mut Shown<'b>),
    Explain(&'a mut Explained<'b>),
    Cluster(&'a mut Clusters),
    Nothing,
}

/// One run of the program.
struct Session<'a> {
    plan: &'a Plan,
    memory: Option<Memory<'a>>,
    progress: Arc<Progress>,
    summary: Summary,
    store_failed: bool,
}

impl<'a> Session<'a> {
    /// Opens the store, if there is to be one. What is wrong with it does not keep the inputs from being scanned.
    fn new(plan: &'a Plan, context: &mut Context) -> Self {
        let mut store_failed = false;
        let memory =
            plan.store
                .as_ref()
                .and_then(|store| match Memory::open(store, Timestamp::now()) {
                    Ok(memory) => Some(memory),
                    Err(error) => {
                        context.report(&error);
                        store_failed = true;
                        None
                    }
                });
        Self {
            plan,
            memory,
            progress: Arc::new(Progress::new(context.shows_progress())),
            summary: Summary::default(),
            store_failed,
        }
    }

    /// What the store knows of a failure.
    fn find(
        &self,
        prefix: &FingerprintPrefix,
    ) -> Result<Option<(KnownFingerprint, Vec<Occurrence>)>, CliError> {
        match &self.memory {
            Some(memory) => memory.find(prefix),
            None => Ok(None),
        }
    }

    fn history(&self, prefix: &FingerprintPrefix, context: &mut Context) -> Result<(), CliError> {
        // A store that cannot be used has been complained of.
        let Some(memory) = &self.memory else {
            return Ok(());
        };
        let Some((known, occurrences)) = memory.find(prefix)? else {
            return Err(nothing_begins(prefix, self.plan));
        };
        let runs = memory.runs(&known.repository)?;
        history::print(
            &known,
            &occurrences,
            &runs,
            Timestamp::now(),
            self.plan,
            context,
        )
    }

    fn scan(&mut self, answer: &mut Answer<'_, '_>, context: &mut Context) -> Result<(), CliError> {
        let found = discover(&self.plan.paths, &context.directory);
        let mut options = ScanOptions::new(Arc::clone(&self.progress));
        options.hashes = self.memory.is_some();
        options.scanner.masks = self.plan.masks.clone();
        let work = |found| match found {
            Found::Input(input) => scan_input(&input, &options),
            Found::Error(error) => Outcome::of_error(error),
            Found::Warning(warning) => Outcome::of_warning(warning),
        };
        let progress = Arc::clone(&self.progress);
        let result = in_order(found, self.plan.jobs, work, |outcome| {
            progress.suspend(|| self.take(outcome, answer, context))
        });
        progress.finish();
        self.summary.elapsed = progress.elapsed();
        result
    }

    fn take(
        &mut self,
        outcome: Outcome,
        answer: &mut Answer<'_, '_>,
        context: &mut Context,
    ) -> Result<(), CliError> {
        for report in outcome.reports {
            let seen = self.remember(&report, context);
            match answer {
                Answer::Explain(explained) => explained.take(&report),
                Answer::Cluster(clusters) => clusters.take(&report),
                Answer::Render(_) | Answer::Show(_) | Answer::Nothing => {}
            }
            let file = FileResult::new(report, seen);
            self.summary.add(&file);
            match answer {
                Answer::Render(renderer) => context.print(|out| renderer.file(&file, out))?,
                Answer::Show(shown) => shown.take(file),
                Answer::Explain(_) | Answer::Cluster(_) | Answer::Nothing => {}
            }
        }
        for error in outcome.errors {
            self.summary.errors.push(Unreadable::from(&error));
            context.report(&error.into());
        }
        for warning in outcome.warnings {
            context.warn(&warning);
            self.summary.warnings.push(warning);
        }
        Ok(())
    }

    /// Records a file. After the first failure of the store no more is tried: the next would fail alike, and take as
    /// long to say so.
    fn remember(&mut self, report: &FileReport, context: &mut Context) -> Vec<Seen> {
        let Some(memory) = &self.memory else {
            return Vec::new();
        };
        memory.record(report).unwrap_or_else(|error| {
            context.report(
                &error.hint("what was recorded before is kept; the rest of the answer is complete"),
            );
            self.memory = None;
            self.store_failed = true;
            Vec::new()
        })
    }

    fn exit_code(&self) -> ExitCode {
        if self.store_failed || !self.summary.errors.is_empty() {
            ExitCode::Usage
        } else if self.summary.failures > 0 && !self.plan.exit_zero {
            ExitCode::No
        } else {
            ExitCode::Yes
        }
    }
}
