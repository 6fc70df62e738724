//! The story, step by step. What people do in it is scripted; everything else is what always happens.

use std::path::Path;

use ftc_cli::{CliError, Context, ExitCode, printable, printable_argv};
use ftc_flaky::{FailedAttempt, Memo, PassReport, Source};
use ftc_github::{Forge as _, IssueNumber, Login, MergeOptions, ReviewState};
use ftc_state::{Lifecycle, LifecycleState};

use super::world::{MAINTAINER, World};
use crate::args::DemoArgs;
use crate::failed::failed;
use crate::once;

/// Runs of the tests in one go.
const RUNS: u32 = 20;
/// The flake shows in nearly every go; a story without one is no story.
const MOST_GOES: u32 = 5;

const WISH: &str = "Please say in a comment why the version is compared.";

/// How the story ended.
pub enum End {
    Merged,
    Unmerged,
}

/// Plays the story in the empty folder `root`.
pub fn play(root: &Path, args: &DemoArgs, context: &mut Context) -> Result<End, CliError> {
    let mut story = Story {
        world: World::make(root, args.patch, context)?,
        step: 0,
    };
    story.introduce(context)?;
    let issue = story.discover(context)?;
    story.approve(issue, context)?;
    let Some(pull) = story.fix(issue, context)? else {
        story.end(args, context)?;
        return Ok(End::Unmerged);
    };
    story.review(pull, context)?;
    story.merge(pull, context)?;
    let end = story.close(issue, context)?;
    story.end(args, context)?;
    Ok(end)
}

struct Story {
    world: World,
    step: u32,
}

impl Story {
    fn heading(&mut self, text: &str, context: &mut Context) -> Result<(), CliError> {
        self.step += 1;
        let step = self.step;
        context.print(|out| writeln!(out, "\n{step}. {text}"))
    }

    fn say(context: &mut Context, text: &str) -> Result<(), CliError> {
        context.print(|out| {
            for line in text.lines() {
                writeln!(out, "   {}", ftc_cli::printable(line))?;
            }
            Ok(())
        })
    }

    /// One pass of the cleaner, with what it wrote to the forge.
    fn pass(&self, source: Option<Source>, context: &mut Context) -> Result<PassReport, CliError> {
        let mut settings = self.world.settings()?;
        settings.source = source;
        let (report, lines) = once::pass_of_story(&settings, World::gate_file(), context)?;
        for failure in &report.failures {
            if let Some(error) = &failure.error {
                return Err(crate::render::pass::failure_error(failure, error));
            }
        }
        if let Some(discovery) = &report.discovery {
            let text = format!(
                "{} runs, {} with a failure",
                discovery.read, discovery.failed
            );
            Self::say(context, &text)?;
        }
        Self::say(context, &lines.join("\n"))?;
        Ok(report)
    }

    fn introduce(&mut self, context: &mut Context) -> Result<(), CliError> {
        self.heading("A project with a race", context)?;
        let world = &self.world;
        let text = format!(
            "{}  a Rust crate; look at `store` in src/lib.rs\n{}  where it is pushed to\n{}  issues and pull requests as files",
            world.project().display(),
            world.origin().display(),
            world.forge_directory().display(),
        );
        Self::say(context, &text)
    }

    /// Runs the tests until the flake shows, and files the issue.
    fn discover(&mut self, context: &mut Context) -> Result<IssueNumber, CliError> {
        self.heading("Its tests are run again and again; what fails and passes on the same code is filed and analysed", context)?;
        for _ in 0..MOST_GOES {
            let report = self.pass(Some(Source::Runs(RUNS)), context)?;
            if let Some(why) = unexplained(&report) {
                return Err(
                    CliError::usage(format!("the tests of the demo do not run: {why}"))
                        .hint("a Rust toolchain is needed: `cargo test` has to work in this shell"),
                );
            }
            let found = report
                .failures
                .iter()
                .find_map(|failure| failure.lifecycle.issue);
            if let Some(issue) = found {
                let issue = IssueNumber(issue);
                self.show_issue(issue, context)?;
                return Ok(issue);
            }
        }
        Err(CliError::usage(format!(
            "the race did not show in {} runs",
            RUNS * MOST_GOES
        ))
        .hint("run the demo again; the race depends on the order of threads"))
    }

    fn show_issue(&self, issue: IssueNumber, context: &mut Context) -> Result<(), CliError> {
        let forge = self.world.forge_of(MAINTAINER)?;
        Self::say(context, &format!("look at {}", forge.location(issue)))
    }

    fn approve(&mut self, issue: IssueNumber, context: &mut Context) -> Result<(), CliError> {
        self.heading(
            &format!("{MAINTAINER}, a maintainer, allows a fix of {issue}"),
            context,
        )?;
        let forge = self.world.forge_of(MAINTAINER)?;
        forge.approve(issue, &login(MAINTAINER)?).map_err(failed)?;
        Self::say(
            context,
            &format!("as `ftc forge --as {MAINTAINER} approve {}` does", issue.0),
        )
    }

    /// Lets the agent try. `None` when its change does not stand.
    fn fix(
        &mut self,
        issue: IssueNumber,
        context: &mut Context,
    ) -> Result<Option<IssueNumber>, CliError> {
        self.heading(
            "An agent edits a leased worktree; its change is judged, applied, gated and proved",
            context,
        )?;
        let report = self.pass(None, context)?;
        let failure = report.failures.first();
        if let Some(pull) = failure.and_then(|failure| failure.lifecycle.pull) {
            let pull = IssueNumber(pull);
            self.show_issue(pull, context)?;
            return Ok(Some(pull));
        }
        let attempt = failure.and_then(|failure| last_attempt(&failure.lifecycle));
        let Some(attempt) = attempt else {
            return Err(CliError::new(
                ExitCode::Bug,
                "the pass ended without a change and without a reason",
            ));
        };
        Self::say(context, "the change does not stand; the issue says why:")?;
        Self::say(context, &attempt.reason)?;
        self.show_issue(issue, context)?;
        let reason = attempt.reason.lines().next().unwrap_or_default();
        let stage = &attempt.stage;
        context.print(|out| {
            writeln!(
                out,
                "\nNOT MERGED: stage \"{stage}\": {}",
                ftc_cli::printable(reason)
            )
        })?;
        Ok(None)
    }

    fn review(&mut self, pull: IssueNumber, context: &mut Context) -> Result<(), CliError> {
        self.heading(
            &format!("{MAINTAINER} asks for a change of {pull}, and the agent answers"),
            context,
        )?;
        let forge = self.world.forge_of(MAINTAINER)?;
        Self::say(context, &format!("{MAINTAINER}: {WISH}"))?;
        forge
            .review(
                pull,
                &login(MAINTAINER)?,
                ReviewState::ChangesRequested,
                WISH,
            )
            .map_err(failed)?;
        self.pass(None, context)?;
        Ok(())
    }

    fn merge(&mut self, pull: IssueNumber, context: &mut Context) -> Result<(), CliError> {
        self.heading(&format!("{MAINTAINER} approves and merges {pull}"), context)?;
        let forge = self.world.forge_of(MAINTAINER)?;
        let alice = login(MAINTAINER)?;
        forge
            .review(pull, &alice, ReviewState::Approved, "Thank you.")
            .map_err(failed)?;
        let merged = forge
            .merge(pull, &alice, &MergeOptions::default())
            .map_err(failed)?;
        let short = merged.sha.get(..12).unwrap_or(&merged.sha);
        Self::say(
            context,
            &format!("main of {} is now {short}", self.world.origin().display()),
        )
    }

    fn close(&mut self, issue: IssueNumber, context: &mut Context) -> Result<End, CliError> {
        self.heading("The cleaner sees the merge and closes the issue", context)?;
        let report = self.pass(None, context)?;
        let merged = report
            .failures
            .iter()
            .any(|failure| failure.lifecycle.state == LifecycleState::Merged);
        self.show_issue(issue, context)?;
        if merged {
            context.print(|out| writeln!(out, "\nMERGED"))?;
            return Ok(End::Merged);
        }
        context.print(|out| writeln!(out, "\nNOT MERGED"))?;
        Ok(End::Unmerged)
    }

    /// What there is to look at, if it stays.
    fn end(&self, args: &DemoArgs, context: &mut Context) -> Result<(), CliError> {
        if args.keep.is_none() {
            return context
                .print(|out| writeln!(out, "\n`--keep DIR` leaves everything there to look at."));
        }
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let root = text(&self.world.root);
        let (config, origin) = (
            text(&self.world.configuration()),
            text(&self.world.origin()),
        );
        context.print(|out| {
            writeln!(
                out,
                "\nEverything is in {}. Look at it with",
                printable(&root)
            )?;
            for command in [
                &["ftc-clean", "--config", &config, "status"][..],
                &["ftc", "--config", &config, "forge", "list"],
                &["git", "-C", &origin, "log", "--patch", "main"],
            ] {
                writeln!(out, "  {}", printable_argv(command))?;
            }
            Ok(())
        })
    }
}

fn login(name: &str) -> Result<Login, CliError> {
    Login::new(name).map_err(CliError::usage)
}

/// Why no run of the tests says anything.
fn unexplained(report: &PassReport) -> Option<&str> {
    let discovery = report.discovery.as_ref()?;
    let why = discovery.first_unexplained.as_deref()?;
    (discovery.unexplained == discovery.read).then_some(why)
}

/// Why there is no change.
fn last_attempt(lifecycle: &Lifecycle) -> Option<FailedAttempt> {
    let memo = Memo::parse(&lifecycle.memo, &lifecycle.fingerprint.to_string()).ok()?;
    memo.failed_attempts.last().cloned()
}
