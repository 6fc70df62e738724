//! `ftc run --format json`.

use serde_json::{Value, json};

use crate::installation::Installation;
use crate::run_support::{SYSTEM, shell, shell_json};

#[test]
fn the_document_has_all_that_is_known() {
    let installation = Installation::new();
    let script = "echo out; echo err >&2; exit 3";
    let (document, code) = shell_json(&installation, &[], script);
    assert_eq!(code, Some(1));
    assert_eq!(document["schema"], "ftc.run/1");
    assert_eq!(document["command"], json!(["sh", "-c", script]));
    assert_eq!(document["result"], "failed");
    assert_eq!(document["exit_code"], 3);
    assert_eq!(document["signal"], Value::Null);
    assert_eq!(document["survivors_killed"], 0);
    assert_eq!(document["confined"], Value::Null);
    assert_eq!(document["log"], Value::Null);
    // echo out | sha256sum
    assert_eq!(
        document["stdout"],
        json!({
            "bytes": 4,
            "omitted_bytes": 0,
            "sha256": "54034ac5c6e9ea95734ec2b729fd6d62abf64af34a9f9ce5d466cb788191a73d",
            "text": "out\n"
        })
    );
    assert_eq!(document["stderr"]["text"], "err\n");
    assert!(document["duration_ms"].is_u64() && document["usage"]["user_ms"].is_u64());
    let containment = document["containment"].as_str().unwrap();
    assert!(["subreaper", "cgroup"].contains(&containment) || !cfg!(target_os = "linux"));
}

#[test]
fn the_result_is_a_word() {
    let installation = Installation::new();
    let result = |flags: &[&str], script: &str| {
        let (document, code) = shell_json(&installation, flags, script);
        (document["result"].as_str().unwrap().to_owned(), code)
    };
    assert_eq!(result(&[], "exit 0"), ("passed".to_owned(), Some(0)));
    assert_eq!(result(&[], "kill -9 $$"), ("failed".to_owned(), Some(1)));
    let limits = |flag| result(&[flag, "300ms"], "sleep 600");
    assert_eq!(limits("--timeout"), ("time-limit".to_owned(), Some(1)));
    assert_eq!(limits("--idle"), ("idle-limit".to_owned(), Some(1)));
    let breached = result(&["--exit-code"], "kill -9 $PPID; sleep 600");
    assert_eq!(breached, ("breached".to_owned(), Some(1)));
}

#[test]
fn a_signal_has_a_number_and_no_exit_code() {
    let (document, _) = shell_json(&Installation::new(), &[], "kill -9 $$");
    assert_eq!(
        (&document["exit_code"], &document["signal"]),
        (&Value::Null, &9.into())
    );
}

#[test]
fn output_is_clean_and_bounded_but_counted_whole() {
    let installation = Installation::new();
    let secret = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
    let script = format!(r"printf '\033[31mred\033[0m {secret} \377\n'; echo $0");
    let args = ["run", "--json", "--", "sh", "-c", &script, secret];
    let outcome = installation.run_with(&args, &[SYSTEM], "");
    assert!(!outcome.out.contains(secret), "{}", outcome.out);
    let document: Value = serde_json::from_str(&outcome.out).unwrap();
    let text = document["stdout"]["text"].as_str().unwrap();
    assert!(
        text.starts_with("red ") && !text.contains('\u{1b}'),
        "{text:?}"
    );

    let script = "echo first; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last";
    let (document, _) = shell_json(&installation, &[], script);
    let stdout = &document["stdout"];
    assert_eq!(stdout["bytes"], 3_000_012);
    let omitted = stdout["omitted_bytes"].as_u64().unwrap();
    let text = stdout["text"].as_str().unwrap();
    assert!(omitted > 2_000_000 && text.len() < 1_000_000);
    assert!(text.starts_with("first\n") && text.ends_with("last\n"));
    assert!(text.contains(" bytes omitted]"));
}

#[test]
fn nothing_but_the_document_is_printed_unless_it_is_wanted() {
    let installation = Installation::new();
    let script = "echo out; echo err >&2";
    let outcome = shell(&installation, &["--json"], script);
    assert_eq!(outcome.err, "");
    let outcome = shell(&installation, &["--json", "-v"], script);
    assert!(outcome.err.contains("out\n") && outcome.err.contains("err\n"));
    let document: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(document["stdout"]["text"], "out\n");
}

#[test]
fn the_log_is_in_the_document() {
    let flags = ["--log", "run.log", "--log-limit", "3"];
    let (document, _) = shell_json(&Installation::new(), &flags, "echo out");
    assert_eq!(
        document["log"],
        json!({"path": "ROOT/repository/run.log", "written_bytes": 3, "dropped_bytes": 1, "error": null})
    );
}
