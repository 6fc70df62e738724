//! What the predecessor got wrong: the first six weaknesses and the fifteenth, each seen through the program.

use serde_json::Value;

use crate::support::{FAILING, Place, tests};

/// Wraps a log as GitHub Actions does.
fn wrapped(log: &str) -> String {
    let lines = log.lines().enumerate();
    let stamped = lines.map(|(index, line)| format!("2026-11-02T10:11:12.{index:07}Z {line}"));
    stamped.collect::<Vec<_>>().join("\n")
}

fn scan(log: &str) -> Value {
    let place = Place::new();
    place.write("a.log", log);
    place.jsonl(&["a.log"]).remove(0)
}

fn kinds(object: &Value) -> Vec<&str> {
    object["failures"]
        .as_array()
        .expect("they are there")
        .iter()
        .map(|failure| failure["kind"].as_str().expect("it has one"))
        .collect()
}

const TIMEOUT: &str = "\
=== RUN   TestOther
--- PASS: TestOther (0.00s)
=== RUN   TestSlow
panic: test timed out after 1s
running tests:
\tTestSlow (1s)

goroutine 7 [running]:
testing.(*M).startAlarm.func1()
\t/usr/lib/go/src/testing/testing.go:2036 +0x8e
created by time.goFunc
\t/usr/lib/go/src/time/sleep.go:176 +0x32
FAIL\texample.com/lease\t1.012s
FAIL
";

const RACE: &str = "\
=== RUN   TestRace
==================
WARNING: DATA RACE
Write at 0x00c0000182e8 by goroutine 8:
  example.com/lease.TestRace.func1()
      /home/dev/lease/lease_test.go:12 +0x44

Previous write at 0x00c0000182e8 by goroutine 7:
  example.com/lease.TestRace()
      /home/dev/lease/lease_test.go:14 +0x1a4
  testing.tRunner()
      /usr/lib/go/src/testing/testing.go:1446 +0x216

Goroutine 8 (running) created at:
  example.com/lease.TestRace()
      /home/dev/lease/lease_test.go:11 +0x18e
==================
    testing.go:1319: race detected during execution of test
--- FAIL: TestRace (0.00s)
FAIL
FAIL\texample.com/lease\t0.021s
FAIL
";

#[test]
fn weakness_1_stamped_lines_are_read_like_plain_ones() {
    for log in [FAILING, TIMEOUT, RACE] {
        let (plain, stamped) = (scan(log), scan(&wrapped(log)));
        assert_eq!(tests(&plain), tests(&stamped));
        assert_eq!(tests(&plain).len(), 1);
        assert_eq!(
            plain["failures"][0]["fingerprint"],
            stamped["failures"][0]["fingerprint"]
        );
    }
}

#[test]
fn weakness_2_a_timeout_names_the_test_that_was_running() {
    for log in [TIMEOUT.to_owned(), wrapped(TIMEOUT)] {
        let object = scan(&log);
        assert_eq!(tests(&object), ["TestSlow"]);
        assert_eq!(kinds(&object), ["timeout"]);
    }
}

#[test]
fn weakness_3_a_race_is_one_failure_and_a_parent_keeps_its_own() {
    let object = scan(RACE);
    assert_eq!(tests(&object), ["TestRace"]);
    assert_eq!(kinds(&object), ["race"]);
    let parent = scan(
        "--- FAIL: TestParent (0.00s)\n    a_test.go:20: the parent's own\n    --- PASS: TestParent/child (0.00s)\nFAIL\n\
         FAIL\texample.com/a\t0.01s\nFAIL\n",
    );
    assert_eq!(tests(&parent), ["TestParent"]);
    assert_eq!(parent["failures"][0]["message"], "the parent's own");
}

#[test]
fn weakness_4_what_changes_from_run_to_run_does_not_change_the_fingerprint() {
    let first = FAILING.replace(
        "lease expired after 31ms",
        "goroutine 123 lost lease 8f14e45f-ceea-467f-a8f2-1d3a1f0e4b55 in /tmp/TestX123/001 after 1m30s (15µs late)",
    );
    let second = FAILING.replace(
        "lease expired after 31ms",
        "goroutine 9 lost lease 0d2b1c7e-90ab-4d3e-8c11-7f5e6a4b3c2d in /tmp/TestX987/002 after 2m05s (7µs late)",
    );
    assert_eq!(
        scan(&first)["failures"][0]["fingerprint"],
        scan(&second)["failures"][0]["fingerprint"]
    );
    let words =
        |word| scan(&FAILING.replace("expired", word))["failures"][0]["fingerprint"].clone();
    assert_ne!(
        words("effaced"),
        words("defaced"),
        "words made of hexadecimal letters are words"
    );
}

#[test]
fn weakness_5_the_platform_is_no_part_of_the_fingerprint() {
    let place = Place::new();
    place.write("a.log", FAILING);
    let on = |platform| {
        place.jsonl(&["--store", "sqlite:s.db", "--platform", platform, "a.log"])[0]["failures"][0]
            ["fingerprint"]
            .clone()
    };
    assert_eq!(on("ubuntu-latest"), on("self-hosted"));
}

#[test]
fn weakness_6_words_in_a_log_do_not_decide_its_class() {
    for words in [
        "recompiled config after 3 changes",
        "dial tcp 127.0.0.1:1: this is what the test expects",
        "cannot find leader yet",
        "context deadline exceeded",
    ] {
        let object = scan(&FAILING.replace("lease expired", words));
        assert_eq!(object["class"], "unknown", "{words}: {object}");
    }
}

#[test]
fn weakness_15_secrets_are_scrubbed_wherever_they_stand() {
    // Put together here, so that no scanner of this repository takes them for real ones.
    let secrets = [
        ("Authorization: Bearer ", "abcdefghijklmnopqrstuvwxyz012345"),
        (
            "github_pat_",
            "11ABCDEFG0abcdefghijkl_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456",
        ),
        ("gho_", "abcdefghijklmnopqrstuvwxyz0123456789"),
        ("password=", "correct-horse-battery"),
        ("https://ci:", "hunter2hunter2@example.com/"),
    ];
    let place = Place::new();
    for (index, (before, secret)) in secrets.iter().enumerate() {
        let log = FAILING.replace("lease expired", &format!("{before}{secret} refused"));
        place.write(format!("logs/{index}.log"), wrapped(&log));
    }
    let run = place.run(&["-v", "--format", "json", "--store", "sqlite:s.db", "logs"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let stored: Vec<u8> = ["s.db", "s.db-wal"]
        .iter()
        .filter_map(|name| std::fs::read(place.path(name)).ok())
        .flatten()
        .collect();
    for (_, secret) in secrets {
        let secret = secret.split('@').next().expect("there is a first part");
        assert!(!run.stdout.contains(secret), "`{secret}` is printed");
        assert!(
            !stored
                .windows(secret.len())
                .any(|window| window == secret.as_bytes()),
            "`{secret}` is stored"
        );
    }
}
