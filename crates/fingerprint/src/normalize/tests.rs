//! The normaliser's rules, value by value.

use proptest::prelude::*;

use super::Masks;

fn template(message: &str) -> String {
    super::template(message, &Masks::default())
}

#[track_caller]
fn becomes(message: &str, expected: &str) {
    assert_eq!(template(message), expected, "of {message:?}");
}

#[test]
fn times_become_typed() {
    becomes("at 2026-11-20T18:10:41.123Z done", "at <time> done");
    becomes("[2024/01/05 07:20:11.104 +00:00] gone", "[<time>] gone");
    becomes("since Mon, 02 Jan 2006 15:04:05 GMT", "since <time>");
    becomes("at 07:20:11.104 on 2024-01-05", "at <time> on <date>");
}

#[test]
fn repeated_values_keep_their_relation() {
    let (a, b) = (
        "0c2f5fb4-9136-45c0-af75-03633152ccf4",
        "1bb24ee7-caff-472a-816f-92fec3ef0939",
    );
    becomes(&format!("{a} {b} {a}"), "<uuid1> <uuid2> <uuid1>");
    becomes(&format!("{a} {b} {b}"), "<uuid1> <uuid2> <uuid2>");
}

#[test]
fn hosts_and_ports_become_typed() {
    becomes("dial 127.0.0.1:4000: refused", "dial <host1>: refused");
    becomes("dial [::1]:4000: refused", "dial <host1>: refused");
    becomes(
        "GET http://localhost:8080/v1/leases?after=17",
        "GET http://<host1>/v1/leases?<query>",
    );
    becomes(
        "watcher on port 4710 is quiet",
        "watcher on port <port1> is quiet",
    );
    becomes(
        "no route to db.example.com:5432",
        "no route to db.example.com:<port1>",
    );
}

#[test]
fn paths_lose_what_depends_on_the_machine() {
    becomes("open /tmp/TestLease123/001: gone", "open <tmp1>: gone");
    becomes("open /tmp/run-07acy59y/db.sock", "open <tmp1>/db.sock");
    becomes(
        "in /home/runner/work/pd/pd/server/api.go:841",
        "in <path>/api.go",
    );
    becomes(
        "in /home/prow/go/src/github.com/tikv/pd/server/api.go:77",
        "in <path>/api.go",
    );
    becomes("at src/lib.rs:31:63 it broke", "at src/lib.rs it broke");
}

#[test]
fn durations_and_ids_become_typed() {
    becomes(
        "took 1m30s, then 15µs, then 1.5 seconds",
        "took <duration>, then <duration>, then <duration>",
    );
    becomes(
        "goroutine 123 and pid=42 and worker 7",
        "goroutine <id1> and pid=<id2> and worker <id3>",
    );
    becomes("object at 0x7f0f50388850", "object at <hex1>");
    becomes("commit 325ed66a is bad", "commit <num1> is bad");
    becomes("id 1704438011104 of 47100", "id <num1> of <num2>");
}

#[test]
fn words_that_look_like_hex_stay() {
    becomes(
        "the effaced and defaced facade",
        "the effaced and defaced facade",
    );
    becomes("decade feedback", "decade feedback");
}

#[test]
fn numbers_with_meaning_stay() {
    for message in [
        "store answered with status 503",
        "errno 104",
        "exit code 137",
        "error[E0308]: mismatched types",
        "TS2322: Type 'string' is not assignable",
        "index out of range [5] with length 2",
        "left: 41 right: 42",
        "parse(\"1s\") = \"1s\", want \"2s\"",
        "sqlstate 40001",
        "assert 1 == 2",
    ] {
        becomes(message, message);
    }
}

/// Pieces out of which volatile messages are made.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        any::<u32>().prop_map(|n| format!("{n}")),
        any::<u64>().prop_map(|n| format!("0x{n:x}")),
        any::<u64>().prop_map(|n| format!("{n:016x}")),
        any::<[u8; 4]>().prop_map(|[a, b, c, d]| format!("{a}.{b}.{c}.{d}:{}", u16::from(a) * 99)),
        any::<u16>().prop_map(|n| format!("{n}ms")),
        any::<u16>().prop_map(|n| format!("{n} ms")),
        any::<u16>().prop_map(|n| format!("https://x.dev:{n}/a?b={n}")),
        any::<u16>().prop_map(|n| format!("{n}.{n}%")),
        any::<u32>().prop_map(|n| format!("Lease@{n:x}")),
        any::<u16>().prop_map(|n| format!("pid {n} thread-{n} ={n}= ==")),
        Just("web-7d4b9c6f5d-x2k4j".to_owned()),
        Just("<uuid1><time><path>/x".to_owned()),
        Just("E20261120 18:10:41.123456 4711 ".to_owned()),
        any::<u16>().prop_map(|n| format!("/tmp/x{n}/y")),
        any::<u16>().prop_map(|n| format!("/home/a{n}/src/lib.rs:{n}:3")),
        Just("2026-11-20T18:10:41.123Z".to_owned()),
        Just("0c2f5fb4-9136-45c0-af75-03633152ccf4".to_owned()),
        "[<>\"'=:/.,()\\[\\]{}]{1,3}",
        "\\PC{0,6}",
    ]
}

#[test]
fn masks_of_a_project_come_first_and_its_words_keep_numbers() {
    let masks = Masks::new(
        &[r"tenant ([a-z]+(?:-[a-z]+)*)", r"\[batch (\d+)\]"],
        &["Shard", "attempt"],
    )
    .expect("these can be used");
    let of = |message: &str| super::template(message, &masks);
    assert_eq!(
        of("tenant blue-whale, tenant red-fox, tenant blue-whale"),
        "tenant <mask1>, tenant <mask2>, tenant <mask1>"
    );
    assert_eq!(
        of("[batch 7] shard 104233, attempt 3, region 104233"),
        "[batch <mask1>] shard 104233, attempt 3, region <num1>"
    );
    // What is a placeholder already is no value of a mask.
    let greedy = Masks::new(&["lease (.*)"], &[]).expect("this can be used");
    let once = super::template("lease 0c2f5fb4 is lost", &greedy);
    assert_eq!(once, "lease <mask1>");
    assert_eq!(super::template(&once, &greedy), once);
}

#[test]
fn masks_that_cannot_be_used_say_which_and_why() {
    let error = |patterns: &[&str], words: &[&str]| {
        let error = Masks::new(patterns, words).expect_err("this cannot be used");
        (error.place(), error.to_string())
    };
    let of = |place, text: &str| (place, text.to_owned());
    assert_eq!(
        error(&["(a)", "[a-"], &[]),
        of(
            1,
            "the mask `[a-` is not a regular expression that can be used"
        )
    );
    assert_eq!(
        error(&["ab"], &[]),
        of(
            0,
            "the mask `ab` has 0 capture groups, and needs exactly one around the value"
        )
    );
    assert_eq!(
        error(&["(a)(b)"], &[]),
        of(
            0,
            "the mask `(a)(b)` has 2 capture groups, and needs exactly one around the value"
        )
    );
    assert_eq!(
        error(&[r"((?:\pL{100}){100})"], &[]).0,
        0,
        "too large when compiled"
    );
    assert_eq!(
        error(&[], &["a b"]),
        of(0, "`a b` is not one word of letters and digits")
    );
    assert_eq!(
        error(&["(a)"; 65], &[]),
        of(64, "there are more than 64 masks")
    );
    let long = "a".repeat(1001);
    assert_eq!(
        error(&[], &[&long]),
        of(0, "a word has 1001 bytes, more than 1000")
    );
}

#[test]
fn masks_have_a_version_of_their_own() {
    let version = |patterns: &[&str], words: &[&str]| {
        let masks = Masks::new(patterns, words).expect("these can be used");
        masks.version().to_owned()
    };
    assert_eq!(version(&[], &[]), crate::FINGERPRINT_VERSION);
    let one = version(&["(a)"], &[]);
    assert!(
        one.starts_with(&format!("{}+", crate::FINGERPRINT_VERSION)),
        "{one}"
    );
    assert_eq!(one.len(), crate::FINGERPRINT_VERSION.len() + 9);
    assert_eq!(version(&["(a)"], &[]), one);
    assert_ne!(version(&["(b)"], &[]), one);
    assert_ne!(version(&["(a)"], &["a"]), one);
    assert_ne!(version(&["(a)", "(b)"], &[]), version(&["(a)"], &["b"]));
}

#[test]
fn every_replacement_is_explained() {
    let (template, steps) = super::explain_template(
        "lease 0c2f5fb4-9136-45c0-af75-03633152ccf4 in /home/a/b.rs lost after 31ms",
        &Masks::default(),
    );
    assert_eq!(
        template,
        "lease <uuid1> in <path>/b.rs lost after <duration>"
    );
    let steps: Vec<_> = steps
        .iter()
        .map(|step| {
            (
                step.rule.as_str(),
                step.value.as_str(),
                step.replacement.as_str(),
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            ("path", "/home/a/b.rs", "<path>/b.rs"),
            ("uuid", "0c2f5fb4-9136-45c0-af75-03633152ccf4", "<uuid1>"),
            ("duration", "31ms", "<duration>"),
        ]
    );
}

proptest! {
    #[test]
    fn words_are_never_touched(words in prop::collection::vec("[a-zA-Z]{1,12}", 0..12)) {
        let text = words.join(" ");
        prop_assert_eq!(template(&text), text);
    }

    #[test]
    fn normalising_twice_is_normalising_once(pieces in prop::collection::vec(piece(), 0..12), glue in "[ =:/,]?") {
        let once = template(&pieces.join(&glue));
        prop_assert_eq!(template(&once), once);
    }

    #[test]
    fn volatile_values_make_no_difference(a in any::<[u16; 4]>(), b in any::<[u16; 4]>()) {
        let message = |[port, ms, id, pid]: [u16; 4]| format!(
            "lease {id:08x}-9136-45c0-af75-03633152ccf4 at 127.0.0.1:{port} not renewed within {ms}ms (dir /tmp/run{id}/x, pid {pid})",
        );
        prop_assert_eq!(template(&message(a)), template(&message(b)));
    }
}
