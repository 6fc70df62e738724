use std::collections::BTreeMap;
use std::fs;

use ftc_agent::{AgentOutcome, CommandDriver};

use crate::support::{Place, mode};

/// The environment that the agent printed with `env -0`.
fn variables(place: &Place) -> BTreeMap<String, String> {
    let text = fs::read_to_string(place.out.join("env")).expect("the agent has written it");
    text.split_terminator('\0')
        .map(|pair| pair.split_once('=').expect("it is a variable"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

const PRINT_ENV: &str = "env -0 >\"$3/env\"";

#[test]
fn only_what_the_profile_names_is_passed_on() {
    let place = Place::new();
    let parent = [
        ("FTC_GITHUB_TOKEN", "one"),
        ("AWS_SECRET_ACCESS_KEY", "two"),
        ("DB_PASSWORD", "three"),
        ("GIT_DIR", "/elsewhere"),
        ("GIT_ASKPASS", "/bin/ask"),
        ("SSH_AUTH_SOCK", "/sock"),
        ("XDG_CONFIG_HOME", "/config"),
        ("EDITOR", "vi"),
        ("LANG", "C.UTF-8"),
        ("AGENT_API_KEY", "named"),
    ];
    let rest = "[env]\npass = ['AGENT_API_KEY', 'NOT_SET_ANYWHERE']\nset = { NO_COLOR = '1' }\n";
    place.run_script_in(PRINT_ENV, rest, &parent);
    let variables = variables(&place);
    let mut names: Vec<&str> = variables.keys().map(String::as_str).collect();
    // The shell sets these itself.
    names.retain(|name| !matches!(*name, "PWD" | "OLDPWD" | "SHLVL" | "_"));
    assert_eq!(
        names,
        [
            "AGENT_API_KEY",
            "GIT_TERMINAL_PROMPT",
            "HOME",
            "LANG",
            "NO_COLOR",
            "PATH",
            "TERM"
        ]
    );
    assert_eq!(variables["AGENT_API_KEY"], "named");
    assert_eq!(variables["NO_COLOR"], "1");
}

#[test]
fn what_the_profile_sets_wins() {
    let place = Place::new();
    let rest = "[env]\npass = ['LEVEL']\nset = { LEVEL = 'own', LANG = 'C' }\n";
    place.run_script_in(PRINT_ENV, rest, &[("LEVEL", "parents"), ("LANG", "de_DE")]);
    let variables = variables(&place);
    assert_eq!(variables["LEVEL"], "own");
    assert_eq!(variables["LANG"], "C");
}

#[test]
fn the_home_is_private_and_has_the_files_that_the_profile_names() {
    let place = Place::new();
    let person = place.path("person");
    fs::create_dir_all(person.join(".agent/deep")).unwrap();
    fs::write(person.join(".agent/deep/login.json"), "{\"t\":1}").unwrap();
    fs::write(person.join("real"), "linked").unwrap();
    std::os::unix::fs::symlink("real", person.join(".linkrc")).unwrap();
    fs::write(person.join(".secret"), "not named").unwrap();
    let script = "cd \"$HOME\" && find . | sort >\"$3/found\"
        stat -c %a . .agent .agent/deep .agent/deep/login.json .linkrc >\"$3/modes\"
        cat .agent/deep/login.json .linkrc >\"$3/contents\"
        echo renewed >.agent/deep/login.json";
    let rest = "home_files = ['.agent/deep/login.json', '.linkrc']\n";
    let run = place.run_script(script, rest);
    assert_eq!(run.outcome, AgentOutcome::NoChange, "{}", run.reason);
    let read = |name: &str| fs::read_to_string(place.out.join(name)).unwrap();
    assert_eq!(
        read("found"),
        ".\n./.agent\n./.agent/deep\n./.agent/deep/login.json\n./.linkrc\n"
    );
    assert_eq!(read("modes"), "700\n700\n700\n600\n600\n");
    assert_eq!(read("contents"), "{\"t\":1}linked");
    // The person's own file is as it was, and no copy is left.
    assert_eq!(
        fs::read_to_string(person.join(".agent/deep/login.json")).unwrap(),
        "{\"t\":1}"
    );
    assert!(!place.out.join("home").exists());
}

#[test]
fn without_a_file_that_it_needs_an_agent_is_unavailable() {
    let place = Place::new();
    let run = place.run_script("echo new >code", "home_files = ['.login']\n");
    assert_eq!(run.outcome, AgentOutcome::Unavailable);
    assert_eq!(
        run.reason,
        format!(
            "agent `agent` cannot be used: home file `{}` does not exist",
            place.path("person/.login").display()
        )
    );
    assert_eq!(
        fs::read_to_string(place.worktree.join("code")).unwrap(),
        "old\n"
    );
}

#[test]
fn a_home_file_that_is_a_folder_is_an_error() {
    let place = Place::new();
    fs::create_dir(place.path("person/.agent")).unwrap();
    let profile = place.profile("agent", "", "home_files = ['.agent']\n");
    let error = place
        .run(
            &CommandDriver::new(profile, place.environment(&[])),
            "do it",
        )
        .unwrap_err();
    let path = place.path("person/.agent");
    assert_eq!(
        error.to_string(),
        format!("failed to prepare `{}`", path.display())
    );
    assert!(!place.out.join("home").exists());
}

#[test]
fn a_hostile_prompt_reaches_no_shell() {
    let place = Place::new();
    let prompt = "'; touch pwned; echo '\n$(touch pwned) `touch pwned` \"\n--help\n\0\u{1b}[31m";
    let profile = place.profile(
        "agent",
        "cat \"$1\" >\"$3/seen\"; echo $# \"$1\" >\"$3/args\"",
        "",
    );
    let driver = CommandDriver::new(profile, place.environment(&[]));
    let run = place.run(&driver, prompt).unwrap();
    assert_eq!(run.outcome, AgentOutcome::NoChange, "{}", run.reason);
    assert_eq!(fs::read_to_string(place.out.join("seen")).unwrap(), prompt);
    let file = place.out.join("prompt.md");
    assert_eq!(
        fs::read_to_string(place.out.join("args")).unwrap(),
        format!("3 {}\n", file.display())
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), prompt);
    assert_eq!(mode(&file), 0o600);
    assert!(!place.worktree.join("pwned").exists());
}

#[test]
fn arguments_are_passed_as_they_are() {
    let place = Place::new();
    let text = format!(
        "name = 'a'\nargv = ['sh', '-c', 'printf \"%s|\" \"$@\" >\"$0/args\"', '{}', '$HOME; rm *', '', '{{\"a\": 1}}', '{{worktree}}']\n",
        place.path("").display()
    );
    let profile = ftc_agent::Profile::parse(&text, "a.toml").unwrap();
    place
        .run(
            &CommandDriver::new(profile, place.environment(&[])),
            "do it",
        )
        .unwrap();
    assert_eq!(
        fs::read_to_string(place.path("args")).unwrap(),
        format!("$HOME; rm *||{{\"a\": 1}}|{}|", place.worktree.display())
    );
}

#[test]
fn reading_standard_input_ends_at_once() {
    let place = Place::new();
    let run = place.run_script("cat; echo over", "");
    assert_eq!(run.outcome, AgentOutcome::NoChange);
    assert_eq!(place.transcript(), "over\n");
}

#[test]
fn the_agent_works_in_the_worktree() {
    let place = Place::new();
    place.run_script("pwd -P; echo \"$2\"", "");
    let worktree = place.worktree.display();
    assert_eq!(place.transcript(), format!("{worktree}\n{worktree}\n"));
}

#[test]
fn writing_outside_is_not_prevented_and_not_taken_for_a_change() {
    let place = Place::new();
    let run = place.run_script("echo hello >\"$2/../outside\"", "");
    assert_eq!(run.outcome, AgentOutcome::NoChange);
    assert!(place.path("outside").exists());
}
