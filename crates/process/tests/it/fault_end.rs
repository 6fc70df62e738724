//! Children that do not end as they should, and what they leave behind.

use std::fs;
use std::path::Path;
use std::time::Duration;

use ftc_process::{End, Outcome, Spawn, Stop};

use crate::fault_support::{self, each_outcome, ways};
use crate::support::{shell, shim, time_out_when_ready};

/// Runs `script` in each way, with descriptor 9 as the witness, and checks its outcome after nobody is left.
fn each_without_survivors(
    script: &str,
    prepare: impl Fn(Spawn) -> Spawn,
    check: impl Fn(&str, &Outcome, &str),
) {
    fault_support::each_without_survivors(ways, script, prepare, |way, result, words| {
        check(way, &result.expect("it runs"), words);
    });
}

#[test]
fn a_child_that_ignores_the_first_signal() {
    each_without_survivors(
        "trap '' TERM INT HUP QUIT; sleep 600 & sleep 600 & echo up >&9; while :; do wait; done",
        |spawn| {
            spawn
                .timeout(Duration::from_secs(2))
                .grace(Duration::from_millis(20))
        },
        |way, outcome, words| {
            assert_eq!(outcome.end, End::Signaled(9), "{way}");
            assert_eq!(outcome.stopped, Some(Stop::WallTimeout), "{way}");
            assert_eq!(words, "up\n", "{way}");
        },
    );
}

#[test]
fn a_leader_that_obeys_and_a_follower_that_does_not() {
    // The leader is gone within the grace. What it leaves ignores the signal, holds no output and is in the same group.
    each_without_survivors(
        "(trap '' TERM; exec >/dev/null 2>&1; echo up >&9; while :; do sleep 600; done) & sleep 600",
        |spawn| {
            spawn
                .timeout(Duration::from_secs(2))
                .grace(Duration::from_secs(60))
        },
        |way, outcome, words| {
            assert_eq!(outcome.end, End::Signaled(15), "{way}");
            assert_eq!(words, "up\n", "{way}");
            assert!(
                outcome.duration < Duration::from_secs(60),
                "{way}: it need not wait for the grace"
            );
        },
    );
}

#[test]
fn a_child_that_tells_its_group_to_stop() {
    // A stopped process gets no SIGTERM before it is continued, but SIGKILL.
    each_without_survivors(
        "sleep 600 & echo up >&9; kill -STOP 0; echo never",
        |spawn| {
            spawn
                .timeout(Duration::from_secs(1))
                .grace(Duration::from_millis(20))
        },
        |way, outcome, _| {
            assert!(
                matches!(outcome.end, End::Signaled(9 | 15)),
                "{way}: {:?}",
                outcome.end
            );
            assert_eq!(outcome.stdout.to_text(), "", "{way}");
        },
    );
}

#[test]
fn a_child_that_kills_its_own_group() {
    each_without_survivors(
        "sleep 600 & echo before; echo up >&9; kill -9 0",
        |spawn| spawn,
        |way, outcome, words| {
            assert_eq!(outcome.end, End::Signaled(9), "{way}");
            assert_eq!(
                (outcome.stopped, outcome.stdout.to_text().as_str(), words),
                (None, "before\n", "up\n"),
                "{way}"
            );
        },
    );
}

#[test]
fn a_storm_of_zombies() {
    // `exec` makes of the shell a program that waits for nobody.
    let script =
        "i=0; while [ $i -lt 500 ]; do : & i=$((i+1)); done; (: &) ; echo up >&9; exec sleep 600";
    each_without_survivors(
        script,
        |spawn| {
            spawn
                .timeout(Duration::from_secs(5))
                .grace(Duration::from_millis(20))
        },
        |way, outcome, words| {
            assert_eq!(outcome.stopped, Some(Stop::WallTimeout), "{way}");
            assert_eq!(words, "up\n", "{way}");
        },
    );
}

#[test]
fn a_bounded_fork_bomb() {
    // 2^7 - 1 shells and a `sleep` for each, which all hold the witness and the output, and ignore SIGTERM.
    let script = "trap '' TERM
        bomb() { [ $1 = 0 ] || { bomb $(($1 - 1)) & bomb $(($1 - 1)) & }; echo up >&9; sleep 600 & wait; }
        bomb 6";
    each_without_survivors(
        script,
        |spawn| {
            spawn
                .timeout(Duration::from_secs(3))
                .grace(Duration::from_millis(20))
        },
        |way, outcome, words| {
            assert_eq!(outcome.stopped, Some(Stop::WallTimeout), "{way}");
            assert!(words.lines().count() > 1, "{way}: {words}");
        },
    );
}

#[test]
fn endless_output_of_both_streams() {
    let script = "cat /dev/zero >&2 & echo ready; exec cat /dev/zero";
    for way in ["alone", "shim"] {
        let outcome = time_out_when_ready(script, |spawn| {
            let spawn = if way == "shim" {
                spawn.shim(shim())
            } else {
                spawn
            };
            spawn.capture_limit(1000).grace(Duration::from_millis(20))
        });
        assert_eq!(outcome.stdout.to_bytes().len(), 1000, "{way}");
        assert_eq!(outcome.stderr.to_bytes().len(), 1000, "{way}");
    }
}

#[test]
fn output_without_an_end_of_line() {
    let spawn = shell("head -c 20000000 /dev/zero; printf end; head -c 20000000 /dev/zero >&2")
        .capture_limit(64);
    each_outcome(&spawn, |way, outcome| {
        assert_eq!(outcome.stdout.total_bytes(), 20_000_003, "{way}");
        assert_eq!(outcome.stderr.total_bytes(), 20_000_000, "{way}");
        assert!(outcome.stdout.to_bytes().ends_with(b"\0end"), "{way}");
    });
}

#[test]
fn a_child_that_closes_its_output_and_goes_on() {
    each_outcome(
        &shell("echo last; exec >&- 2>&-; i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; exit 4"),
        |way, outcome| {
            assert_eq!(outcome.end, End::Exited(4), "{way}");
            assert_eq!(outcome.stdout.to_text(), "last\n", "{way}");
            assert!(!outcome.output_abandoned, "{way}");
        },
    );
}

#[test]
fn a_child_that_fills_its_pipe_after_the_end_of_its_leader() {
    // The writer is in the same group and is killed with it: what it wrote before is not lost, and it cannot hold us.
    each_without_survivors(
        "cat /dev/zero & echo up >&9; exit 0",
        |spawn| spawn.timeout(Duration::from_secs(60)),
        |way, outcome, _| {
            assert!(outcome.success(), "{way}: {outcome:?}");
            assert!(!outcome.output_abandoned, "{way}");
        },
    );
}

#[test]
fn no_clock_that_can_be_set_is_looked_at() {
    // A clock that is set forwards or backwards, by a person or by NTP, must change no limit. Only `Instant` may decide about time.
    // Who writes dates for people to read, or a mark that nobody had before, is named here.
    let exempt = ["/src/service", "/src/supervisor", "/src/shim/client.rs"];
    let mut pending = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut seen = 0;
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let text = path.to_str().unwrap();
        if exempt.iter().any(|name| text.contains(name)) {
            continue;
        }
        seen += 1;
        let source = fs::read_to_string(&path).unwrap();
        for clock in [
            "SystemTime",
            "CLOCK_REALTIME",
            "ClockId::Realtime",
            "jiff::",
            "UNIX_EPOCH",
        ] {
            assert!(!source.contains(clock), "{text} looks at {clock}");
        }
    }
    assert!(seen > 10);
}
