//! `ftc NAME` becomes `ftc-NAME`.

use insta::assert_snapshot;

use crate::installation::{Installation, executable, script};

#[test]
fn a_program_beside_ftc_beats_one_on_path() {
    let installation = Installation::new();
    script(&installation.path().join("ftc-scan"), "echo path");
    assert_eq!(installation.run(&["scan"]).out, "path\n");
    script(&installation.bin().join("ftc-scan"), "echo beside");
    assert_eq!(installation.run(&["scan"]).out, "beside\n");
}

#[test]
fn everything_is_inherited() {
    let installation = Installation::new();
    let body =
        r#"printf '%s|' "$@"; echo "$SOME_VARIABLE"; cat; echo narration >&2; kill -TERM $$"#;
    script(&installation.bin().join("ftc-scan"), body);
    let args = ["scan", "a b", "--format", "json", "--", "-x", "--help", ""];
    let variables = [("SOME_VARIABLE", "kept"), ("PATH", "/bin:/usr/bin")];
    let outcome = installation.run_with(&args, &variables, "the log\n");
    assert_eq!(
        outcome.out,
        "a b|--format|json|--|-x|--help||kept\nthe log\n"
    );
    assert_eq!(outcome.err, "narration\n");
    // Killed by the signal itself, as the same process.
    assert_eq!(outcome.code, None);
}

#[test]
fn the_exit_code_is_that_of_the_program() {
    let installation = Installation::new();
    script(&installation.bin().join("ftc-scan"), "exit 75");
    assert_eq!(installation.run(&["scan"]).code, Some(75));
}

#[test]
fn common_arguments_before_the_name_are_handed_on() {
    let installation = Installation::new();
    script(&installation.bin().join("ftc-scan"), r#"echo "$@""#);
    let outcome = installation.run(&["-v", "--color=never", "scan", "x"]);
    assert_eq!(outcome.out, "--color never --verbose x\n");
}

#[test]
fn a_broken_configuration_is_for_the_program_to_complain_of() {
    let installation = Installation::new();
    script(&installation.bin().join("ftc-scan"), "echo started");
    let outcome = installation.run_with(&["scan"], &[("FTC_SCAN_JOBS", "many")], "");
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(0), "started\n"));
}

#[test]
fn an_unknown_name_lists_what_there_is() {
    let installation = Installation::new();
    script(&installation.bin().join("ftc-scan"), "");
    script(&installation.path().join("ftc-gate"), "");
    // It is for programs to start, not for people.
    script(&installation.path().join("ftc-shim"), "");
    std::fs::write(installation.bin().join("ftc-scan.d"), "no program").unwrap();
    let outcome = installation.run(&["scna", "x"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), ""));
    assert_snapshot!(outcome.err, @r"
    error: `scna` is no command of ftc, and there is no program `ftc-scna`
    hint: did you mean `ftc scan`?
    hint: programs found beside ftc and on PATH: gate, scan
    ");
}

#[test]
fn a_slip_in_one_of_our_own_commands_is_seen_too() {
    let outcome = Installation::new().run(&["docter"]);
    assert_eq!(outcome.code, Some(2));
    assert_snapshot!(outcome.err, @r"
    error: `docter` is no command of ftc, and there is no program `ftc-docter`
    hint: did you mean `ftc doctor`?
    hint: no programs were found beside ftc or on PATH
    ");
}

#[test]
fn a_name_is_never_a_path() {
    let installation = Installation::new();
    script(&installation.root().join("evil"), "echo evil");
    for name in ["../evil", "/../../evil", "x/../../evil"] {
        let outcome = installation.run(&[name]);
        assert_eq!(
            (outcome.code, outcome.out.as_str()),
            (Some(2), ""),
            "{name}"
        );
    }
}

#[test]
fn a_program_of_the_current_directory_is_not_started() {
    let installation = Installation::new();
    script(&installation.repository().join("ftc-scan"), "echo evil");
    let outcome = installation.run_with(&["scan"], &[("PATH", ".:")], "");
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), ""));
    assert!(
        outcome.err.contains("no programs were found"),
        "{}",
        outcome.err
    );
}

#[test]
fn a_program_that_cannot_be_executed_is_an_error_that_names_it() {
    let installation = Installation::new();
    executable(
        &installation.bin().join("ftc-scan"),
        "#!/nowhere/interpreter\n",
    );
    let outcome = installation.run(&["scan"]);
    assert_eq!(outcome.code, Some(2));
    assert_snapshot!(outcome.err, @r"
    error: failed to execute `ROOT/bin/ftc-scan`
      caused by: No such file or directory (os error 2)
    ");
}
