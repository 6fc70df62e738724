//! Help, version and completions.

use crate::support::Place;

#[test]
fn help_has_examples() {
    let place = Place::new();
    for arguments in [
        &["--help"][..],
        &["acquire", "--help"],
        &["release", "--help"],
    ] {
        let run = place.run(arguments);
        assert_eq!(run.code, 0);
        assert!(run.stdout.contains("\nExamples:\n"), "{}", run.stdout);
    }
    assert!(
        place
            .run(&["--version"])
            .stdout
            .starts_with("ftc-worktree ")
    );
}

#[test]
fn completions_need_no_repository() {
    let place = Place::new();
    for shell in ["bash", "fish", "zsh"] {
        let run = place.run_in(&place.path(""), &["completions", shell]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stdout.contains("acquire"), "{shell}");
    }
}
