//! Gate files that are wrong: each complaint has its line and column.

use ftc_gates::GateFile;

use crate::support::complaint;

/// Checks the complaint about a file.
#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(complaint(text), expected, "in {text:?}");
}

/// Checks the complaint about a gate with these lines, the first of which is line 5 of the file.
#[track_caller]
fn check_gate(lines: &str, expected: &str) {
    let text = format!("version: 1\ngates:\n  - id: a\n    argv: [x]\n{lines}");
    check(&text, expected);
}

#[test]
fn a_file_without_content() {
    check("", "gates.yaml:1:1: the file is empty");
    check(" \n\n", "gates.yaml:1:1: the file is empty");
    check("# later\n", "gates.yaml:2:1: unexpected end of file");
    check("version: 1\n", "gates.yaml:1:1: missing field `gates`");
    check(
        "version: 1\ngates: []\n",
        "gates.yaml:2:8: there is no gate",
    );
}

#[test]
fn another_kind_of_document() {
    check(
        "[]\n",
        "gates.yaml:1:1: a map of keys and values is expected here",
    );
    check(
        "all of them\n",
        "gates.yaml:1:1: a map of keys and values is expected here",
    );
    check(
        "version: 1\ngates: [a]\n",
        "gates.yaml:2:9: a map of keys and values is expected here",
    );
    check(
        "version: 1\ngates: [{id: a, argv: [x]}]\n---\nversion: 1\n",
        "gates.yaml:4:1: only single YAML document expected but multiple found",
    );
}

#[test]
fn another_version() {
    check(
        "version: 2\ngates: []\n",
        "gates.yaml:1:10: gate file version 2 is not known\n\
         hint: this program reads `version: 1`; a newer one may be needed",
    );
    check(
        "version: one\ngates: []\n",
        "gates.yaml:1:10: a whole number that is not negative is expected here",
    );
}

#[test]
fn keys_that_stand_twice() {
    check(
        "version: 1\nversion: 1\ngates: []\n",
        "gates.yaml:2:1: duplicate mapping key `version` is not allowed here",
    );
    check_gate(
        "    id: b\n",
        "gates.yaml:5:5: duplicate mapping key `id` is not allowed here",
    );
    check_gate(
        "    env:\n      set:\n        A: 1\n        A: 2\n",
        "gates.yaml:8:9: duplicate mapping key `A` is not allowed here",
    );
}

#[test]
fn keys_that_do_not_exist() {
    check_gate(
        "    timeot: 5m\n",
        "gates.yaml:5:5: unknown field `timeot`, expected one of id, argv, cwd, tier, timeout, idle_timeout, env, reports, \
         evidence, log, success, rerun, advisory, network, leaks, limits",
    );
    check_gate(
        "    evidence: {tests: 5}\n",
        "gates.yaml:5:16: unknown field `tests`, expected one of min_tests",
    );
    check(
        "version: 1\ngates:\n  - &g {id: a, argv: [x]}\n  - {<<: *g, id: b}\n",
        "gates.yaml:4:6: merge key not allowed here",
    );
}

#[test]
fn confinement_that_cannot_be_meant() {
    check_gate(
        "    network: maybe\n",
        "gates.yaml:5:14: unknown variant `maybe`, expected one of on, off",
    );
    check_gate(
        "    network: yes\n",
        "gates.yaml:5:14: unknown variant `yes`, expected one of on, off",
    );
    check_gate(
        "    leaks: maybe\n",
        "gates.yaml:5:12: unknown variant `maybe`, expected one of allow, fail",
    );
    check_gate(
        "    limits: {threads: 5}\n",
        "gates.yaml:5:14: unknown field `threads`, expected one of processes, open_files, memory, file_size, cpu",
    );
    check_gate(
        "    limits: {processes: 0}\n",
        "gates.yaml:5:25: nothing can run within a limit of 0",
    );
    check_gate(
        "    limits: {open_files: many}\n",
        "gates.yaml:5:26: a whole number that is not negative is expected here",
    );
    for size in ["4GB", "4", "GiB", "-1GiB", "1.5GiB", "99999999999TiB"] {
        check_gate(
            &format!("    limits: {{memory: {size}}}\n"),
            &format!("gates.yaml:5:22: `{size}` is not a size such as `512MiB` or `4GiB`"),
        );
    }
    check_gate(
        "    limits: {file_size: 0B}\n",
        "gates.yaml:5:25: nothing can run within no bytes at all",
    );
    check_gate(
        "    limits: {cpu: 10}\n",
        "gates.yaml:5:19: `10` is not a duration such as `90s`, `10m` or `1h`",
    );
}

#[test]
fn keys_that_are_missing() {
    check(
        "version: 1\ngates:\n  - argv: [x]\n",
        "gates.yaml:3:5: missing field `id`",
    );
    check(
        "version: 1\ngates:\n  - id: a\n",
        "gates.yaml:3:5: missing field `argv`",
    );
}

#[test]
fn values_of_a_wrong_type() {
    check(
        "version: 1\ngates:\n  - {id: [a], argv: [x]}\n",
        "gates.yaml:3:10: a text is expected here",
    );
    check(
        "version: 1\ngates:\n  - {id: a, argv: make test}\n",
        "gates.yaml:3:19: a list is expected here",
    );
    check(
        "version: 1\ngates:\n  - {id: a, argv: [x, ~]}\n",
        "gates.yaml:3:23: null is not allowed here",
    );
    check_gate(
        "    success: [a]\n",
        "gates.yaml:5:15: a whole number is expected here",
    );
    check_gate(
        "    advisory: yes\n",
        "gates.yaml:5:15: invalid boolean (true or false expected)",
    );
    check_gate(
        "    tier: medium\n",
        "gates.yaml:5:11: unknown variant `medium`, expected one of fast, slow",
    );
    check_gate(
        "    reports: [{path: x, format: tap}]\n",
        "gates.yaml:5:33: unknown variant `tap`, expected one of junit",
    );
    check_gate(
        "    evidence: {min_tests: -1}\n",
        "gates.yaml:5:27: a whole number that is not negative is expected here",
    );
}

#[test]
fn durations_that_are_none() {
    for text in [
        "5 minutes",
        "90",
        "1.5h",
        "-3s",
        "s",
        "PT5M",
        "99999999999999999999s",
        "18446744073709551615h",
    ] {
        check_gate(
            &format!("    timeout: {text}\n"),
            &format!("gates.yaml:5:14: `{text}` is not a duration such as `90s`, `10m` or `1h`"),
        );
    }
    check_gate(
        "    idle_timeout: 0s\n",
        "gates.yaml:5:19: a limit of no time at all cannot be kept",
    );
}

#[test]
fn broken_yaml() {
    check(
        "version: 1\ngates:\n  - id: a\n\targv: [x]\n",
        "gates.yaml:3:9: while scanning a plain scalar, found a tab",
    );
    check(
        "version: 1\ngates:\n  - {id: a, argv: [x}\n",
        "gates.yaml:3:19: mismatched bracket '[' closed by '}'",
    );
    check(
        "version: 1\ngates:\n  - id: !run a\n    argv: [x]\n",
        "gates.yaml:3:14: unsupported tag `!run`",
    );
}

#[test]
fn ids() {
    check(
        "version: 1\ngates:\n  - {id: a, argv: [x]}\n  - {id: a, argv: [y]}\n",
        "gates.yaml:4:10: gate `a` is already defined at line 3",
    );
    check(
        "version: 1\ngates:\n  - {id: ../a, argv: [x]}\n",
        "gates.yaml:3:10: `../a` is not a gate id: 1 to 64 lower-case letters, digits, `-` and `_`, beginning with a letter or digit",
    );
}

#[test]
fn argument_lists_that_run_nothing() {
    for argv in ["[]", "['']", "['', x]"] {
        check(
            &format!("version: 1\ngates:\n  - {{id: a, argv: {argv}}}\n"),
            "gates.yaml:3:19: the argument list names no program",
        );
    }
    check(
        "version: 1\ngates:\n  - {id: a, argv: [x, \"a\\0b\"]}\n",
        "gates.yaml:3:19: an argument contains a NUL byte",
    );
}

#[test]
fn a_rerun_without_a_place_for_the_test() {
    for rerun in ["[y, '-run={test}']", "['{test}']", "[y]"] {
        check_gate(
            &format!("    rerun: {rerun}\n"),
            "gates.yaml:5:12: no argument of `rerun` is `{test}`\n\
             hint: the name of the test takes the place of a whole argument: `rerun: [pytest, \"{test}\"]`",
        );
    }
}

#[test]
fn exit_codes_that_are_none() {
    check_gate(
        "    success: [256]\n",
        "gates.yaml:5:14: 256 is not an exit code: 0 to 255",
    );
    check_gate(
        "    success: [-1]\n",
        "gates.yaml:5:14: -1 is not an exit code: 0 to 255",
    );
    check_gate(
        "    success: []\n",
        "gates.yaml:5:14: no exit code would mean success",
    );
}

#[test]
fn a_floor_that_proves_nothing() {
    check_gate(
        "    evidence: {min_tests: 0}\n",
        "gates.yaml:5:27: `min_tests: 0` proves nothing\nhint: leave it out for a gate that runs no tests",
    );
}

#[test]
fn paths_that_lead_out() {
    for path in ["../x", "/etc", "a/../../b", "a//b", "./a", "a/", "''"] {
        let shown = path.trim_matches('\'');
        check_gate(
            &format!("    cwd: {path}\n"),
            &format!(
                "gates.yaml:5:10: `{shown}` is not a path inside the repository: it must be relative, without `..` and empty parts"
            ),
        );
    }
}

/// A report is deleted before its gate runs.
#[test]
fn reports_that_are_not_the_gates_to_write() {
    for path in [".git/config", ".GIT/HEAD", "."] {
        check_gate(
            &format!("    reports: [{{path: {path}, format: junit}}]\n"),
            &format!("gates.yaml:5:22: `{path}` cannot be a report"),
        );
    }
}

#[test]
fn variables_that_a_repository_may_not_name() {
    let hint = "\nhint: gates get no credentials, and git's own variables are never passed on";
    for name in [
        "GIT_DIR",
        "AWS_ACCESS_KEY_ID",
        "aws_profile",
        "FTC_TOKEN",
        "FTC_GITHUB_TOKEN",
        "DB_PASSWORD",
        "password",
        "CLIENT_SECRET",
    ] {
        check_gate(
            &format!("    env: {{pass: [HOME, {name}]}}\n"),
            &format!(
                "gates.yaml:5:24: a repository may not name the environment variable `{name}`{hint}"
            ),
        );
        check_gate(
            &format!("    env:\n      set:\n        A: 1\n        {name}: x\n"),
            &format!(
                "gates.yaml:8:9: a repository may not name the environment variable `{name}`{hint}"
            ),
        );
    }
    check_gate(
        "    env: {pass: ['A=B']}\n",
        &format!("gates.yaml:5:18: `A=B` cannot be the name of an environment variable{hint}"),
    );
}

#[test]
fn aliases_that_unfold_without_end() {
    let many = format!(
        "version: 1\ngates:\n  - id: a\n    argv: [&x x{}]\n",
        ", *x".repeat(200)
    );
    assert!(
        complaint(&many).contains("too large or too complex"),
        "{}",
        complaint(&many)
    );
    check(
        "version: 1\ngates: &g [*g]\n",
        "gates.yaml:2:12: Recursive reference not allowed here",
    );
    let deep = format!(
        "version: 1\ngates: {}{}\n",
        "[".repeat(400),
        "]".repeat(400)
    );
    assert!(
        complaint(&deep).contains("limit exceeded"),
        "{}",
        complaint(&deep)
    );
}

#[test]
fn a_file_that_nobody_wrote_by_hand() {
    let text = format!("version: 1\ngates: []\n#{}", "x".repeat(1 << 20));
    check(&text, "gates.yaml:1:1: the file is larger than 1 MiB");
}

#[test]
fn the_caller_says_what_the_file_is_called() {
    let error = GateFile::parse("version: 1\ngates: []\n", "1a2b3c:gates.yaml").unwrap_err();
    assert_eq!(error.to_string(), "1a2b3c:gates.yaml:2:8: there is no gate");
    assert_eq!((error.position.line, error.position.column), (2, 8));
}
