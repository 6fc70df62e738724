//! Resource limits.

use std::time::Duration;

use ftc_process::confine::{Confinement, Profile, ResourceLimits};
use ftc_process::{End, Outcome};

use crate::confine_support::{Place, confined, is_root, said};
use crate::support::{run, shell, shim};

fn with_limits(script: &str, limits: ResourceLimits) -> Outcome {
    run(&shell(script)
        .shim(shim())
        .confine(Confinement::new(Profile::None).limits(limits)))
}

fn limits(set: impl FnOnce(&mut ResourceLimits)) -> ResourceLimits {
    let mut limits = ResourceLimits::default();
    set(&mut limits);
    limits
}

#[test]
fn they_are_stored_in_whole_milliseconds() {
    let mut limits = ResourceLimits::default();
    limits.cpu = Some(Duration::from_millis(1_500));
    let text = serde_json::to_string(&limits).unwrap();
    assert_eq!(
        text,
        r#"{"processes":null,"open_files":null,"memory_bytes":null,"file_bytes":null,"cpu_ms":1500}"#
    );
    assert_eq!(
        serde_json::from_str::<ResourceLimits>(&text).unwrap(),
        limits
    );
    assert!(serde_json::from_str::<ResourceLimits>(r#"{"cpu":1}"#).is_err());
}

#[test]
fn limits_are_set_and_reported() {
    let wanted = limits(|limits| {
        limits.open_files = Some(32);
        limits.file_bytes = Some(4096);
        limits.cpu = Some(Duration::from_millis(99_500));
        limits.memory_bytes = Some(1 << 30);
    });
    let outcome = with_limits("ulimit -n; ulimit -Hn; ulimit -t; ulimit -v", wanted);
    assert_eq!(
        outcome.stdout.to_text(),
        "32\n32\n100\n1048576\n",
        "{}",
        said(&outcome)
    );
    let reported = confined(&outcome).limits;
    assert_eq!(
        (reported.open_files, reported.file_bytes),
        (Some(32), Some(4096))
    );
    assert_eq!(reported.cpu, Some(Duration::from_secs(100)));

    let place = Place::new();
    let script = "head -c 10000 /dev/zero >file; test $(wc -c <file) = 4096";
    let spawn = place
        .script(script)
        .confine(place.confinement(Profile::Gate).limits(wanted));
    assert!(run(&spawn).success());
}

#[test]
fn a_limit_of_the_parent_is_not_raised() {
    let outcome = with_limits(
        "ulimit -n",
        limits(|limits| limits.open_files = Some(u64::MAX - 1)),
    );
    let reported = confined(&outcome).limits.open_files.unwrap();
    assert!(reported < u64::MAX - 1);
    assert_eq!(outcome.stdout.to_text().trim(), reported.to_string());
}

#[test]
fn a_processor_limit_ends_it() {
    let outcome = with_limits(
        "while :; do :; done",
        limits(|limits| limits.cpu = Some(Duration::from_secs(1))),
    );
    // SIGXCPU at the soft limit, or SIGKILL at the hard one, which is the same here.
    assert!(
        matches!(outcome.end, End::Signaled(24 | 9)),
        "{}",
        said(&outcome)
    );
}

#[test]
fn a_limit_of_processes_holds_or_is_reported_as_missing() {
    let confinement =
        Confinement::new(Profile::Gate).limits(limits(|limits| limits.processes = Some(1)));
    let outcome = run(&shell("sleep 0 & wait $! && echo forked")
        .shim(shim())
        .confine(confinement));
    if is_root() {
        assert!(
            confined(&outcome)
                .missing
                .iter()
                .any(|text| text.contains("processes"))
        );
    } else {
        assert!(
            !outcome.stdout.to_text().contains("forked"),
            "{}",
            said(&outcome)
        );
    }
}
