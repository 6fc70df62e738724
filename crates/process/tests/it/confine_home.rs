//! The private home and temporary folder, and what of the real home can be read.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use ftc_process::SpawnError;
use ftc_process::confine::{Confinement, Profile};

use crate::confine_support::{confined, said};
use crate::support::{run, shell, shim, wait_until};

#[test]
fn home_and_temporary_folder_are_private() {
    let script = "echo $HOME; echo $TMPDIR; stat -c %a $HOME $TMPDIR; echo x >~/.rc && cat ~/.rc; \
                  mkdir -p $XDG_CACHE_HOME/a $XDG_CONFIG_HOME/a $XDG_DATA_HOME/a $XDG_STATE_HOME/a $XDG_RUNTIME_DIR/a && echo made; \
                  mkdir ~/closed && echo y >~/closed/f && chmod 500 ~/closed";
    let outcome = run(&shell(script)
        .shim(shim())
        .confine(Confinement::new(Profile::Health)));
    assert!(outcome.success(), "{}", said(&outcome));
    let text = outcome.stdout.to_text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[2..],
        ["700", "700", "x", "made"],
        "{}",
        said(&outcome)
    );
    for path in &lines[..2] {
        assert!(!fs::exists(path).unwrap(), "{path} is removed in the end");
    }
}

#[test]
fn scratch_stays() {
    let scratch = tempfile::tempdir().unwrap();
    for expected in ["1\n", "1\n2\n"] {
        let script = "echo $(($(wc -l <~/log 2>/dev/null || echo 0) + 1)) >>~/log; cat ~/log";
        let confinement = Confinement::new(Profile::Health).scratch(scratch.path());
        let outcome = run(&shell(script).shim(shim()).confine(confinement));
        assert_eq!(outcome.stdout.to_text(), expected, "{}", said(&outcome));
    }
    assert_eq!(
        fs::read_to_string(scratch.path().join("home/log")).unwrap(),
        "1\n2\n"
    );

    // One whose home was replaced by a link leads elsewhere.
    fs::remove_dir_all(scratch.path().join("home")).unwrap();
    std::os::unix::fs::symlink("/", scratch.path().join("home")).unwrap();
    let confinement = Confinement::new(Profile::Health).scratch(scratch.path());
    let error = shell("true")
        .shim(shim())
        .confine(confinement)
        .run()
        .unwrap_err();
    assert!(
        matches!(&error, SpawnError::Confinement { why } if why.contains("home")),
        "{error}"
    );
}

#[test]
fn toolchains_of_the_real_home_can_be_read_but_not_their_credentials() {
    let home = tempfile::tempdir().unwrap();
    let real = home.path().canonicalize().unwrap();
    for (path, text) in [
        (".cargo/credentials.toml", "secret"),
        (".cargo/config.toml", "config"),
        (".ssh/id_ed25519", "secret"),
        (".local/bin/tool", "#!/bin/sh\necho tool\n"),
        (".local/lib/part", "part"),
        (".local/share/keyrings/login", "secret"),
    ] {
        let path = real.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let tool = real.join(".local/bin/tool");
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
    let script = "tool; cat $CARGO_HOME/config.toml $REAL/.local/lib/part; \
                  cat $CARGO_HOME/credentials.toml $REAL/.ssh/id_ed25519 $REAL/.local/share/keyrings/login; ls $REAL/.ssh; exit 0";
    let path = format!(
        "{}:/usr/local/bin:/usr/bin:/bin",
        tool.parent().unwrap().display()
    );
    let outcome = run(&shell(script)
        .env("HOME", &real)
        .env("REAL", &real)
        .env("PATH", path)
        .shim(shim())
        .confine(Confinement::new(Profile::Gate)));
    let level = confined(&outcome);
    if level.private_view || level.landlock_abi > 0 {
        assert_eq!(
            outcome.stdout.to_text(),
            "tool\nconfigpart",
            "{}",
            said(&outcome)
        );
    }
}

/// Where a copy of this program works; without it the copied test does nothing.
const FOLDER: &str = "FTC_TEST_CONFINED";

#[test]
fn copy_that_confines_a_child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let confinement = Confinement::new(Profile::Gate).writable(&folder);
    let spawn = shell("mv wait up; sleep 600")
        .directory(&folder)
        .env("TMPDIR", &folder)
        .shim(shim())
        .confine(confinement);
    panic!("the child has ended: {}", said(&run(&spawn)));
}

#[test]
fn the_shim_removes_the_private_directories_of_a_killed_parent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("wait"), "").unwrap();
    let mut copy = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "confine_home::copy_that_confines_a_child"])
        .env(FOLDER, path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let has_private = || {
        let mut entries = fs::read_dir(path).unwrap();
        entries.any(|entry| {
            let name = entry.unwrap().file_name();
            name.as_encoded_bytes().starts_with(b"ftc-")
        })
    };
    wait_until("the child runs", || path.join("up").exists());
    assert!(has_private());
    copy.kill().unwrap();
    copy.wait().unwrap();
    wait_until("the private directories are gone", || !has_private());
}
