use std::fs;

use ftc_agent::AgentOutcome;

use crate::support::{Place, mode};

#[test]
fn both_outputs_are_kept_in_their_order_for_nobody_else() {
    let place = Place::new();
    // Each word is written when the one before has been read.
    let script = "until_read() { until grep -q \"$1\" \"$raw\"; do sleep 0.01; done; }
        raw=$3/transcript.raw
        echo one; until_read one; echo two >&2; until_read two; echo three";
    let run = place.run_script(script, "");
    assert_eq!(run.transcript, place.out.join("transcript.log"));
    assert_eq!(place.transcript(), "one\ntwo\nthree\n");
    assert_eq!(mode(&run.transcript), 0o600);
    assert_eq!(mode(&place.out), 0o700);
    assert!(!place.out.join("transcript.raw").exists());
}

#[test]
fn secrets_and_control_characters_are_in_neither_transcript_nor_reason() {
    let place = Place::new();
    // A token with a known form, and one that only we know to be one, cut by the buffers of its own program.
    let script = r#"printf '\033[31mtoken: ghp_%s\033[0m\n' 0123456789abcdefghijABCDEFGHIJ012345
        printf 'key is %s' "$(printf %s "$VENDOR_KEY" | cut -c1-6)"
        printf '%s in full\n' "$(printf %s "$VENDOR_KEY" | cut -c7-)"
        printf '\377bad\a\n'
        exit 3"#;
    let rest = "[env]\npass = ['VENDOR_KEY']\n";
    let run = place.run_script_in(script, rest, &[("VENDOR_KEY", "plain words as key")]);
    assert_eq!(run.outcome, AgentOutcome::Failed);
    let words = "token: [redacted github]\nkey is [redacted credential] in full\n\u{fffd}bad\n";
    assert_eq!(place.transcript(), words);
    assert_eq!(
        run.reason,
        format!(
            "agent `agent` ended with exit code 3; its last words:\n{}",
            words.trim_end()
        )
    );
}

#[test]
fn the_value_of_a_harmless_variable_stays() {
    let place = Place::new();
    let rest = "[env]\npass = ['TOOL_FOLDER']\nset = { TOOL_LEVEL = 'a long level name' }\n";
    place.run_script_in(
        "echo $TOOL_FOLDER $TOOL_LEVEL",
        rest,
        &[("TOOL_FOLDER", "/opt/some/tool")],
    );
    assert_eq!(place.transcript(), "/opt/some/tool a long level name\n");
}

#[test]
fn the_reason_quotes_the_end_of_what_was_said_last() {
    let place = Place::new();
    let run = place.run_script("seq 1 500; exit 1", "");
    let quoted: Vec<String> = (481..=500).map(|n| n.to_string()).collect();
    assert_eq!(
        run.reason,
        format!(
            "agent `agent` ended with exit code 1; its last words:\n{}",
            quoted.join("\n")
        )
    );

    let run = place.run_script("seq 1 500; echo 'no quota left' >&2; exit 1", "");
    assert_eq!(
        run.reason,
        "agent `agent` ended with exit code 1; its last words:\nno quota left"
    );
}

#[test]
fn a_long_last_line_is_quoted_in_part() {
    let place = Place::new();
    let run = place.run_script(
        "head -c 100000 /dev/zero | tr '\\0' 'é' | tr -d '\\n'; exit 1",
        "",
    );
    assert!(run.reason.len() < 5_000, "{}", run.reason.len());
}

#[test]
fn a_flood_is_kept_up_to_the_limit() {
    let place = Place::new();
    let line = "x".repeat(99);
    let script = format!("yes {line} | head -c 20000000; echo new >code");
    let run = place.run_script(&script, "");
    assert_eq!(run.outcome, AgentOutcome::Changed, "{}", run.reason);
    assert_eq!(fs::metadata(&run.transcript).unwrap().len(), 16 << 20);
    // 20,000,000 less 16 MiB, which is 16,777,216.
    assert_eq!(run.notes, ["the transcript lacks the last 3222784 bytes"]);
}

#[test]
fn a_transcript_that_grows_by_redaction_is_cut_too() {
    let place = Place::new();
    let run = place.run_script("yes password=1234567 | head -c 10000000", "");
    assert_eq!(run.outcome, AgentOutcome::NoChange);
    let length = fs::metadata(&run.transcript).unwrap().len();
    assert!(length <= 16 << 20 && length > (16 << 20) - 4, "{length}");
    assert_eq!(run.notes, ["the transcript is cut at its limit"]);
}

#[test]
fn the_folder_can_be_used_again() {
    let place = Place::new();
    place.run_script("echo first; echo x >\"$HOME/x\"", "");
    // What a run leaves that was killed together with its driver.
    fs::create_dir(place.out.join("home")).unwrap();
    fs::write(place.out.join("home/.login"), "old").unwrap();
    fs::write(place.out.join("transcript.raw"), "old").unwrap();
    place.run_script("echo second; ls -A \"$HOME\"", "");
    assert_eq!(place.transcript(), "second\n");
    assert!(!place.out.join("home").exists());
    assert!(!place.out.join("transcript.raw").exists());
}

#[test]
fn links_in_the_folder_are_not_followed() {
    let place = Place::new();
    let victim = place.path("victim");
    fs::create_dir(&victim).unwrap();
    fs::write(victim.join("file"), "precious").unwrap();
    fs::create_dir_all(&place.out).unwrap();
    for (name, target) in [
        ("home", victim.clone()),
        ("prompt.md", victim.join("file")),
        ("transcript.log", victim.join("file")),
        ("transcript.raw", victim.join("file")),
    ] {
        std::os::unix::fs::symlink(target, place.out.join(name)).unwrap();
    }
    let profile = place.profile("agent", "echo hi", "");
    let driver = ftc_agent::CommandDriver::new(profile, place.environment(&[]));
    let run = place.run(&driver, "do it");
    assert_eq!(fs::read_to_string(victim.join("file")).unwrap(), "precious");
    assert!(run.is_ok(), "{run:?}");
    assert_eq!(place.transcript(), "hi\n");
}
