//! What becomes of the processes that a gate starts.

use std::time::Duration;

use ftc_gates::{GateResult, GateSpec, Leaks, Outcome};
use ftc_process::Containment;

use crate::support::{Place, script, shim, shown};

fn run_held(place: &Place, spec: &GateSpec) -> GateResult {
    place.run_gate_in(spec, |context| context.shim = Some(shim()))
}

/// Whether this system can hold processes that leave their group.
fn is_held(result: &GateResult) -> bool {
    result
        .containment
        .is_some_and(|containment| containment > Containment::Group)
}

#[test]
fn a_gate_that_leaves_nothing_behind_is_not_said_to() {
    let result = run_held(&Place::new(), &script("true & wait"));
    assert_eq!(shown(&result), "pass");
    assert_eq!((result.leaked, result.survivors_killed), (false, 0));
    assert_eq!(result.notes, [""; 0]);
    if cfg!(target_os = "linux") {
        assert!(is_held(&result), "{result:?}");
        let usage = result.usage.unwrap();
        assert!(usage.max_rss_bytes > 0, "{usage:?}");
    }
}

/// The original recorded the process id of a wrapper shell. When that was killed the servers behind it went on, cycle after
/// cycle, until the database had too many clients.
#[test]
fn loop_w08_what_a_wrapper_shell_starts_does_not_outlive_its_gate() {
    let place = Place::new();
    let pipe = place.pipe("alive");
    let result = run_held(
        &place,
        &script("exec 3>alive; setsid sh -c 'sleep 600' >/dev/null 2>&1 & echo started >&3"),
    );
    assert_eq!(shown(&result), "pass");
    if is_held(&result) {
        assert_eq!(pipe.read_until_nobody_is_left(), "started\n");
        assert!(result.leaked);
        assert!(result.survivors_killed >= 1, "{result:?}");
        assert!(result.notes[0].starts_with("it left"), "{:?}", result.notes);
    }
}

#[test]
fn loop_w08_nor_when_the_gate_is_stopped() {
    let place = Place::new();
    let pipe = place.pipe("alive");
    let mut spec = script("exec 3>alive; setsid sh -c 'sleep 600' & echo started >&3; wait");
    spec.timeout = Duration::from_secs(5);
    spec.idle_timeout = None;
    let result = run_held(&place, &spec);
    assert_eq!(result.outcome, Outcome::Timeout);
    if is_held(&result) {
        assert_eq!(pipe.read_until_nobody_is_left(), "started\n");
        // It was told to end, and so could not have tidied up.
        assert!(!result.leaked);
    }
}

#[test]
fn a_gate_file_can_forbid_what_is_left_behind() {
    let mut spec = script("setsid sleep 600 >/dev/null 2>&1 &");
    spec.leaks = Leaks::Fail;
    let result = run_held(&Place::new(), &spec);
    if is_held(&result) {
        assert_eq!(shown(&result), "fail\nit left a process behind");
    }
    spec.argv[2] = "true".to_owned();
    let result = run_held(&Place::new(), &spec);
    if is_held(&result) {
        assert_eq!(shown(&result), "pass");
    }
}

#[test]
fn what_cannot_be_counted_cannot_be_forbidden() {
    let mut spec = script("true");
    spec.leaks = Leaks::Fail;
    assert_eq!(
        shown(&Place::new().run_gate(&spec)),
        "error\nwhether it left processes behind cannot be told: they are counted only with a shim"
    );
}

#[test]
fn a_gate_that_cannot_be_held_as_required_is_not_started() {
    let place = Place::new();
    let result = place.run_gate_in(&script("touch ran"), |context| {
        context.containment = Containment::Subreaper;
    });
    assert_eq!(result.outcome, Outcome::Error);
    assert_eq!(
        result.reasons,
        ["containment `subreaper` is required, and only `group` can be had"]
    );
    assert!(!place.path("ran").exists());
}

/// A gate that kills the process that holds it would otherwise choose its own verdict.
#[test]
fn a_gate_that_kills_the_shim_has_not_passed_whatever_it_wrote() {
    let place = Place::new();
    let pipe = place.pipe("alive");
    let mut spec = script("exec 3>alive; echo ran 5; echo breaking >&3; kill -9 $PPID; exit 0");
    spec.evidence.min_tests = Some(1);
    let result = run_held(&place, &spec);
    if result.containment == Some(Containment::Group) {
        return;
    }
    assert_eq!(result.outcome, Outcome::Error, "{result:?}");
    assert!(result.reasons[0].starts_with("breached: "), "{result:?}");
    assert_eq!((result.tests_run, result.exit), (None, None));
    assert_eq!(pipe.read_until_nobody_is_left(), "breaking\n");
}
