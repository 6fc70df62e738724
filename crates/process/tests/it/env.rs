use ftc_process::{ParentEnv, Spawn};

use crate::support::{parent, run};

fn environment_of(spawn: &Spawn) -> Vec<String> {
    let mut lines: Vec<String> = run(spawn)
        .stdout
        .to_text()
        .lines()
        .map(str::to_owned)
        .collect();
    lines.sort();
    lines
}

fn program() -> Spawn {
    let env = ftc_process::find_program("env", None, parent().var_os("PATH"))
        .expect("`env` is installed");
    Spawn::new([env])
}

#[test]
fn nothing_is_inherited_that_is_not_on_the_list() {
    let parent: ParentEnv = [
        ("PATH", "/usr/bin:/bin"),
        ("HOME", "/home/me"),
        ("LC_ALL", "C.UTF-8"),
        ("TERM", "xterm-256color"),
        ("GIT_DIR", "/elsewhere"),
        ("GIT_INDEX_FILE", "x"),
        ("GITHUB_TOKEN", "t"),
        ("LD_PRELOAD", "evil.so"),
        ("PATHS", "near"),
        ("XLC_ALL", "near"),
    ]
    .into_iter()
    .collect();
    assert_eq!(environment_of(&program()), ["TERM=dumb"]);
    assert_eq!(
        environment_of(&program().inherit_from(&parent)),
        [
            "HOME=/home/me",
            "LC_ALL=C.UTF-8",
            "PATH=/usr/bin:/bin",
            "TERM=dumb"
        ]
    );
}

#[test]
fn what_is_set_wins_in_either_order() {
    let parent: ParentEnv = [("HOME", "/home/me")].into_iter().collect();
    let expected = ["GIT_ASKPASS=/bin/true", "HOME=/private", "TERM=xterm"];
    let set = |spawn: Spawn| {
        spawn
            .env("HOME", "/private")
            .env("GIT_ASKPASS", "/bin/true")
            .env("TERM", "xterm")
    };
    assert_eq!(
        environment_of(&set(program()).inherit_from(&parent)),
        expected
    );
    assert_eq!(
        environment_of(&set(program().inherit_from(&parent))),
        expected
    );
}

#[test]
fn secrets_are_not_printed() {
    let parent: ParentEnv = [("TOKEN", "hunter2")].into_iter().collect();
    assert_eq!(format!("{parent:?}"), r#"{"TOKEN"}"#);
    let spawn = Spawn::new(["curl", "hunter2"]).env("TOKEN", "hunter2");
    let text = format!("{spawn:?}");
    assert!(
        text.contains("curl") && text.contains("TOKEN") && !text.contains("hunter2"),
        "{text}"
    );
}

#[test]
fn the_parent_is_read_by_name() {
    let parent: ParentEnv = [("A", "1"), ("B", "")].into_iter().collect();
    assert_eq!(parent.var("A"), Some("1"));
    assert_eq!(parent.var("B"), Some(""));
    assert_eq!(parent.var("C"), None);
    let names: Vec<_> = parent.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["A", "B"]);
}
