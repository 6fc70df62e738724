//! The normaliser's rules, value by value.

use proptest::prelude::*;

use super::template;

#[track_caller]
fn becomes(message: &str, expected: &str) {
    assert_eq!(template(message), expected, "of {message:?}");
}

#[test]
fn times_become_typed() {
    becomes("at 2026-11-20T18:10:41.123Z done", "at <time1> done");
    becomes("[2024/01/05 07:20:11.104 +00:00] gone", "[<time1>] gone");
    becomes("since Mon, 02 Jan 2006 15:04:05 GMT", "since <time1>");
    becomes("at 07:20:11.104 on 2024-01-05", "at <time1> on <date1>");
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
        "took <duration1>, then <duration2>, then <duration3>",
    );
    becomes(
        "goroutine 123 and pid=42 and worker 7",
        "goroutine <id1> and pid=<id2> and worker <id3>",
    );
    becomes("object at 0x7f0f50388850", "object at <hex1>");
    becomes("commit 325ed66a is bad", "commit <hex1> is bad");
    becomes("id 1704438011104 of 47100", "id <int1> of <int2>");
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
        any::<u16>().prop_map(|n| format!("/tmp/x{n}/y")),
        any::<u16>().prop_map(|n| format!("/home/a{n}/src/lib.rs:{n}:3")),
        Just("2026-11-20T18:10:41.123Z".to_owned()),
        Just("0c2f5fb4-9136-45c0-af75-03633152ccf4".to_owned()),
        "[<>\"'=:/.,()\\[\\]{}]{1,3}",
        "\\PC{0,6}",
    ]
}

proptest! {
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
