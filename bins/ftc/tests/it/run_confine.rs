//! `ftc run --confine`. What the kernel of this machine can do is asked of the document, and the command is held to that.

use std::fs;

use serde_json::Value;

use crate::installation::Installation;
use crate::run_support::{shell, shell_json};

fn files_are_confined(document: &Value) -> bool {
    let confined = &document["confined"];
    let abi = confined["landlock_abi"].as_u64().expect("it is told");
    let missing = confined["missing"].as_array().expect("it is told");
    assert!(abi > 0 || !missing.is_empty(), "{confined}");
    abi > 0
}

#[test]
fn a_gate_writes_where_it_works_and_nowhere_else() {
    let installation = Installation::new();
    let outside = installation.root().join("outside");
    fs::create_dir(&outside).unwrap();
    let script = format!(
        "echo in > made; echo home > \"$HOME/made\"; echo tmp > \"${{TMPDIR:-/tmp}}/made\"; echo out > '{}/made'",
        outside.display()
    );
    let (document, code) = shell_json(&installation, &["--confine", "gate"], &script);
    let made = fs::read_to_string(installation.repository().join("made"));
    assert_eq!(made.unwrap(), "in\n");
    assert!(
        !installation.root().join("home/made").exists(),
        "HOME is a private one"
    );
    if files_are_confined(&document) {
        assert_eq!(
            (code, outside.join("made").exists()),
            (Some(1), false),
            "{document}"
        );
        let stderr = document["stderr"]["text"].as_str().unwrap();
        assert_eq!(
            stderr.lines().count(),
            1,
            "the others were written: {stderr}"
        );
    }
    let flags = ["--confine", "gate", "--write", "../outside"];
    let (_, code) = shell_json(&installation, &flags, &script);
    assert_eq!(code, Some(0));
    assert_eq!(fs::read_to_string(outside.join("made")).unwrap(), "out\n");
}

#[test]
fn what_is_not_named_cannot_be_read() {
    let installation = Installation::new();
    let key = installation.root().join("home/.ssh");
    fs::create_dir(&key).unwrap();
    fs::write(key.join("id"), "the key\n").unwrap();
    let script = format!("cat '{}/id'", key.display());
    let (document, _) = shell_json(&installation, &["--confine", "agent"], &script);
    if files_are_confined(&document) {
        assert_eq!(document["stdout"]["text"], "", "{document}");
    }
    let flags = ["--confine", "agent", "--read", "../home/.ssh"];
    let (document, _) = shell_json(&installation, &flags, &script);
    assert_eq!(document["stdout"]["text"], "the key\n", "{document}");
}

#[test]
fn a_health_check_writes_nothing_here() {
    let installation = Installation::new();
    let flags = ["--confine", "health"];
    let (document, _) = shell_json(&installation, &flags, "cat .git/HEAD; echo x > made");
    if files_are_confined(&document) {
        assert!(!installation.repository().join("made").exists());
    }
}

#[test]
fn the_network_is_off_where_that_was_asked_for() {
    let installation = Installation::new();
    for flags in [&["--confine", "gate"][..], &["--network", "off"]] {
        let (document, _) = shell_json(&installation, flags, "cat /proc/net/dev");
        let confined = &document["confined"];
        let level = confined["network"].as_str().unwrap();
        match level {
            "open" => assert_ne!(confined["missing"], serde_json::json!([]), "{document}"),
            "namespace" => {
                let devices = document["stdout"]["text"].as_str().unwrap();
                let named = devices.lines().filter(|line| line.contains(':'));
                assert!(named.count() <= 1, "{devices}");
            }
            "filter" | "tcp" => {}
            other => panic!("{other}"),
        }
    }
    let (document, _) = shell_json(
        &installation,
        &["--confine", "gate", "--network", "on"],
        "true",
    );
    assert_eq!(document["confined"]["network"], "open");
}

#[test]
fn a_full_confinement_is_had_or_it_does_not_start() {
    let installation = Installation::new();
    let flags = ["-v", "--confine", "gate", "--require", "full"];
    let outcome = shell(&installation, &flags, "echo started");
    if outcome.code == Some(0) {
        assert!(
            outcome.err.contains("  confined  gate: files by Landlock"),
            "{}",
            outcome.err
        );
        assert!(!outcome.err.contains("  missing "), "{}", outcome.err);
    } else {
        assert_eq!((outcome.code, outcome.out.as_str()), (Some(2), ""));
        assert!(
            outcome.err.contains("cannot be confined"),
            "{}",
            outcome.err
        );
    }
}

#[test]
fn what_makes_no_sense_together_is_refused() {
    let installation = Installation::new();
    for flags in [
        &["--write", "x"][..],
        &["--read", "x"],
        &["--require", "full"],
        &["--limit", "memory=lots"],
        &["--set", "NAME"],
        &["--timeout", "10"],
        &["--json", "--format", "json"],
        &["--log-limit", "1"],
    ] {
        let outcome = shell(&installation, flags, "echo started");
        assert_eq!(
            (outcome.code, outcome.out.as_str()),
            (Some(2), ""),
            "{flags:?}"
        );
    }
}

#[test]
fn a_home_is_not_confined_to_itself_by_accident() {
    let installation = Installation::new();
    let home = installation.root().join("home");
    let run = |flags: &[&str], directory: &std::path::Path| {
        let args = [&["run"], flags, &["--", "/bin/sh", "-c", "true"]].concat();
        let mut command = installation.command(&args);
        command
            .current_dir(directory)
            .output()
            .unwrap()
            .status
            .code()
    };
    for profile in ["agent", "gate"] {
        for directory in [&home, installation.root()] {
            assert_eq!(
                run(&["--confine", profile], directory),
                Some(2),
                "{profile}"
            );
        }
        assert_eq!(
            run(&["--confine", profile, "--write", "."], &home),
            Some(0),
            "{profile}"
        );
    }
    assert_eq!(run(&["--confine", "health"], &home), Some(0));
    assert_eq!(
        run(&["--confine", "gate"], &installation.repository()),
        Some(0)
    );
}
