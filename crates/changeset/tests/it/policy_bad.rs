//! Policies that are refused: where, and why.

use std::fmt::Write as _;

use ftc_changeset::Policy;

/// Each text is refused with one message that begins with its place.
fn refused(text: &str, message: &str) {
    let Err(error) = Policy::parse(text, "p.yaml") else {
        panic!("this was read: {text}");
    };
    assert_eq!(error.to_string(), format!("p.yaml:{message}"), "{text}");
    assert!(!error.is_retryable());
}

fn refused_executor(line: &str, message: &str) {
    refused(&format!("version: 1\nexecutor:\n  {line}\n"), message);
}

fn refused_section(line: &str, message: &str) {
    refused(&format!("version: 1\n{line}\n"), message);
}

#[test]
fn shapes() {
    refused("", "1:1: unexpected end of input");
    refused("executor: {}", "1:1: missing field `version`");
    refused(
        "version: 2",
        "1:10: version 2 is not read by this program, which reads version 1",
    );
    refused("version: one", "1:10: invalid u32");
    refused("- 1", "1:1: expected mapping start");
    refused("version: 1\nversion: 1", "2:1: duplicate key `version`");
    refused(
        "version: 1\n---\nversion: 1",
        "3:1: a second YAML document begins here, but a policy is one",
    );
    refused(
        "version: 1\n<<: {tests: []}",
        "2:1: merge keys (`<<`) are not read",
    );
    refused_section(
        "meta: {owner: ada}",
        "2:1: unknown field `meta`, expected one of version, executor, read_only_paths, \
         forbidden_operations, frequency_limits, time_windows, emergency_overrides, forge, \
         exceptions, tests",
    );
    refused_executor("allowed_path: []", &unknown_executor_field());
    refused_executor(
        "constraints: {max_files: 1}",
        &format!(
            "3:17: unknown field `max_files`, expected one of {}",
            "max_files_touched, max_patch_lines, max_file_bytes, max_total_bytes, max_deletes, \
         max_execution_time, max_step_time, binary, mode_change, windows_names"
        ),
    );
}

fn unknown_executor_field() -> String {
    "3:3: unknown field `allowed_path`, expected one of allowed_paths, forbidden_paths, \
     constraints, on_limit, risk, always_review_categories, review_defaults, health_commands, \
     require_health_checks_for_risk, require_verification_for_risk, approval, concurrency, \
     idempotency, durability"
        .to_owned()
}

#[test]
fn an_unquoted_star_gets_a_hint() {
    let error = Policy::parse(
        "version: 1\nexecutor:\n  forbidden_paths:\n    - *.pem\n",
        "p.yaml",
    );
    let error = error.unwrap_err();
    assert_eq!((error.line, error.column), (4, 7));
    assert_eq!(
        error.hints(),
        ["put a pattern that begins with `*` into quotes"]
    );
}

#[test]
fn words() {
    let time = "is not a length of time such as `90s`, `10m`, `24h` or `7d`";
    for bad in [
        "300",
        "5 m",
        "1w",
        "-1s",
        "0s",
        "1.5h",
        "s",
        "99999999999999999999s",
        "4000000d",
    ] {
        refused_executor(
            &format!("constraints: {{max_step_time: '{bad}'}}"),
            &format!("3:32: `{bad}` {time}"),
        );
    }
    let size = "is not a size such as `4096`, `64KiB`, `1MiB` or `2GiB`";
    for bad in ["1MB", "1 MiB", "-1", "1.5KiB", "MiB", "99999999999GiB"] {
        refused_executor(
            &format!("constraints: {{max_file_bytes: '{bad}'}}"),
            &format!("3:33: `{bad}` {size}"),
        );
    }
    refused_executor("constraints: {max_deletes: -1}", "3:30: invalid u64");
    refused_executor(
        "constraints: {binary: maybe}",
        "3:25: unknown variant `maybe`, expected one of allow, need_approval, deny",
    );
    refused_executor(
        "require_verification_for_risk: [low]",
        "3:35: unknown variant `low`, expected one of LOW, MEDIUM, HIGH, CRITICAL",
    );
    refused_section(
        "forbidden_operations: [chmod]",
        "2:24: unknown variant `chmod`, expected one of create, modify, delete, rename, set_mode",
    );
    for bad in ["9:00", "24:01", "12:60", "noon", "12"] {
        refused_section(
            &format!("time_windows: {{allowed: [{{from: '{bad}'}}]}}"),
            &format!("2:33: `{bad}` is not a time of day such as `09:30`"),
        );
    }
    for bad in ["Europe/Berlin", "09:00", "+9", "+19:00"] {
        refused_section(
            &format!("time_windows: {{utc_offset: '{bad}', allowed: [{{}}]}}"),
            &format!(
                "2:28: `{bad}` is not an offset such as `+09:00` or `Z` (named time zones are not \
                 read, their rules change)"
            ),
        );
    }
}

#[test]
fn patterns() {
    let cases = [
        ("", "3:19: pattern `` is empty"),
        (
            "/src/**",
            "3:19: pattern `/src/**` begins with `/` and would match nothing",
        ),
        (
            "src/",
            "3:19: pattern `src/` ends in `/` and would match nothing",
        ),
        (
            "!src",
            "3:19: pattern `!src` begins with `!`, but there is no negation",
        ),
        (
            "./src",
            "3:19: pattern `./src` has the component `.` or `..` and would match nothing",
        ),
        (
            "src/../x",
            "3:19: pattern `src/../x` has the component `.` or `..` and would match nothing",
        ),
        (
            "src//x",
            "3:19: pattern `src//x` has an empty component and would match nothing",
        ),
        (
            "src/**.rs",
            "3:19: pattern `src/**.rs` has `**` as a part of a component, where it means no more than `*`",
        ),
        (
            "é?",
            "3:19: pattern `é?` has both letters beyond ASCII and `?` or `[`, which match only ASCII",
        ),
        (" src", "3:19: pattern ` src` begins or ends in white space"),
        (
            "a[",
            "3:19: pattern `a[`: unclosed character class; missing ']'",
        ),
        (
            "{a",
            "3:19: pattern `{a`: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)",
        ),
    ];
    for (pattern, message) in cases {
        refused_executor(&format!("allowed_paths: ['{pattern}']"), message);
    }
    refused_executor(
        "forbidden_paths: ['{.env,a/b}']",
        "3:21: pattern `{.env,a/b}` has `/` inside braces, so that it is not clear at which depth it matches",
    );
    // A forbidden folder may end in a slash.
    assert!(Policy::parse("version: 1\nexecutor: {forbidden_paths: ['src/']}", "p").is_ok());
    let hints = Policy::parse("version: 1\nexecutor: {allowed_paths: ['src/']}", "p");
    assert_eq!(
        hints.unwrap_err().hints(),
        ["for everything in the folder write `src/**`"]
    );
    let hints = Policy::parse("version: 1\nexecutor: {allowed_paths: ['/a']}", "p");
    assert_eq!(
        hints.unwrap_err().hints(),
        ["patterns are relative to the root of the repository: `a`"]
    );
}

#[test]
fn rules_that_would_mean_nothing() {
    refused_executor(
        "risk: {rules: [{id: a, when: {}, at_least: HIGH}]}",
        "3:32: rule `a` has no condition",
    );
    refused_executor(
        "always_review_categories: [{id: a, paths: []}]",
        "3:35: category `a` has no paths",
    );
    refused_section("time_windows: {}", "2:15: `time_windows` names no window");
    refused_section(
        "time_windows: {allowed: [{days: []}]}",
        "2:26: the window has no days",
    );
    refused_section(
        "time_windows: {allowed: [{from: '10:00', to: '10:00'}]}",
        "2:26: the window is empty",
    );
    refused_section(
        "time_windows: {allowed: [{from: '24:00'}]}",
        "2:26: the window is empty",
    );
    refused_section(
        "frequency_limits: [{id: a, max: 1, per: 1h, otherwise: allow}]",
        "2:56: `otherwise: allow` would make the rule mean nothing",
    );
    refused_section(
        "emergency_overrides: {rules: []}",
        "2:22: `emergency_overrides` names no rule",
    );
    refused_executor(
        "on_limit: allow",
        "3:13: a limit that is passed can be `deny` or `need_approval`, not `allow`",
    );
    refused_executor(
        "on_limit: {max_deletes: allow}",
        "3:13: a limit that is passed can be `deny` or `need_approval`, not `allow`",
    );
    refused_executor("health_commands: [[]]", "3:21: the command has no program");
    refused_executor(
        "approval: {roles: {HIGH: ['']}}",
        "3:29: a role has no name",
    );
}

/// What this version cannot do is said, and not passed over in silence.
#[test]
fn switches_that_cannot_be_switched() {
    refused_executor(
        "concurrency: {enabled: false}",
        "3:26: this cannot be switched off: executions are always locked",
    );
    refused_executor(
        "idempotency: {enabled: false}",
        "3:26: this cannot be switched off: a plan is never carried out twice",
    );
    refused_executor(
        "approval: {single_use: false}",
        "3:26: this cannot be switched off: an approval is only ever used once",
    );
    refused_executor(
        "idempotency: {plan_reuse: allow}",
        "3:29: `plan_reuse` can only be `deny`: a plan has one ChangeSet",
    );
    refused_executor(
        "durability: {mode: none}",
        "3:22: unknown variant `none`, expected one of auto, fsync",
    );
    refused_executor(
        "concurrency: {lock_scope: planet}",
        "3:29: unknown variant `planet`, expected one of repository, worktree",
    );
}

#[test]
fn ids() {
    let category = |id: &str| format!("always_review_categories: [{{id: '{id}', paths: [a]}}]");
    for bad in ["", "Upper", "1st", "a.b", "a b", "op.empty", "é"] {
        refused_executor(
            &category(bad),
            &format!(
                "3:35: id `{bad}` is not made of lower-case letters, digits, `-` and `_`, first a letter"
            ),
        );
    }
    for taken in [
        "forbidden_paths",
        "max_deletes",
        "time_windows",
        "risk_approvals",
        "judges",
    ] {
        refused_executor(
            &category(taken),
            &format!("3:35: id `{taken}` is the name of a built-in section"),
        );
    }
    refused(
        "version: 1\nexecutor:\n  always_review_categories: [{id: a, paths: [x]}]\n\
         frequency_limits: [{id: a, max: 1, per: 1h}]",
        "4:25: id `a` is used twice",
    );
}

#[test]
fn exceptions_and_emergencies() {
    let exception = |rule: &str, paths: &str, reason: &str, until: &str| {
        format!(
            "exceptions: [{{rule: {rule}, paths: {paths}, reason: '{reason}', until: {until}, approved_by: ada}}]"
        )
    };
    let good = exception("binary", "[a]", "fine", "2026-12-31");
    assert!(Policy::parse(&format!("version: 1\n{good}"), "p").is_ok());
    for rule in [
        "op.state_folder",
        "max_deletes",
        "nothing",
        "time_windows",
        "path.git_folder",
    ] {
        refused_section(
            &exception(rule, "[a]", "fine", "2026-12-31"),
            &format!("2:21: there is no exception from rule `{rule}`"),
        );
    }
    refused_section(
        &exception("binary", "[]", "fine", "2026-12-31"),
        "2:14: the exception names no paths",
    );
    refused_section(
        &exception("binary", "[a]", " ", "2026-12-31"),
        "2:49: the exception gives no reason",
    );
    for until in ["forever", "2026-13-01", "2026-12", "2026-12-31T25:00:00Z"] {
        refused_section(
            &exception("binary", "[a]", "fine", until),
            &format!(
                "2:64: `{until}` is not a day such as `2026-12-31` or a time such as `2026-12-31T18:00:00Z`"
            ),
        );
    }
    refused_section(
        "exceptions: [{rule: binary, paths: [a], reason: x, until: 2026-12-31}]",
        "2:52: missing field `approved_by`",
    );
    for rule in [
        "forbidden_paths",
        "allowed_paths",
        "op.outside_plan",
        "risk_approvals",
        "binary",
    ] {
        refused_section(
            &format!("emergency_overrides: {{rules: [{rule}]}}"),
            &format!("2:31: rule `{rule}` cannot be overridden in an emergency"),
        );
    }
    refused_section(
        "forge: {operations: ['Push Branch']}",
        "2:22: `Push Branch` is not the name of an operation, such as `push_branch`",
    );
}

/// A text of a few lines that would stand for millions.
#[test]
fn a_bomb_is_refused() {
    let mut text = String::from("version: 1\nexecutor:\n  allowed_paths:\n    - &a0 x\n");
    for level in 1..40 {
        let below = format!("*a{}", level - 1);
        writeln!(text, "    - &a{level} [{below}, {below}, {below}, {below}]").unwrap();
    }
    assert!(Policy::parse(&text, "p").is_err());
    let deep = format!(
        "version: 1\nexecutor: {}{}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(Policy::parse(&deep, "p").is_err());
}
