use ftc_agent::Profile;

/// The message of a profile whose first two lines are right.
fn error(rest: &str) -> String {
    let text = format!("name = 'mine'\nargv = ['agent', '{{prompt_file}}']\n{rest}");
    let error = Profile::parse(&text, "p").expect_err("the profile is wrong");
    error.to_string()
}

#[test]
fn a_whole_profile_is_read() {
    let text = r#"
        name = "codex"
        argv = ["codex", "exec", "-C", "{worktree}", "{prompt_file}", "{out}"]
        prompt = "file"
        timeout = "2h"
        idle_timeout = "90s"
        unavailable_exit_codes = [1, 255]
        home_files = [".codex/auth.json", "plain"]
        [env]
        pass = ["OPENAI_API_KEY"]
        set = { NO_COLOR = "1", EMPTY = "" }
    "#;
    let profile = Profile::parse(text, "codex.toml").unwrap();
    assert_eq!(profile.name(), "codex");
    // Neither arguments nor values are shown.
    assert_eq!(
        format!("{profile:?}"),
        "Profile { name: \"codex\", timeout: 7200s, idle_timeout: Some(90s), .. }"
    );
}

#[test]
fn a_profile_may_be_short() {
    let profile = Profile::parse("name = 'x'\nargv = ['/opt/agent']\n", "x.toml").unwrap();
    assert_eq!(
        format!("{profile:?}"),
        "Profile { name: \"x\", timeout: 1800s, idle_timeout: None, .. }"
    );
}

#[test]
fn placeholders_stand_alone_and_are_known() {
    let argv = |item: &str| {
        let text = format!("name = 'mine'\nargv = [\n  'agent',\n  {item},\n]\n");
        Profile::parse(&text, "p")
            .map(|_| ())
            .map_err(|error| (error.to_string(), error.hints()))
    };
    assert_eq!(
        argv("'{promt_file}'"),
        Err((
            "p:4:3: unknown placeholder `{promt_file}`".to_owned(),
            vec!["the placeholders are `{worktree}`, `{prompt_file}`, `{out}`".to_owned()]
        ))
    );
    assert_eq!(
        argv("'é', '--file={prompt_file}'"),
        Err((
            "p:4:8: placeholder `{prompt_file}` is not a whole argument".to_owned(),
            vec!["write the option and the placeholder as two arguments".to_owned()]
        ))
    );
    for item in [
        "'{}'",
        "'{\"a\": 1}'",
        "'${HOME}'",
        "'a{b}c'",
        "'{{worktree}'",
    ] {
        let is_own = item == "'{{worktree}'";
        assert_eq!(argv(item).is_err(), is_own, "{item}");
    }
}

#[test]
fn the_program_is_never_the_repositorys() {
    let program = |program: &str| {
        let text = format!("name = 'mine'\nargv = ['{program}']\n");
        Profile::parse(&text, "p")
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert_eq!(program("agent"), Ok(()));
    assert_eq!(program("/opt/agent"), Ok(()));
    let message = |text: &str| Err(format!("p:2:9: {text}"));
    assert_eq!(
        program("./agent"),
        message("program `./agent` would be taken from the worktree")
    );
    assert_eq!(
        program("bin/agent"),
        message("program `bin/agent` would be taken from the worktree")
    );
    assert_eq!(
        program("{worktree}"),
        message("a placeholder cannot be the program")
    );
    assert_eq!(program(""), message("the program is empty"));
    let empty = Profile::parse("name = 'mine'\nargv = []\n", "p").unwrap_err();
    assert_eq!(empty.to_string(), "p:2:8: `argv` names no program");
}

#[test]
fn the_prompt_is_passed_as_it_is_said() {
    assert_eq!(
        error("prompt = 'none'\n"),
        "p:3:10: `argv` passes `{prompt_file}` on all the same"
    );
    let text = "name = 'mine'\nprompt = 'file'\nargv = ['agent']\n";
    assert_eq!(
        Profile::parse(text, "p").unwrap_err().to_string(),
        "p:2:10: `argv` does not pass `{prompt_file}` on"
    );
    assert!(error("prompt = 'stdin'\n").starts_with("p:3:10: unknown variant `stdin`"));
}

#[test]
fn values_are_checked_where_they_stand() {
    for (rest, expected) in [
        ("timeout = '0s'\n", "p:3:11: `0s` is not a duration"),
        ("timeout = '10'\n", "p:3:11: `10` is not a duration"),
        ("timeout = '1.5h'\n", "p:3:11: `1.5h` is not a duration"),
        ("idle_timeout = '-1s'\n", "p:3:16: `-1s` is not a duration"),
        (
            "timeout = '99999999999999999h'\n",
            "p:3:11: `99999999999999999h` is not a duration",
        ),
        (
            "unavailable_exit_codes = [3, 0]\n",
            "p:3:30: 0 is no exit code of a failure",
        ),
        (
            "unavailable_exit_codes = [256]\n",
            "p:3:27: 256 is no exit code of a failure",
        ),
        (
            "home_files = ['/etc/passwd']\n",
            "p:3:15: `/etc/passwd` is no path below the home",
        ),
        (
            "home_files = ['a/../../b']\n",
            "p:3:15: `a/../../b` is no path below the home",
        ),
        (
            "home_files = ['']\n",
            "p:3:15: `` is no path below the home",
        ),
        ("home_files = ['a', 'a']\n", "p:3:20: `a` is listed twice"),
        (
            "[env]\npass = ['HOME']\n",
            "p:4:9: the agent gets a private `HOME`",
        ),
        (
            "[env]\nset = { HOME = '/x' }\n",
            "p:4:9: the agent gets a private `HOME`",
        ),
        (
            "[env]\npass = ['A=B']\n",
            "p:4:9: `A=B` cannot be the name of an environment variable",
        ),
        (
            "[env]\npass = ['']\n",
            "p:4:9: `` cannot be the name of an environment variable",
        ),
    ] {
        assert_eq!(error(rest), expected);
    }
    let name = Profile::parse("argv = ['x']\nname = 'a b'\n", "p").unwrap_err();
    assert_eq!(
        name.to_string(),
        "p:2:8: `a b` cannot be the name of an agent"
    );
}

#[test]
fn keys_are_known_and_given_once() {
    for (rest, start) in [
        ("time_out = '1s'\n", "p:3:1: unknown field `time_out`"),
        ("[env]\npas = []\n", "p:4:1: unknown field `pas`"),
        ("name = 'twice'\n", "p:3:1: duplicate key"),
        ("timeout = 30\n", "p:3:11: invalid type: integer `30`"),
        ("timeout = '1s\n", "p:3:"),
    ] {
        let error = error(rest);
        assert!(error.starts_with(start), "{error}");
    }
    let error = Profile::parse("name = 'x'\n", "p").unwrap_err();
    assert!(error.message.contains("missing field `argv`"), "{error}");
    assert_eq!((error.line, error.column), (1, 1));
    assert!(!error.is_retryable());
}
