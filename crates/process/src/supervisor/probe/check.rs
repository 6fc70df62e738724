//! Asking one question, on a thread of its own.

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Instant;

use super::http::{Request, check_headers, find};
use super::target::Target;
use super::{Check, ProbeSpec};
use crate::cancel::Cancel;
use crate::confine::{Confinement, Profile};
use crate::shim::Shim;
use crate::spawn::Spawn;

/// Of a probe's program little is kept: it is for a message.
const CAPTURE_BYTES: usize = 4 << 10;
const SHOWN_BYTES: usize = 200;

/// Where the program of a probe runs, and what ends it early.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    pub(crate) directory: PathBuf,
    pub(crate) environment: BTreeMap<OsString, OsString>,
    pub(crate) shim: Shim,
    pub(crate) cancel: Cancel,
}

impl Check {
    /// What is wrong with it as it was written: the key within it, and words.
    pub(crate) fn problem(&self) -> Result<(), (&'static str, String)> {
        match self {
            Self::Http {
                url,
                status,
                headers,
                allow_remote,
                contains,
            } => {
                if contains.as_deref() == Some("") {
                    return Err(("http.contains", "is empty".to_owned()));
                }
                if status.is_some_and(|status| !(200..=599).contains(&status)) {
                    return Err(("http.status", "is not between 200 and 599".to_owned()));
                }
                check_headers(headers).map_err(|words| ("http.headers", words))?;
                Request::new(url, headers, *allow_remote)
                    .map(drop)
                    .map_err(|words| ("http.url", words))
            }
            Self::Tcp {
                address,
                allow_remote,
            } => Target::parse(address, None, *allow_remote)
                .map(drop)
                .map_err(|words| ("tcp.address", words)),
            Self::LogLine { contains } if contains.is_empty() || contains.contains('\n') => Err((
                "log-line.contains",
                "is empty or longer than a line".to_owned(),
            )),
            Self::Command { .. } | Self::LogLine { .. } => Ok(()),
        }
    }
}

impl ProbeSpec {
    /// Asks, and returns why the answer is bad, if it is. Blocks until the timeout at most, but for the name of another machine
    /// to be looked up. A log line is not looked for here.
    pub(crate) fn ask(&self, surroundings: &Surroundings) -> Result<(), String> {
        let deadline = Instant::now() + self.timeout;
        match &self.check {
            Check::Http {
                url,
                status,
                contains,
                headers,
                allow_remote,
            } => {
                let request = Request::new(url, headers, *allow_remote)?;
                let response = request
                    .send(contains.is_some(), deadline)
                    .map_err(|error| chain(&error))?;
                let is_expected = match status {
                    Some(status) => response.status == *status,
                    None => (200..300).contains(&response.status),
                };
                if !is_expected {
                    return Err(format!("status {}", response.status));
                }
                match contains {
                    Some(text) if find(&response.body, text.as_bytes()).is_none() => {
                        Err(format!("the body does not contain `{text}`"))
                    }
                    _ => Ok(()),
                }
            }
            Check::Tcp {
                address,
                allow_remote,
            } => Target::parse(address, None, *allow_remote)?
                .connect(deadline)
                .map(drop)
                .map_err(|error| chain(&error)),
            Check::Command { argv } => self.run(argv, surroundings),
            Check::LogLine { .. } => Ok(()),
        }
    }

    fn run(&self, argv: &[String], surroundings: &Surroundings) -> Result<(), String> {
        let confinement = Confinement::new(Profile::Health).readable(&surroundings.directory);
        let mut spawn = Spawn::new(argv)
            .directory(&surroundings.directory)
            .timeout(self.timeout)
            .grace(std::time::Duration::ZERO)
            .capture_limit(CAPTURE_BYTES)
            .shim(surroundings.shim.clone())
            .confine(confinement)
            .cancel_on(&surroundings.cancel);
        for (name, value) in &surroundings.environment {
            spawn = spawn.env(name, value);
        }
        let outcome = spawn.run().map_err(|error| chain(&error))?;
        if outcome.success() {
            return Ok(());
        }
        if let Some(stop) = outcome.stopped {
            return Err(format!("stopped at its {stop}"));
        }
        let said = outcome.stderr.to_text();
        let last = said.lines().last().unwrap_or_default();
        let shown: String = last.chars().take(SHOWN_BYTES).collect();
        Err(match shown.trim() {
            "" => outcome.end.to_string(),
            shown => format!("{}: {shown}", outcome.end),
        })
    }
}

/// An error with all that caused it.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
