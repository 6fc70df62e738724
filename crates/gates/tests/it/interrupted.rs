//! Runs that nobody wants any more.

use std::thread;

use ftc_gates::{Outcome, RUN_FILE, RunContext, RunError, run};
use ftc_process::Cancel;

use crate::support::{Place, TREE, file, script, shim};

#[test]
fn an_interrupted_run_ends_its_gate_starts_no_other_and_says_nothing_of_the_tree() {
    let place = Place::new();
    let mut pipe = place.pipe("alive");
    let gates = file(
        "version: 1\ngates:\n  \
         - {id: a, argv: [sh, -c, 'exec 3>alive; echo started >&3; sleep 600']}\n  \
         - {id: b, argv: [touch, second]}\n",
    );
    let cancel = Cancel::new().unwrap();
    let (worktree, artifacts) = (place.worktree(), place.artifacts());
    let mut context = RunContext::new(&worktree, TREE, &place.env, &artifacts);
    context.shim = Some(shim());
    context.cancel = Some(cancel.clone());
    let answer = thread::scope(|scope| {
        let run = scope.spawn(|| run(&gates, &context));
        pipe.wait();
        cancel.cancel();
        run.join().unwrap()
    });
    let error = answer.unwrap_err();
    assert!(matches!(error, RunError::Interrupted), "{error:?}");
    assert!(error.is_retryable());
    assert!(!artifacts.join(RUN_FILE).exists());
    assert!(!place.path("second").exists());
    pipe.read_until_nobody_is_left();
}

#[test]
fn a_gate_that_is_interrupted_is_cancelled() {
    let place = Place::new();
    let cancel = Cancel::new().unwrap();
    cancel.cancel();
    let result = place.run_gate_in(&script("sleep 600"), |context| {
        context.cancel = Some(cancel);
    });
    let because = "the run was interrupted".to_owned();
    assert_eq!(result.outcome, Outcome::Cancelled { because });
}
