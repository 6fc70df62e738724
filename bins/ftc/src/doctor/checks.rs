//! What is looked at.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ftc_cli::config::{Config, Sources, keys};
use ftc_cli::trust::TRUST_VARIABLE;
use ftc_cli::{Context, nearest};
use ftc_process::{ParentEnv, Spawn};

use super::git_version::GitVersion;
use super::{Check, Status, children, store};
use crate::programs;

/// The oldest git that has `merge-tree --write-tree`.
const OLDEST_GIT: GitVersion = GitVersion {
    major: 2,
    minor: 38,
};

/// Programs without which ftc is of no use.
const NEEDED_PROGRAMS: [&str; 1] = ["scan"];

/// Programs that do their part without the others.
const OTHER_PROGRAMS: [&str; 4] = ["clean", "gate", "change", "worktree"];

/// Every check, in the order in which a person would mend what is wrong.
pub(super) fn all(context: &mut Context) -> Vec<Check> {
    let mut checks = vec![git(&context.env)];
    match Config::load(&context.sources) {
        Ok(config) => {
            context.adopt(config);
            checks.push(Check::new(
                "configuration",
                Status::Ok,
                files(&context.sources),
            ));
            checks.push(store::check(
                context.config.value(&keys::STORE).as_ref(),
                &context.directory,
            ));
        }
        Err(error) => {
            let check = Check::new("configuration", Status::Fail, chain(&error));
            checks.push(error.hints().into_iter().fold(check, Check::hint));
            checks.push(Check::new(
                "store",
                Status::Warn,
                "not checked: the configuration is wrong",
            ));
        }
    }
    checks.push(environment(&context.env));
    checks.push(found_programs(&context.env));
    checks.extend(children::all(context));
    checks
}

/// An error with its causes in one line.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn git(env: &ParentEnv) -> Check {
    let install = format!("install git {OLDEST_GIT} or later");
    let fail = |message: String| Check::new("git", Status::Fail, message).hint(install.as_str());
    let outcome = Spawn::new(["git", "--version"])
        .inherit_from(env)
        .timeout(Duration::from_secs(10))
        .run();
    let outcome = match outcome {
        Ok(outcome) if outcome.success() => outcome,
        Ok(outcome) if outcome.timed_out => return fail("`git --version` does not end".to_owned()),
        Ok(outcome) => return fail(format!("`git --version` ended with {}", outcome.end)),
        Err(error) => return fail(chain(&error)),
    };
    let answer = outcome.stdout.to_text();
    match GitVersion::parse(&answer) {
        Some(version) if version >= OLDEST_GIT => Check::new("git", Status::Ok, answer.trim()),
        Some(version) => fail(format!("git {version} is too old")),
        None => fail(format!("`git --version` says `{}`", answer.trim())),
    }
}

fn files(sources: &Sources) -> String {
    let user_file = sources
        .user_file
        .as_ref()
        .map(ftc_cli::config::UserFile::path);
    let read: Vec<String> = [sources.repository_file.as_deref(), user_file]
        .into_iter()
        .flatten()
        .filter(|path| fs::metadata(path).is_ok())
        .map(|path| path.display().to_string())
        .collect();
    if read.is_empty() {
        "valid; there are no files".to_owned()
    } else {
        format!("valid: {}", read.join(", "))
    }
}

/// Variables that are nearly ours: a typing error in one is silent otherwise.
fn environment(env: &ParentEnv) -> Check {
    let known = || {
        let variables = keys::ALL.iter().map(|key| key.variable);
        variables.chain([TRUST_VARIABLE])
    };
    let slips: Vec<(&str, &str)> = env
        .iter()
        .filter_map(|(name, _)| name.to_str())
        .filter(|name| name.starts_with("FTC_") && known().all(|variable| variable != *name))
        .filter_map(|name| Some((name, nearest(name, known())?)))
        .collect();
    let names: Vec<String> = slips.iter().map(|(name, _)| format!("`{name}`")).collect();
    let check = match names.as_slice() {
        [] => Check::new("environment", Status::Ok, "no misspelt variable"),
        names => Check::new(
            "environment",
            Status::Warn,
            format!("no program reads {}", names.join(", ")),
        ),
    };
    slips.iter().fold(check, |check, (_, nearest)| {
        check.hint(format!("did you mean `{nearest}`?"))
    })
}

fn found_programs(env: &ParentEnv) -> Check {
    let installed = programs::installed(env);
    let missing = |names: &[&str]| -> Vec<String> {
        let missing = names.iter().filter(|name| !installed.contains_key(**name));
        missing.map(|name| format!("`ftc-{name}`")).collect()
    };
    let beside = programs::directory_of_this_program();
    let place = beside.map_or_else(
        || "a directory of PATH".to_owned(),
        |path| format!("`{}`", path.display()),
    );
    let needed = missing(&NEEDED_PROGRAMS);
    if !needed.is_empty() {
        let message = format!("{} not found", needed.join(", "));
        return Check::new("programs", Status::Fail, message).hint(format!("install into {place}"));
    }
    let found = shown(&installed);
    let others = missing(&OTHER_PROGRAMS);
    if others.is_empty() {
        return Check::new("programs", Status::Ok, found);
    }
    let message = format!("{found}; not found: {}", others.join(", "));
    Check::new("programs", Status::Warn, message)
        .hint(format!("install what you want to use into {place}"))
}

/// The names of programs, once for each directory that has some.
fn shown(installed: &BTreeMap<String, PathBuf>) -> String {
    let mut places: Vec<(&Path, Vec<&str>)> = Vec::new();
    for (name, path) in installed {
        let directory = path.parent().unwrap_or(path);
        match places.iter_mut().find(|(known, _)| *known == directory) {
            Some((_, names)) => names.push(name),
            None => places.push((directory, vec![name])),
        }
    }
    let places: Vec<String> = places
        .iter()
        .map(|(directory, names)| format!("{} in {}", names.join(", "), directory.display()))
        .collect();
    places.join("; ")
}
