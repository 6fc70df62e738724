//! Names and logs made to hurt whoever reads the answer.

use crate::support::{FAILING, Place};

#[test]
fn no_control_character_reaches_the_terminal() {
    let place = Place::new();
    let log = FAILING
        .replace("TestLease", "TestLease\u{1b}[2J\u{9b}31m\u{202e}")
        .replace(
            "lease expired",
            "\u{1b}]0;title\u{7}lease\u{0}expired\u{202e}",
        );
    place.write("logs/\u{1b}[2J\u{9b}\u{202e}.log", log);
    place.write("logs/bad\u{1b}[2J.gz", b"\x1f\x8b\x08");
    for format in ["human", "json", "jsonl", "junit", "markdown"] {
        let run = place.run(&["-v", "--format", format, "logs", "miss\u{1b}[2Jing"]);
        assert_eq!(run.code, 2);
        for text in [&run.stdout, &run.stderr] {
            let acting = text
                .chars()
                .find(|c| (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}'));
            assert_eq!(acting, None, "{format}: {text:?}");
        }
    }
}

#[test]
fn secrets_in_a_log_do_not_come_out() {
    let place = Place::new();
    // Put together here, so that no scanner of this repository takes it for a real one.
    let token = format!("ghp_{}", "a1B2c3D4e5F6".repeat(3));
    place.write(
        "fail.log",
        FAILING.replace("lease expired", &format!("token {token} refused")),
    );
    for format in ["human", "json", "jsonl", "junit", "markdown"] {
        let run = place.run(&["-v", "--format", format, "fail.log"]);
        assert_eq!(run.code, 1);
        assert!(!run.stdout.contains(&token), "{format}: {}", run.stdout);
    }
}
