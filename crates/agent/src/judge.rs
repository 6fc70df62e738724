//! What an agent's end means.

use ftc_process::{Captured, End, Outcome, Stop};

use crate::profile::Profile;
use crate::run::AgentOutcome;
use crate::scrub::{Secrets, scrub};
use crate::time::show;

/// Lines of the output that the reason quotes.
const QUOTED_LINES: usize = 20;
const QUOTED_BYTES: usize = 4 << 10;

/// The outcome and, as a fragment, why.
///
/// The agent's word is never enough: exit code 0 is believed only together with the state of the worktree. An agent that
/// calls itself unavailable after it has changed the worktree has failed, since another one must not go on from there.
pub(crate) fn judge(
    outcome: &Outcome,
    has_changed: bool,
    needs_change: bool,
    profile: &Profile,
) -> (AgentOutcome, String) {
    if outcome.stopped == Some(Stop::Cancelled) {
        let why = "was stopped because the run was interrupted";
        return (AgentOutcome::Interrupted, why.to_owned());
    }
    if let Some(stop) = outcome.stopped {
        return (AgentOutcome::TimedOut, stopped(stop, profile));
    }
    match outcome.end {
        end @ End::Signaled(_) => (AgentOutcome::Interrupted, format!("ended by {end}")),
        end @ End::Exited(_) if outcome.output_abandoned => (
            AgentOutcome::Interrupted,
            format!("ended with {end} and left a process behind that still runs"),
        ),
        End::Exited(0) if has_changed => (
            AgentOutcome::Changed,
            "ended well and changed the worktree".to_owned(),
        ),
        End::Exited(0) if needs_change => (
            AgentOutcome::NoChange,
            "ended well and changed nothing, though a change was needed".to_owned(),
        ),
        End::Exited(0) => (
            AgentOutcome::NoChange,
            "ended well and changed nothing".to_owned(),
        ),
        End::Exited(code) if profile.unavailable_exit_codes.contains(&code) => {
            if has_changed {
                let words = "which stands for unavailable, but had changed the worktree";
                let reason = format!("ended with exit code {code}, {words}");
                (AgentOutcome::Failed, reason)
            } else {
                let reason = format!("ended with exit code {code}, which stands for unavailable");
                (AgentOutcome::Unavailable, reason)
            }
        }
        End::Exited(code) => (AgentOutcome::Failed, format!("ended with exit code {code}")),
    }
}

fn stopped(stop: Stop, profile: &Profile) -> String {
    match (stop, profile.idle_timeout) {
        (Stop::IdleTimeout, Some(limit)) => {
            format!("was stopped after {} without output", show(limit))
        }
        _ => format!("was stopped after {}", show(profile.timeout)),
    }
}

/// The last lines that the agent printed, fit to be shown: of standard error, or where that is empty of standard output.
pub(crate) fn last_words(outcome: &Outcome, secrets: &Secrets) -> Option<String> {
    [&outcome.stderr, &outcome.stdout]
        .into_iter()
        .find_map(|stream| last_lines(stream, secrets))
}

fn last_lines(stream: &Captured, secrets: &Secrets) -> Option<String> {
    // All that was kept is scrubbed before it is cut: what a secret is can show in the lines before.
    let text = scrub(stream.to_text().as_bytes(), secrets);
    let text = text.trim_end();
    let start = text
        .rmatch_indices('\n')
        .nth(QUOTED_LINES - 1)
        .map_or(0, |(at, _)| at + 1);
    let mut start = start.max(text.len().saturating_sub(QUOTED_BYTES));
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let lines = text[start..].trim_start_matches('\n');
    (!lines.is_empty()).then(|| ftc_redact::clean(lines, QUOTED_BYTES).into_owned())
}
