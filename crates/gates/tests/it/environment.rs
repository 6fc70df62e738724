//! What a gate sees of the environment.

use crate::support::{Place, log, script};

/// A key of the person's own leaked into the tests.
#[test]
fn loop_w04_nothing_is_passed_on_that_is_not_named() {
    let place = Place::with_env(&[
        ("OPENAI_API_KEY", "sk-secret"),
        ("GITHUB_TOKEN", "ghp_secret"),
        ("FTC_TOKEN", "secret"),
        ("GIT_DIR", "/elsewhere"),
        ("CARGO_HOME", "/cargo"),
        ("HOME", "/home/person"),
    ]);
    let result = place.run_gate(&script("env"));
    let mut names: Vec<_> = log(&result)
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0.to_owned()))
        // What the shell sets by itself.
        .filter(|name| !["PWD", "OLDPWD", "SHLVL", "_"].contains(&name.as_str()))
        .collect();
    names.sort();
    assert_eq!(names, ["CI", "GIT_TERMINAL_PROMPT", "HOME", "PATH", "TERM"]);
}

#[test]
fn what_is_named_is_passed_on_if_it_is_set() {
    let place = Place::with_env(&[("CARGO_HOME", "/cargo")]);
    let mut spec = script("echo ${CARGO_HOME-unset} ${RUSTUP_HOME-unset}");
    spec.env.pass = vec!["CARGO_HOME".to_owned(), "RUSTUP_HOME".to_owned()];
    assert_eq!(log(&place.run_gate(&spec)), "/cargo unset\n");
}

#[test]
fn what_is_set_beats_what_is_passed_on() {
    let place = Place::with_env(&[("LEVEL", "1")]);
    let mut spec = script("echo $CI $LEVEL");
    assert_eq!(log(&place.run_gate(&spec)), "1\n");
    spec.env.pass = vec!["LEVEL".to_owned()];
    spec.env.set.insert("LEVEL".to_owned(), "2".to_owned());
    spec.env.set.insert("CI".to_owned(), "no".to_owned());
    assert_eq!(log(&place.run_gate(&spec)), "no 2\n");
}
