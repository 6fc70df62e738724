use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ftc_process::{Spawn, SpawnError};

use crate::support::{parent, shell};

fn error(spawn: &Spawn) -> SpawnError {
    spawn.run().expect_err("it must not run")
}

fn script(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).expect("the test has a disk");
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("the file is ours");
}

#[test]
fn a_missing_program_is_named() {
    let found = error(&Spawn::new(["no-such-program-here"]).env("PATH", "/bin:/usr/bin"));
    assert_eq!(
        found.to_string(),
        "program `no-such-program-here` was not found"
    );
    assert_eq!(
        found.hints(),
        ["install it, or add its directory to `PATH` (searched: /bin:/usr/bin)"]
    );
    assert!(found.is_not_found() && !found.is_retryable());

    let found = error(&Spawn::new(["sh"]));
    assert_eq!(
        found.hints(),
        ["the child has no `PATH`; pass one on, or name `sh` by its full path"]
    );
    let found = error(&Spawn::new(["/no/such/program"]));
    assert_eq!(
        found.to_string(),
        "program `/no/such/program` was not found"
    );
}

#[test]
fn the_search_path_is_the_childs_and_absolute() {
    let directory = tempfile::tempdir().unwrap();
    script(
        &directory.path().join("tool"),
        "#!/bin/sh\necho found\n",
        0o755,
    );
    let spawn = Spawn::new(["tool"]).directory(directory.path());
    assert!(error(&spawn.clone().env("PATH", ".")).is_not_found());
    assert!(error(&spawn.clone().env("PATH", "")).is_not_found());
    let outcome = spawn.env("PATH", directory.path()).run().unwrap();
    assert_eq!(outcome.stdout.to_text(), "found\n");
}

#[test]
fn what_cannot_be_executed_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("script");
    script(&path, "#!/bin/sh\n", 0o644);
    let found = error(&Spawn::new([&path]));
    assert_eq!(
        found.to_string(),
        format!("`{}` is not executable", path.display())
    );
    assert_eq!(found.hints().len(), 1);
    assert!(matches!(
        error(&Spawn::new([directory.path()])),
        SpawnError::NotExecutable { .. }
    ));

    script(&path, "#!/no/such/interpreter\n", 0o755);
    let found = error(&Spawn::new([&path]));
    assert_eq!(
        found.to_string(),
        format!("the interpreter of `{}` was not found", path.display())
    );
    assert!(found.is_not_found());
}

#[test]
fn a_missing_directory_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let gone = directory.path().join("gone");
    let found = error(&shell("true").directory(&gone));
    assert_eq!(
        found.to_string(),
        format!("working directory `{}` does not exist", gone.display())
    );
}

#[test]
fn what_no_process_can_be_given_is_refused() {
    let spawn = || Spawn::new(["true"]).inherit_from(&parent());
    assert!(matches!(error(&Spawn::new([""; 0])), SpawnError::EmptyArgv));
    let cases = [
        (spawn().arg("a\0secret"), "argument 1 contains a NUL byte"),
        (
            spawn().env("A\0", "v"),
            "`A\0` cannot be the name of an environment variable",
        ),
        (
            spawn().env("A=B", "v"),
            "`A=B` cannot be the name of an environment variable",
        ),
        (
            spawn().env("", "v"),
            "`` cannot be the name of an environment variable",
        ),
        (
            spawn().env("A", "se\0cret"),
            "environment variable `A` contains a NUL byte",
        ),
        (
            spawn().directory("a\0b"),
            "working directory `a\0b` does not exist",
        ),
    ];
    for (spawn, message) in cases {
        assert_eq!(error(&spawn).to_string(), message);
    }
}

#[test]
fn too_long_an_argument_is_the_systems_error() {
    let found = error(&shell("true").arg("x".repeat(10 << 20)));
    assert!(matches!(found, SpawnError::Start { .. }), "{found:?}");
    assert!(!found.is_retryable());
}
