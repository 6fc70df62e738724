//! Running one test again.

use proptest::prelude::*;

use ftc_gates::{RunContext, run_gate};

use crate::support::{Place, TREE, log, script, shown};

fn rerun(items: &[&str]) -> ftc_gates::GateSpec {
    let mut spec = script("exit 0");
    spec.rerun = Some(items.iter().map(|item| (*item).to_owned()).collect());
    spec
}

#[test]
fn the_name_takes_the_place_of_whole_arguments() {
    let spec = rerun(&["cargo", "test", "--", "--exact", "{test}", "x{test}"]);
    assert_eq!(
        spec.rerun_argv("lease::renews").unwrap(),
        ["cargo", "test", "--", "--exact", "lease::renews", "x{test}"]
    );
    assert_eq!(script("exit 0").rerun_argv("lease::renews"), None);
}

#[test]
fn a_name_that_would_be_an_option_is_not_run() {
    let spec = rerun(&["pytest", "{test}"]);
    for name in ["", "-x", "--rootdir=..", "a\0b"] {
        assert_eq!(spec.rerun_argv(name), None, "{name:?}");
    }
}

#[test]
fn a_hostile_name_stays_one_argument() {
    let place = Place::new();
    let spec = rerun(&["printf", "<%s>", "{test}"]);
    for name in [
        "$(touch pwned)",
        "a b",
        "`touch pwned`",
        "a; touch pwned",
        "*",
        "{test}",
        "a\nb",
        "'\"",
    ] {
        let argv = spec.rerun_argv(name).unwrap();
        let (worktree, artifacts) = (place.worktree(), place.artifacts());
        let context = RunContext::new(&worktree, TREE, &place.env, &artifacts);
        let result = run_gate(&spec, &argv, &context).unwrap();
        assert_eq!(
            (shown(&result), log(&result)),
            ("pass".to_owned(), format!("<{name}>"))
        );
        assert_eq!(result.argv, argv);
    }
    assert!(!place.path("pwned").exists());
}

proptest! {
    #[test]
    fn no_name_changes_the_number_of_arguments(name in "\\PC{0,40}") {
        if let Some(argv) = rerun(&["run", "{test}", "--"]).rerun_argv(&name) {
            prop_assert_eq!(argv, ["run", name.as_str(), "--"]);
        }
    }
}
