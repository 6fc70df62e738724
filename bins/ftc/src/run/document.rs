//! The answer in JSON.

use std::time::Duration;

use ftc_cli::Interrupts;
use ftc_process::confine::{NetworkLevel, Profile};
use ftc_process::{Captured, Confined, Containment, End, Spill, Stop};
use serde::Serialize;

use super::Ended;
use super::args::RunArgs;

/// How much text of one output the document may hold. More than is kept of it, because what is no UTF-8 grows.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// How long one argument may be in the document.
const MAX_ARGUMENT_BYTES: usize = 4 << 10;

/// How a run went. `null` is what is not known.
#[derive(Serialize)]
pub struct Document<'a> {
    schema: &'static str,
    command: Vec<String>,
    result: Word,
    exit_code: Option<i32>,
    signal: Option<i32>,
    duration_ms: Option<u64>,
    total_duration_ms: Option<u64>,
    usage: Option<Used>,
    containment: Containment,
    survivors_killed: Option<u32>,
    confined: Option<Confinement<'a>>,
    stdout: Stream,
    stderr: Stream,
    output_abandoned: bool,
    log: Option<Log>,
}

/// The result in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// It exited with 0.
    Passed,
    /// It exited with something else, or was killed by a signal that nobody of us sent.
    Failed,
    /// It ran for too long.
    TimeLimit,
    /// It printed nothing for too long.
    IdleLimit,
    /// A person, or a program of his, has interrupted us.
    Interrupted,
    /// It killed what held it.
    Breached,
}

#[derive(Serialize)]
struct Used {
    user_ms: u64,
    system_ms: u64,
    max_rss_bytes: u64,
}

#[derive(Serialize)]
struct Confinement<'a> {
    profile: Profile,
    landlock_abi: u32,
    private_view: bool,
    network: NetworkLevel,
    signals: bool,
    missing: &'a [String],
}

#[derive(Serialize)]
struct Stream {
    bytes: u64,
    omitted_bytes: u64,
    sha256: Option<String>,
    /// Without control characters and secrets.
    text: String,
}

#[derive(Serialize)]
struct Log {
    path: String,
    written_bytes: u64,
    dropped_bytes: u64,
    error: Option<String>,
}

/// The document about one run.
pub fn of<'a>(args: &RunArgs, ended: &'a Ended, interrupts: &Interrupts) -> Document<'a> {
    let command = args.command.iter().map(|argument| {
        ftc_redact::clean(&argument.to_string_lossy(), MAX_ARGUMENT_BYTES).into_owned()
    });
    let (stdout, stderr, spill, containment) = match ended {
        Ended::Outcome(outcome) => (
            &outcome.stdout,
            &outcome.stderr,
            &outcome.spill,
            outcome.containment,
        ),
        Ended::Breached(breach) => (
            &breach.stdout,
            &breach.stderr,
            &breach.spill,
            breach.containment,
        ),
    };
    let outcome = match ended {
        Ended::Outcome(outcome) => Some(outcome),
        Ended::Breached(_) => None,
    };
    let end = outcome.map(|outcome| outcome.end);
    Document {
        schema: "ftc.run/1",
        command: command.collect(),
        result: word(ended, interrupts),
        exit_code: end.and_then(End::code),
        signal: end.and_then(|end| match end {
            End::Signaled(signal) => Some(signal),
            End::Exited(_) => None,
        }),
        duration_ms: outcome.map(|outcome| milliseconds(outcome.duration)),
        total_duration_ms: outcome.map(|outcome| milliseconds(outcome.total_duration)),
        usage: outcome.map(|outcome| Used {
            user_ms: milliseconds(outcome.usage.user),
            system_ms: milliseconds(outcome.usage.system),
            max_rss_bytes: outcome.usage.max_rss_bytes,
        }),
        containment,
        survivors_killed: outcome.map(|outcome| outcome.survivors_killed),
        confined: outcome.and_then(|outcome| outcome.confined.as_ref().map(confinement)),
        stdout: stream(stdout),
        stderr: stream(stderr),
        output_abandoned: outcome.is_some_and(|outcome| outcome.output_abandoned),
        log: spill.as_ref().map(log),
    }
}

/// The result in a word. An interruption beats what the command made of it.
pub fn word(ended: &Ended, interrupts: &Interrupts) -> Word {
    match ended {
        Ended::Breached(_) => Word::Breached,
        _ if interrupts.signal().is_some() => Word::Interrupted,
        Ended::Outcome(outcome) => match outcome.stopped {
            Some(Stop::WallTimeout) => Word::TimeLimit,
            Some(Stop::IdleTimeout) => Word::IdleLimit,
            Some(_) => Word::Interrupted,
            None if outcome.success() => Word::Passed,
            None => Word::Failed,
        },
    }
}

fn confinement(confined: &Confined) -> Confinement<'_> {
    Confinement {
        profile: confined.profile,
        landlock_abi: confined.landlock_abi,
        private_view: confined.private_view,
        network: confined.network,
        signals: confined.signals,
        missing: &confined.missing,
    }
}

fn stream(captured: &Captured) -> Stream {
    let (text, omitted_bytes) = text(captured);
    Stream {
        bytes: captured.total_bytes(),
        omitted_bytes,
        sha256: captured.sha256_hex(),
        text: ftc_redact::clean(&text, MAX_TEXT_BYTES).into_owned(),
    }
}

/// What is kept, as text, and how many bytes are not in it. Where the middle is missing, the lines that are torn by that are left
/// out, because half a secret is not known as one; if there is nothing but torn lines, they stay.
fn text(captured: &Captured) -> (String, u64) {
    if !captured.truncated() {
        return (captured.to_text(), 0);
    }
    let (head, tail) = (captured.head(), captured.tail());
    let head = &head[..last_line_feed(head).map_or(head.len(), |at| at + 1)];
    let tail = &tail[first_line_feed(tail).map_or(0, |at| at + 1)..];
    let omitted_bytes = captured.total_bytes() - (head.len() + tail.len()) as u64;
    let text = format!(
        "{}\n[{omitted_bytes} bytes omitted]\n{}",
        String::from_utf8_lossy(head).trim_end_matches('\n'),
        String::from_utf8_lossy(tail)
    );
    (text, omitted_bytes)
}

fn first_line_feed(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n')
}

fn last_line_feed(bytes: &[u8]) -> Option<usize> {
    bytes.iter().rposition(|byte| *byte == b'\n')
}

fn log(spill: &Spill) -> Log {
    Log {
        path: spill.path.display().to_string(),
        written_bytes: spill.written_bytes,
        dropped_bytes: spill.dropped_bytes,
        error: spill.error.clone(),
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
