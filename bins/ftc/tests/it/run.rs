//! `ftc run`: what a command gets, what a person sees, and the exit codes.

use std::fs;

use insta::assert_snapshot;

use crate::installation::{Installation, executable, script};
use crate::run_support::{SYSTEM, shell, start};

/// Without the times in it.
fn timeless(text: &str) -> String {
    let is_number = |word: &str| word.parse::<f64>().is_ok();
    let words: Vec<&str> = text.split(' ').collect();
    let mut shown = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).copied().unwrap_or_default();
        let is_time = is_number(word) && next.trim_end_matches([':', ';', ',', '\n']) == "s";
        shown.push(if is_time { "N" } else { word });
    }
    shown.join(" ")
}

#[test]
fn a_command_that_goes_well_is_all_that_is_seen() {
    let outcome = shell(&Installation::new(), &[], "echo out; echo err >&2");
    assert_eq!(
        (outcome.code, outcome.out.as_str(), outcome.err.as_str()),
        (Some(0), "out\n", "err\n")
    );
}

#[test]
fn both_outputs_come_through_byte_for_byte() {
    let installation = Installation::new();
    let output = start(
        &installation,
        &[],
        r"printf 'a\377\000\033[1mb'; printf '\376' >&2",
    )
    .wait_with_output()
    .unwrap();
    assert_eq!(output.stdout, b"a\xff\0\x1b[1mb");
    assert_eq!(output.stderr, b"\xfe");
}

#[test]
fn a_failure_is_told_and_the_answer_is_no() {
    let outcome = shell(&Installation::new(), &[], "echo out; exit 3");
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(1), "out\n"));
    assert_snapshot!(timeless(&outcome.err), @"ftc run: `sh` ended with exit code 3 after N s");
    let outcome = shell(&Installation::new(), &[], "kill -9 $$");
    assert_eq!(outcome.code, Some(1));
    assert_snapshot!(timeless(&outcome.err), @"ftc run: `sh` ended with signal 9 after N s");
}

#[test]
fn quiet_is_quiet() {
    let outcome = shell(&Installation::new(), &["-q"], "echo err >&2; exit 3");
    assert_eq!((outcome.code, outcome.err.as_str()), (Some(1), "err\n"));
}

#[test]
fn its_own_exit_code_comes_through_where_that_is_asked_for() {
    let installation = Installation::new();
    let code = |script| shell(&installation, &["--exit-code"], script).code;
    assert_eq!(code("exit 0"), Some(0));
    assert_eq!(code("exit 42"), Some(42));
    assert_eq!(code("exit 255"), Some(255));
    assert_eq!(code("kill -9 $$"), Some(137));
}

#[test]
fn a_command_that_ends_well_when_it_is_stopped_has_not_done_well() {
    let script = "trap 'exit 0' TERM; while :; do sleep 600 & wait; done";
    for flags in [
        &["--timeout", "300ms"][..],
        &["--exit-code", "--idle", "300ms"],
    ] {
        let outcome = shell(&Installation::new(), flags, script);
        assert_eq!(outcome.code, Some(1), "{flags:?}: {outcome:?}");
    }
}

#[test]
fn a_limit_that_stops_it_is_named() {
    let installation = Installation::new();
    let outcome = shell(&installation, &["--timeout", "1s"], "sleep 600");
    assert_eq!(outcome.code, Some(1));
    assert_snapshot!(timeless(&outcome.err), @"ftc run: `sh` was stopped after N s (signal 15): the time limit is N s");
    let outcome = shell(&installation, &["--idle", "300ms"], "echo once; sleep 600");
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(1), "once\n"));
    assert_snapshot!(timeless(&outcome.err), @"ftc run: `sh` was stopped after N s (signal 15): it printed nothing for N s");
}

#[test]
fn verbose_tells_what_it_used_and_how_it_was_held() {
    let outcome = shell(&Installation::new(), &["-v"], "true");
    assert_eq!(outcome.code, Some(0));
    let lines: Vec<&str> = outcome.err.lines().collect();
    assert!(
        lines[0].starts_with("ftc run: `sh` ended with exit code 0 after "),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("  used      ") && lines[1].contains("; largest process "),
        "{lines:?}"
    );
    assert!(lines[2].starts_with("  held by   "), "{lines:?}");
}

#[test]
fn the_environment_is_what_was_named() {
    let installation = Installation::new();
    let variables = [
        SYSTEM,
        ("SECRET_TOKEN", "x"),
        ("WANTED", "yes"),
        ("LC_ALL", "C"),
    ];
    let args = [
        "run",
        "--env",
        "WANTED",
        "--set",
        "MADE=a=b",
        "--set",
        "LC_ALL=C.UTF-8",
        "--",
        "env",
    ];
    let outcome = installation.run_with(&args, &variables, "");
    let mut names: Vec<&str> = outcome.out.lines().collect();
    names.retain(|line| !line.starts_with("FTC_RUN="));
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "HOME=ROOT/home",
            "LC_ALL=C.UTF-8",
            "MADE=a=b",
            "PATH=/usr/local/bin:/usr/bin:/bin",
            "TERM=dumb",
            "WANTED=yes"
        ]
    );
    let outcome = shell(&installation, &["--env", "NOPE"], "exit 0");
    assert_eq!(outcome.code, Some(0));
    assert_eq!(
        outcome.err,
        "warning: there is no environment variable `NOPE` to pass on\n"
    );
}

#[test]
fn standard_input_is_empty() {
    let installation = Installation::new();
    let args = ["run", "--", "cat"];
    let outcome = installation.run_with(&args, &[SYSTEM], "typed\n");
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(0), ""));
}

#[test]
fn everything_after_the_command_is_its_own() {
    let installation = Installation::new();
    for args in [
        &["run", "echo", "-v", "--timeout", "--", "--help"][..],
        &["run", "--", "echo", "-v", "--timeout", "--", "--help"],
    ] {
        let outcome = installation.run_with(args, &[SYSTEM], "");
        assert_eq!(outcome.out, "-v --timeout -- --help\n", "{args:?}");
    }
    let outcome = installation.run_with(&["run", "--timeuot", "1s", "true"], &[SYSTEM], "");
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.err.contains("'--timeout'"), "{}", outcome.err);
}

#[test]
fn what_cannot_be_started_is_named_with_advice() {
    let installation = Installation::new();
    let repository = installation.repository();
    executable(&repository.join("plain"), "echo no first line\n");
    script(&repository.join("data"), "");
    executable(&repository.join("lost"), "#!/nowhere/interpreter\n");
    let status = std::process::Command::new("chmod")
        .args(["-x", "data"])
        .current_dir(&repository)
        .status();
    assert!(status.unwrap().success());
    let told = |program: &str| {
        let outcome = installation.run(&["run", "--", program]);
        assert_eq!(
            (outcome.code, outcome.out.as_str()),
            (Some(2), ""),
            "{program}"
        );
        outcome.err.replace("/./", "/")
    };
    assert_snapshot!(told("nothing"), @"
    error: program `nothing` was not found
    hint: install it, or add its directory to `PATH` (searched: ROOT/path)
    ");
    assert_snapshot!(told("./plain"), @"
    error: failed to start `ROOT/repository/plain`
      caused by: Exec format error (os error 8)
    hint: if it is a script, its first line must name its interpreter (`#!/bin/sh`); else it was built for another machine
    ");
    assert_snapshot!(told("./data"), @"
    error: `ROOT/repository/data` is not executable
    hint: run `chmod +x ROOT/repository/data` if it is meant to be a program
    ");
    assert_snapshot!(told("./lost"), @"
    error: the interpreter of `ROOT/repository/lost` was not found
    hint: look at its first line (`#!`), or at the architecture it was built for
    ");
}

#[test]
fn a_directory_that_is_gone_is_told() {
    let installation = Installation::new();
    let ftc = installation.bin().join("ftc");
    let output = std::process::Command::new("/bin/sh")
        .args([
            "-c",
            r#"mkdir gone && cd gone && rmdir ../gone && exec "$0" run -- /bin/echo"#,
        ])
        .arg(ftc)
        .current_dir(installation.repository())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @"
    error: working directory `.` does not exist
    hint: the current directory has been removed; change into another one
    ");
}

#[test]
fn a_containment_that_is_required_is_had_or_it_does_not_start() {
    let installation = Installation::new();
    for (word, name) in [("subreaper", "shim"), ("cgroup", "control group")] {
        let outcome = shell(&installation, &["-v", "--require", word], "echo started");
        if outcome.code == Some(0) {
            assert!(outcome.err.contains(name), "{}", outcome.err);
        } else {
            assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), ""));
            assert!(
                outcome
                    .err
                    .contains(&format!("containment `{word}` is required")),
                "{}",
                outcome.err
            );
        }
    }
}

#[test]
fn all_that_it_prints_can_be_kept_in_a_file() {
    let installation = Installation::new();
    let log = installation.repository().join("run.log");
    let outcome = shell(&installation, &["--log", "run.log"], "echo out; echo more");
    assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""));
    assert_eq!(fs::read_to_string(&log).unwrap(), "out\nmore\n");
    let outcome = shell(&installation, &["--log", "run.log"], "echo started");
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), ""));
    assert!(
        outcome.err.contains("it is never overwritten"),
        "{}",
        outcome.err
    );
    let flags = ["--log", "short.log", "--log-limit", "3"];
    let outcome = shell(&installation, &flags, "echo out; echo more");
    assert_eq!(
        (outcome.code, outcome.out.as_str()),
        (Some(0), "out\nmore\n")
    );
    assert_eq!(
        outcome.err,
        "warning: `ROOT/repository/short.log` has reached its limit; 6 bytes are not in it\n"
    );
}

#[test]
fn limits_bind_it() {
    let installation = Installation::new();
    let outcome = shell(
        &installation,
        &["--limit", "files=17,file-size=64KiB"],
        "ulimit -n; ulimit -f",
    );
    // Blocks of 512 bytes in dash, of 1024 in bash.
    assert!(
        ["17\n128\n", "17\n64\n"].contains(&outcome.out.as_str()),
        "{outcome:?}"
    );
}
