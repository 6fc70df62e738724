//! Plain git, with nobody's configuration and the same dates always.

use std::path::Path;

use ftc_process::{ParentEnv, Spawn};
use ftc_vcs::GitProgram;

pub fn git_program() -> GitProgram {
    GitProgram::find(&ParentEnv::capture()).unwrap()
}

/// Runs git and returns what it prints without the last line break.
pub fn git(directory: &Path, arguments: &[&str]) -> String {
    let mut spawn = Spawn::new(["git"])
        .env("PATH", ParentEnv::capture().var_os("PATH").unwrap())
        .env("HOME", directory)
        .env("LC_ALL", "C")
        .directory(directory);
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_AUTHOR_NAME", "Alice"),
        ("GIT_AUTHOR_EMAIL", "alice@example.com"),
        ("GIT_AUTHOR_DATE", "1700000000 +0000"),
        ("GIT_COMMITTER_NAME", "Alice"),
        ("GIT_COMMITTER_EMAIL", "alice@example.com"),
        ("GIT_COMMITTER_DATE", "1700000000 +0000"),
    ] {
        spawn = spawn.env(name, value);
    }
    let outcome = spawn.args(arguments).run().unwrap();
    assert!(
        outcome.success(),
        "git {arguments:?}: {}",
        outcome.stderr.to_text()
    );
    outcome.stdout.to_text().trim_end().to_owned()
}
