//! How a gate can end.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::Duration;

use ftc_gates::{Exit, GateSpec, Outcome, RelativePath, RunContext, RunError, run_gate};

use crate::support::{Place, TREE, id, log, script, shown};

#[test]
fn exit_code_0_passes() {
    let result = Place::new().run_gate(&script("exit 0"));
    assert_eq!(shown(&result), "pass");
    assert_eq!(result.exit, Some(Exit::Code(0)));
    assert_eq!(result.argv, ["sh", "-c", "exit 0"]);
}

#[test]
fn another_exit_code_fails() {
    let result = Place::new().run_gate(&script("echo no; exit 3"));
    assert_eq!(shown(&result), "fail\nexit code 3");
    assert_eq!(result.exit, Some(Exit::Code(3)));
    assert_eq!(result.tail, "no");
}

#[test]
fn a_gate_says_which_exit_codes_mean_success() {
    let mut spec = script("exit 5");
    spec.success = vec![1, 5];
    assert_eq!(shown(&Place::new().run_gate(&spec)), "pass");
    spec.argv[2] = "exit 0".to_owned();
    assert_eq!(shown(&Place::new().run_gate(&spec)), "fail\nexit code 0");
}

#[test]
fn a_signal_fails_whatever_codes_mean_success() {
    let mut spec = script("kill -9 $$");
    spec.success = vec![0, 9, 137];
    let result = Place::new().run_gate(&spec);
    assert_eq!(shown(&result), "fail\nsignal 9");
    assert_eq!(result.exit, Some(Exit::Signal(9)));
}

#[test]
fn a_gate_that_runs_too_long_is_stopped() {
    let mut spec = script("sleep 1000");
    spec.timeout = Duration::from_millis(200);
    assert_eq!(
        shown(&Place::new().run_gate(&spec)),
        "timeout\nstopped: it ran for 200ms"
    );
}

/// A program that handles the signal may exit with 0; it was still stopped.
#[test]
fn a_gate_that_was_stopped_has_not_passed_whatever_it_says() {
    let mut spec = script("trap 'exit 0' TERM; while :; do sleep 0.01; done");
    spec.timeout = Duration::from_millis(200);
    assert_eq!(Place::new().run_gate(&spec).outcome, Outcome::Timeout);
}

#[test]
fn a_gate_that_says_nothing_for_too_long_is_stopped() {
    let mut spec = script("echo ready; sleep 1000");
    spec.idle_timeout = Some(Duration::from_millis(200));
    assert_eq!(
        shown(&Place::new().run_gate(&spec)),
        "timeout\nstopped: it printed nothing for 200ms"
    );
}

/// A signal that was sent takes a moment to be obeyed.
fn wait_until_gone(pid: &str) {
    let started = std::time::Instant::now();
    while std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.contains(") Z ") && !stat.contains(") X "))
    {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "process {pid} outlived its gate"
        );
        std::thread::yield_now();
    }
}

/// No grandchild outlives a gate that was stopped.
#[test]
fn a_timeout_ends_the_whole_group() {
    let place = Place::new();
    let mut spec = script("sleep 1000 & echo $! > pid; mv pid grandchild; wait");
    for timeout_ms in [200, 1_000, 5_000, 30_000] {
        spec.timeout = Duration::from_millis(timeout_ms);
        assert_eq!(place.run_gate(&spec).outcome, Outcome::Timeout);
        // How far the script gets depends on the load of the machine, which must not decide a test.
        if let Ok(pid) = std::fs::read_to_string(place.path("grandchild")) {
            wait_until_gone(pid.trim());
            return;
        }
    }
    panic!("the script was never ready");
}

/// A missing tool was sent to the fixer as if the tree were at fault.
#[test]
fn loop_w04_a_missing_program_is_an_error_and_no_failure_of_the_tree() {
    let spec = GateSpec::new(id("lint"), ["no-such-program-anywhere"]);
    let result = Place::with_env(&[]).run_gate(&spec);
    assert_eq!(
        shown(&result),
        "error\nprogram `no-such-program-anywhere` was not found"
    );
    assert_eq!((result.exit, result.log), (None, None));
    assert!(
        result.notes[0].starts_with("install it, or add its directory to `PATH`"),
        "{:?}",
        result.notes
    );
}

#[test]
fn a_file_that_may_not_be_executed_is_an_error() {
    let place = Place::new();
    place.write("run.sh", "#!/bin/sh\n");
    std::fs::set_permissions(place.path("run.sh"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let result = place.run_gate(&GateSpec::new(id("lint"), ["./run.sh"]));
    assert_eq!(result.outcome, Outcome::Error);
    assert!(
        result.reasons[0].ends_with("run.sh` is not executable"),
        "{:?}",
        result.reasons
    );
}

#[test]
fn an_empty_argument_list_is_an_error() {
    let result = Place::new().run_gate(&GateSpec::new(id("lint"), Vec::<String>::new()));
    assert_eq!(shown(&result), "error\nthe argument list is empty");
}

#[test]
fn arguments_are_never_looked_at_by_a_shell() {
    let place = Place::new();
    let hostile = "$(touch pwned) `touch pwned`; touch pwned & * \"' \\n";
    let result = place.run_gate(&GateSpec::new(id("echo"), ["printf", "%s\\n", hostile]));
    assert_eq!(shown(&result), "pass");
    assert_eq!(log(&result), format!("{hostile}\n"));
    assert!(!place.path("pwned").exists());
}

#[test]
fn a_gate_runs_in_its_directory() {
    let place = Place::new();
    place.write("crates/core/here", "");
    let mut spec = script("test -e here");
    spec.cwd = RelativePath::new("crates/core").unwrap();
    assert_eq!(shown(&place.run_gate(&spec)), "pass");
}

#[test]
fn a_directory_that_is_missing_or_leads_away_is_an_error() {
    let place = Place::new();
    let mut spec = script("exit 0");
    spec.cwd = RelativePath::new("absent").unwrap();
    assert_eq!(
        shown(&place.run_gate(&spec)),
        "error\nworking directory `absent` does not exist"
    );

    std::fs::create_dir(place.outside("elsewhere")).unwrap();
    symlink(place.outside("elsewhere"), place.path("link")).unwrap();
    spec.cwd = RelativePath::new("link").unwrap();
    assert_eq!(
        shown(&place.run_gate(&spec)),
        "error\nworking directory `link` is refused: `link` is a symbolic link"
    );

    place.write("file", "");
    spec.cwd = RelativePath::new("file").unwrap();
    assert_eq!(
        shown(&place.run_gate(&spec)),
        "error\nworking directory `file` is refused: `file` is not a directory"
    );
}

#[test]
fn standard_input_is_empty() {
    assert_eq!(log(&Place::new().run_gate(&script("wc -c"))).trim(), "0");
}

#[test]
fn without_a_worktree_nothing_is_run() {
    let place = Place::new();
    let (absent, artifacts) = (place.outside("absent"), place.artifacts());
    let spec = script("exit 0");
    let context = RunContext::new(&absent, TREE, &place.env, &artifacts);
    let error = run_gate(&spec, &spec.argv, &context).unwrap_err();
    assert!(
        matches!(&error, RunError::Worktree { path } if *path == absent),
        "{error:?}"
    );
    assert!(!artifacts.exists());
}

#[test]
fn without_a_place_for_logs_nothing_is_run() {
    let place = Place::new();
    std::fs::write(place.artifacts(), "in the way").unwrap();
    let (worktree, artifacts) = (place.worktree(), place.artifacts());
    let spec = script("touch ran");
    let context = RunContext::new(&worktree, TREE, &place.env, &artifacts);
    let error = run_gate(&spec, &spec.argv, &context).unwrap_err();
    assert!(matches!(error, RunError::Artifacts { .. }), "{error:?}");
    assert!(!place.path("ran").exists());
}
