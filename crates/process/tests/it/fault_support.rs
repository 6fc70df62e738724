//! What the fault tests share: every fault is tried alone and with a shim, and some need a process of their own.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use ftc_process::{Outcome, ParentEnv, Spawn, SpawnError};
use rustix::fs::{CWD, Mode, OFlags, fcntl_setfl, mkfifoat, open};

use crate::support::{parent, shell, shim};

/// The same run alone, with a shim, and with a shim that has no control group; each with its name.
pub fn ways(spawn: &Spawn) -> [(&'static str, Spawn); 3] {
    [
        ("alone", spawn.clone()),
        ("shim", spawn.clone().shim(shim())),
        (
            "shim, no cgroup",
            spawn.clone().shim(shim().without_cgroup()),
        ),
    ]
}

/// The two ways that hold all descendants.
pub fn held(spawn: &Spawn) -> [(&'static str, Spawn); 2] {
    let [_, shim, no_cgroup] = ways(spawn);
    [shim, no_cgroup]
}

/// Checks the outcome of each way.
pub fn each_outcome(spawn: &Spawn, check: impl Fn(&str, &Outcome)) {
    for (way, spawn) in ways(spawn) {
        match spawn.run() {
            Ok(outcome) => check(way, &outcome),
            Err(error) => panic!("{way}: {}", chain(&error)),
        }
    }
}

/// Checks the error of each way, and that a shim in between changes nothing that a caller could see of it.
pub fn each_error(spawn: &Spawn, check: impl Fn(&str, &SpawnError)) {
    let told = ways(spawn).map(|(way, spawn)| match spawn.run() {
        Ok(outcome) => panic!("{way}: it must not run: {outcome:?}"),
        Err(error) => {
            check(way, &error);
            (
                chain(&error),
                error.hints(),
                error.is_not_found(),
                error.is_retryable(),
            )
        }
    });
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
}

/// The message with those of its sources.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

/// What a copy of this test program is to do; see [`copy`].
pub const TASK: &str = "FTC_TEST_TASK";

/// A copy of this test program that runs only the test `name`, as a program of its own: what it changes in itself holds for nobody
/// else. The test asks [`task`] what to do. What `prepare` (shell commands) changes holds for the copy, too.
pub fn copy(name: &str, task: &str, prepare: &str) -> Spawn {
    let this = std::env::current_exe().expect("a test program can find itself");
    let script = format!(
        "{prepare}\nexec \"$0\" --exact \"$1\" --include-ignored --nocapture --test-threads=1"
    );
    with_task(shell(&script).arg(this).arg(name), task)
}

/// For copies that are started in another way.
pub fn with_task(spawn: Spawn, task: &str) -> Spawn {
    spawn.env(TASK, task)
}

/// What this process is to do as a copy; `None` in the test program itself.
pub fn task() -> Option<String> {
    parent().var(TASK).map(str::to_owned)
}

/// Asserts that the copy did what it was told to; gives what it printed.
pub fn assert_done(outcome: &Outcome) -> String {
    let text = outcome.stdout.to_text();
    let said = format!("{text}\n{}", outcome.stderr.to_text());
    assert!(outcome.success(), "{:?}\n{said}", outcome.end);
    assert!(text.contains("1 passed"), "{said}");
    text
}

/// This program's search path, for children that get nothing else.
pub fn path() -> std::ffi::OsString {
    ParentEnv::capture()
        .var_os("PATH")
        .map(std::ffi::OsStr::to_owned)
        .unwrap_or_default()
}

/// A pipe by which it is seen whether anybody is left: every process of a tree inherits its end for writing, as descriptor 9, from
/// the script that opens it. No process can be missed as in a list of processes, which is old when it has been read.
pub struct Witness {
    reader: File,
    directory: tempfile::TempDir,
}

impl Witness {
    /// A pipe called `witness` in a directory of its own.
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("the test has a disk");
        let path = directory.path().join("witness");
        mkfifoat(CWD, &path, Mode::RWXU).expect("a pipe can be made");
        // It has to be opened without waiting for a writer. From then on it may wait.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let reader = open(&path, flags, Mode::empty()).expect("the pipe can be opened");
        fcntl_setfl(&reader, OFlags::empty()).expect("it is ours");
        Self {
            reader: reader.into(),
            directory,
        }
    }

    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// What was written, once nobody is left who could write. Waits for them: a survivor is a test that hangs.
    pub fn last_words(mut self) -> String {
        let mut words = String::new();
        self.reader
            .read_to_string(&mut words)
            .expect("the pipe can be read");
        words
    }
}

/// Runs `script` in each of these ways, with descriptor 9 as the witness, and checks the result when nobody is left.
pub fn each_without_survivors<const N: usize>(
    ways: impl Fn(&Spawn) -> [(&'static str, Spawn); N],
    script: &str,
    prepare: impl Fn(Spawn) -> Spawn,
    check: impl Fn(&str, Result<Outcome, SpawnError>, &str),
) {
    for (way, spawn) in ways(&prepare(shell(&format!("exec 9>witness\n{script}")))) {
        let witness = Witness::new();
        let result = spawn.directory(witness.directory()).run();
        check(way, result, &witness.last_words());
    }
}
