//! Children that cannot be started, and that start in a broken place. With a shim all of it has to read as without.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ftc_process::confine::Profile;
use ftc_process::{Confinement, End, Outcome, Spawn, SpawnError};

use crate::fault_support::{assert_done, chain, copy, each_error, each_outcome, path, task, ways};
use crate::support::{parent, shell, shim};

fn file(path: &Path, bytes: &[u8], mode: u32) {
    fs::write(path, bytes).expect("the test has a disk");
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("the file is ours");
}

#[test]
fn a_missing_program() {
    let spawn = Spawn::new(["no-such-program-here"]).env("PATH", "/bin:/usr/bin");
    each_error(&spawn, |way, error| {
        assert!(
            matches!(error, SpawnError::NotFound { .. }),
            "{way}: {error:?}"
        );
        assert!(error.is_not_found() && !error.hints().is_empty());
    });
}

#[test]
fn a_program_that_is_not_executable() {
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("script");
    file(&script, b"#!/bin/sh\n", 0o644);
    each_error(&Spawn::new([&script]), |way, error| {
        assert!(
            matches!(error, SpawnError::NotExecutable { .. }),
            "{way}: {error:?}"
        );
    });
    file(&script, b"#!/no/such/interpreter\n", 0o755);
    each_error(&Spawn::new([&script]), |way, error| {
        assert!(
            matches!(error, SpawnError::InterpreterMissing { .. }),
            "{way}: {error:?}"
        );
    });
    // A device and a directory have the bit and are no programs.
    for path in ["/dev/null", "/"] {
        each_error(&Spawn::new([path]), |way, error| {
            assert!(
                matches!(error, SpawnError::NotExecutable { .. }),
                "{way}: {error:?}"
            );
        });
    }
}

#[test]
fn a_script_without_a_first_line_that_names_its_interpreter() {
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("script");
    // A shell would run it. We do not guess.
    for bytes in [&b"touch ran\n"[..], b"", b"\x7fELF but not really"] {
        file(&script, bytes, 0o755);
        let spawn = Spawn::new([&script])
            .directory(directory.path())
            .env("PATH", path());
        each_error(&spawn, |way, error| {
            assert!(
                matches!(error, SpawnError::Start { .. }),
                "{way}: {error:?}"
            );
            assert!(
                chain(error).contains("Exec format error"),
                "{way}: {}",
                chain(error)
            );
            assert!(
                error.hints().iter().any(|hint| hint.contains("#!")),
                "{way}"
            );
            assert!(!error.is_retryable());
        });
        let confined = spawn
            .shim(shim())
            .confine(Confinement::new(Profile::Gate).writable(directory.path()));
        let error = confined
            .run()
            .expect_err("it is no program when confined, either");
        assert!(
            chain(&error).contains("Exec format error"),
            "{}",
            chain(&error)
        );
        assert!(!directory.path().join("ran").exists());
    }
}

#[test]
fn a_working_directory_that_is_gone() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("place");
    let spawn = shell("true").directory(&place);
    let check = |way: &str, error: &SpawnError| {
        let SpawnError::DirectoryMissing { path } = error else {
            panic!("{way}: {error:?}");
        };
        assert_eq!(path, &place);
    };
    each_error(&spawn, check);
    file(&place, b"a file", 0o755);
    each_error(&spawn, check);
}

#[test]
fn a_working_directory_that_the_child_removes() {
    for (way, spawn) in ways(&shell("rmdir \"$PWD\"; echo removed; exit 5")) {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().join("place");
        fs::create_dir(&place).unwrap();
        let outcome = spawn.directory(&place).run().unwrap();
        assert_eq!(outcome.end, End::Exited(5), "{way}");
        assert_eq!(outcome.stdout.to_text(), "removed\n");
        assert!(!place.exists());
    }
}

#[test]
fn our_own_working_directory_that_is_gone() {
    if task().is_some() {
        assert!(std::env::current_dir().is_err(), "it is gone");
        each_outcome(&shell("echo fine"), |way, outcome| {
            assert_eq!(outcome.stdout.to_text(), "fine\n", "{way}");
        });
        each_outcome(&shell("pwd").directory("/"), |way, outcome| {
            assert_eq!(outcome.stdout.to_text(), "/\n", "{way}");
        });
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let name = "fault_start::our_own_working_directory_that_is_gone";
    let gone = "mkdir gone && cd gone && rmdir ../gone";
    assert_done(
        &copy(name, "run", gone)
            .directory(directory.path())
            .run()
            .unwrap(),
    );
}

#[test]
fn a_directory_that_may_not_be_entered() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("place");
    fs::create_dir(&place).unwrap();
    fs::set_permissions(&place, Permissions::from_mode(0o000)).unwrap();
    let spawn = shell("pwd -P").directory(&place);
    // Root may enter it. Everybody else is told that it is the start that failed.
    if rustix::process::geteuid().is_root() {
        each_outcome(&spawn, |way, outcome| assert!(outcome.success(), "{way}"));
    } else {
        each_error(&spawn, |way, error| {
            assert!(
                chain(error).contains("Permission denied"),
                "{way}: {}",
                chain(error)
            );
        });
    }
    fs::set_permissions(&place, Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_nul_byte_in_an_argument() {
    each_error(&shell("true").arg("a\0secret"), |way, error| {
        assert!(
            matches!(error, SpawnError::NulInArgument { index: 3 }),
            "{way}: {error:?}"
        );
        assert!(!chain(error).contains("secret") && !format!("{error:?}").contains("secret"));
    });
    each_error(&shell("true").env("A", "\0"), |way, error| {
        assert!(
            matches!(error, SpawnError::NulInVariable { .. }),
            "{way}: {error:?}"
        );
    });
}

#[test]
fn bytes_that_are_no_text_arrive_as_they_are() {
    use std::os::unix::ffi::OsStringExt as _;
    let odd = OsString::from_vec((1..=255).collect());
    let spawn = shell("printf %s \"$0$1$VALUE\"")
        .arg(&odd)
        .arg("")
        .env("VALUE", &odd);
    each_outcome(&spawn, |way, outcome| {
        let expected: Vec<u8> = (1..=255).chain(1..=255).collect();
        assert_eq!(outcome.stdout.to_bytes(), expected, "{way}");
    });
}

/// The size of arguments that every Linux takes: a quarter of the usual limit of 8 MiB of stack, less what the environment needs.
const MANY_BYTES: usize = 3 << 19;

#[test]
fn many_arguments() {
    let word = "x".repeat(99);
    let words = |bytes: usize| vec![word.clone(); bytes / 100];
    let spawn = shell("echo $#").arg("sh");
    each_outcome(&spawn.clone().args(words(MANY_BYTES)), |way, outcome| {
        assert_eq!(
            outcome.stdout.to_text(),
            format!("{}\n", MANY_BYTES / 100),
            "{way}"
        );
    });
    // Two megabytes are at the edge of what the kernel takes: all of them arrive, or it says what is wrong.
    for (way, spawn) in ways(&spawn.clone().args(words(2 << 20))) {
        match spawn.run() {
            Ok(outcome) => assert_eq!(outcome.stdout.to_text(), format!("{}\n", (2 << 20) / 100)),
            Err(error) => assert_too_long(way, &error),
        }
    }
    // Beyond 6 MiB no limit of the stack helps (`execve(2)`, Linux 4.13).
    each_error(&spawn.args(words(7 << 20)), assert_too_long);
}

#[test]
fn one_long_argument() {
    // `MAX_ARG_STRLEN` is 32 pages: 128 KiB, or 2 MiB where pages have 64 KiB (`execve(2)`).
    each_error(&shell("true").arg("x".repeat(2 << 20)), assert_too_long);
    each_error(
        &shell("true").env("A", "x".repeat(2 << 20)),
        assert_too_long,
    );
    let most = "x".repeat((128 << 10) - 1);
    each_outcome(&shell("printf %s \"$0\"").arg(&most), |way, outcome| {
        assert_eq!(outcome.stdout.to_bytes().len(), most.len(), "{way}");
    });
}

fn assert_too_long(way: &str, error: &SpawnError) {
    assert!(
        matches!(error, SpawnError::Start { .. }),
        "{way}: {error:?}"
    );
    assert!(
        chain(error).contains("Argument list too long"),
        "{way}: {}",
        chain(error)
    );
    assert_eq!(error.hints().len(), 1, "{way}");
    assert!(!error.is_retryable());
}

#[test]
fn nothing_is_inherited_that_is_not_named() {
    let spawn = Spawn::new(["env"]).env("PATH", path()).env("TERM", "dumb");
    each_outcome(&spawn, |way, outcome| {
        let text = outcome.stdout.to_text();
        let mut names: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split('=').next())
            .collect();
        // The shim marks what it holds.
        names.retain(|name| *name != "FTC_RUN");
        names.sort_unstable();
        assert_eq!(names, ["PATH", "TERM"], "{way}");
    });
    // Descriptors that a host did not mark as closed at `exec` are the host's business without a shim. With one they end there: no
    // open file but the three, and the directory that `ls` itself has open.
    let list = Spawn::new(["ls", "/proc/self/fd"])
        .env("PATH", path())
        .shim(shim());
    assert_eq!(list.run().unwrap().stdout.to_text(), "0\n1\n2\n3\n");
}

#[test]
fn signals_are_as_a_program_expects_them() {
    // Rust ignores SIGPIPE in its programs; a child that inherited that would print into closed pipes for ever. What we were
    // ourselves told to ignore (`nohup`) is the caller's will, but for what a shim listens to itself: the numbers of SIGHUP,
    // SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGTERM and SIGCHLD in signal(7).
    let listened_to = [1, 2, 3, 10, 12, 14, 15, 17]
        .iter()
        .fold(0, |set, number| set | (1_u64 << (number - 1)));
    let ignored = |text: &str, name: &str| -> u64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        u64::from_str_radix(line.expect("the line is there").trim(), 16).expect("a set of signals")
    };
    let ours = fs::read_to_string("/proc/self/status").unwrap();
    // Those from 32 on are the C library's own.
    let usual = (1 << 31) - 1;
    let expected = ignored(&ours, "SigIgn:") & !(1 << 12) & usual;
    let spawn = Spawn::new(["cat", "/proc/self/status"]).inherit_from(&parent());
    let check = |way: &str, outcome: &Outcome| {
        let text = outcome.stdout.to_text();
        let kept = if way == "alone" {
            usual
        } else {
            usual & !listened_to
        };
        assert_eq!(ignored(&text, "SigIgn:") & kept, expected & kept, "{way}");
        assert_eq!(ignored(&text, "SigBlk:"), 0, "{way}");
    };
    each_outcome(&spawn, check);
    let confined = spawn.shim(shim()).confine(Confinement::new(Profile::Gate));
    check("confined", &confined.run().unwrap());
}
