//! What is told to a person at the end, on standard error.

use std::time::Duration;

use ftc_cli::{Context, Interrupts, Verbosity};
use ftc_process::confine::{NetworkLevel, Profile};
use ftc_process::{Confined, Containment, End, Outcome, Spill, Stop};

use super::Ended;
use super::args::RunArgs;

/// Says how the run ended: nothing if it went well and there is nothing that the person would want to know, all of it with `-v`.
pub fn tell(
    args: &RunArgs,
    ended: &Ended,
    interrupts: &Interrupts,
    dropped_bytes: u64,
    context: &mut Context,
) {
    let name = args.command[0].to_string_lossy();
    let outcome = match ended {
        Ended::Outcome(outcome) => outcome,
        Ended::Breached(breach) => {
            context.say(&format!(
                "ftc run: the process that held `{name}` was killed, by `{name}` or by somebody else; nothing that it said is proved"
            ));
            if breach.containment < Containment::Cgroup {
                context.warn("processes of it may be left: no control group held them");
            }
            return log(breach.spill.as_ref(), context);
        }
    };
    if !outcome.success() || context.verbosity >= Verbosity::Verbose {
        context.say(&format!(
            "ftc run: {}",
            how_it_ended(args, &name, outcome, interrupts)
        ));
    }
    if context.verbosity >= Verbosity::Verbose {
        details(outcome, context);
    } else {
        surprises(&name, outcome, context);
    }
    if dropped_bytes > 0 {
        context.warn(&format!(
            "{dropped_bytes} bytes that it printed are lost: nobody read them before it was stopped"
        ));
    }
    log(outcome.spill.as_ref(), context);
}

fn how_it_ended(args: &RunArgs, name: &str, outcome: &Outcome, interrupts: &Interrupts) -> String {
    let after = seconds(outcome.duration);
    let end = match outcome.end {
        End::Exited(code) => format!("exit code {code}"),
        End::Signaled(signal) => format!("signal {signal}"),
    };
    match (interrupts.signal(), outcome.stopped) {
        (Some(signal), _) => {
            let signal = match signal {
                1 => "SIGHUP",
                2 => "SIGINT",
                _ => "SIGTERM",
            };
            format!("interrupted by {signal}; `{name}` was stopped after {after} ({end})")
        }
        (None, Some(Stop::WallTimeout)) => {
            let limit = args.timeout.map(seconds).unwrap_or_default();
            format!("`{name}` was stopped after {after} ({end}): the time limit is {limit}")
        }
        (None, Some(Stop::IdleTimeout)) => {
            let limit = args.idle.map(seconds).unwrap_or_default();
            format!("`{name}` was stopped after {after} ({end}): it printed nothing for {limit}")
        }
        (None, Some(_)) => format!("`{name}` was stopped after {after} ({end})"),
        (None, None) => format!("`{name}` ended with {end} after {after}"),
    }
}

/// What a person would not expect of a command that went well.
fn surprises(name: &str, outcome: &Outcome, context: &mut Context) {
    if outcome.survivors_killed > 0 && outcome.stopped.is_none() {
        let count = outcome.survivors_killed;
        let (processes, were) = if count == 1 {
            ("process", "was")
        } else {
            ("processes", "were")
        };
        context.warn(&format!(
            "{count} {processes} outlived `{name}` and {were} killed"
        ));
    }
    if outcome.output_abandoned {
        context.warn(&format!(
            "something still held the output of `{name}` open and was left alone"
        ));
    }
    let missing = outcome
        .confined
        .iter()
        .flat_map(|confined| &confined.missing);
    for missing in missing {
        context.warn(&format!("not confined as asked: {missing}"));
    }
}

fn details(outcome: &Outcome, context: &mut Context) {
    let usage = outcome.usage;
    let mut lines = vec![(
        "used",
        format!(
            "{} user, {} system; largest process {}",
            seconds(usage.user),
            seconds(usage.system),
            size(usage.max_rss_bytes)
        ),
    )];
    let left = match (outcome.containment, outcome.survivors_killed) {
        (Containment::Group, _) => "what left its process group was not found",
        (_, 0) => "nothing was left",
        _ => "",
    };
    let left = match left {
        "" => format!("{} left over and killed", outcome.survivors_killed),
        left => left.to_owned(),
    };
    lines.push((
        "held by",
        format!("{}; {left}", held_by(outcome.containment)),
    ));
    if let Some(confined) = &outcome.confined {
        lines.push(("confined", confinement(confined)));
        lines.extend(
            confined
                .missing
                .iter()
                .map(|missing| ("missing", missing.clone())),
        );
    }
    if outcome.output_abandoned {
        lines.push((
            "output",
            "still held open by something that was left alone".to_owned(),
        ));
    }
    for (label, text) in lines {
        context.say(&format!("  {label:9} {text}"));
    }
}

fn held_by(containment: Containment) -> &'static str {
    match containment {
        Containment::Cgroup => "a control group and a shim",
        Containment::Subreaper => "a shim",
        _ => "its process group",
    }
}

fn confinement(confined: &Confined) -> String {
    let files = match (confined.profile, confined.landlock_abi) {
        (Profile::None, _) | (_, 0) => "files open".to_owned(),
        (_, abi) if confined.private_view => {
            format!("files by Landlock (ABI {abi}) in a view of its own")
        }
        (_, abi) => format!("files by Landlock (ABI {abi})"),
    };
    let network = match confined.network {
        NetworkLevel::Open => "network open",
        NetworkLevel::Tcp => "TCP refused",
        NetworkLevel::Filter => "no sockets of any network",
        _ => "network of its own",
    };
    let signals = if confined.signals {
        "no signals to others"
    } else {
        "signals open"
    };
    format!("{}: {files}, {network}, {signals}", confined.profile)
}

/// The log is told where it is not what was asked for.
fn log(spill: Option<&Spill>, context: &mut Context) {
    let Some(spill) = spill else { return };
    let path = spill.path.display();
    if let Some(error) = &spill.error {
        context.warn(&format!("`{path}` ends early: {error}"));
    } else if spill.dropped_bytes > 0 {
        context.warn(&format!(
            "`{path}` has reached its limit; {} bytes are not in it",
            spill.dropped_bytes
        ));
    }
}

fn seconds(duration: Duration) -> String {
    let (minutes, rest) = (duration.as_secs() / 60, duration.as_secs() % 60);
    match minutes {
        0 => format!("{:.2} s", duration.as_secs_f64()),
        1..60 => format!("{minutes} min {rest} s"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

fn size(bytes: u64) -> String {
    let (whole, unit) = match bytes {
        0 => return "not known".to_owned(),
        1..0x10_0000 => (bytes >> 10, "KiB"),
        0x10_0000..0x4000_0000 => (bytes >> 20, "MiB"),
        _ => (bytes >> 30, "GiB"),
    };
    format!("{whole} {unit}")
}
