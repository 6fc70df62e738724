//! What CI systems and tools that run others put around a log changes nothing of what it says.

use crate::fixtures;
use crate::support::{brief, essence, scan, scan_in_pieces};

/// Puts something before the line with this number.
type Wrap = fn(usize) -> String;

fn clock(number: usize) -> String {
    let seconds = number / 7;
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
}

const WRAPPERS: &[(&str, Wrap)] = &[
    ("GitLab", |n| {
        format!("2026-03-01T{}.123456Z 00O ", clock(n))
    }),
    ("Jenkins", |n| format!("[2026-03-01T{}.123Z] ", clock(n))),
    ("Jenkins' clock", |n| format!("{}  ", clock(n))),
    ("Buildkite", |n| format!("\u{1b}_bk;t=17000{n:08}\u{7}")),
    ("Taskcluster", |n| {
        format!("[task 2026-03-01T{}.123Z] ", clock(n))
    }),
    ("mozharness", |n| {
        format!("[task 2026-03-01T{0}.123Z] {0}     INFO - ", clock(n))
    }),
    ("TeamCity", |n| format!("[{}] :\t [Step 1/2] ", clock(n))),
    ("kubectl", |n| {
        format!("2026-03-01T{}.123456789Z ", clock(n))
    }),
    ("Drone", |n| format!("[test:{n}:{}s] ", n / 7)),
    ("ts", |n| format!("Mar 01 {} ", clock(n))),
    ("journald", |n| {
        format!("Mar 01 {} ci make[123]: ", clock(n))
    }),
    ("Compose 1", |_| "\u{1b}[36mtests_1  |\u{1b}[0m ".to_owned()),
    ("Compose 2", |_| "tests-1  | ".to_owned()),
    ("Compose without colours on GitHub", |n| {
        format!("2026-03-01T{}.1234567Z tests-1  | ", clock(n))
    }),
    ("Compose with time stamps on GitHub", |n| {
        format!(
            "2026-03-01T{0}.1234567Z tests-1  | 2026-03-01T{0}.123456789Z ",
            clock(n)
        )
    }),
    ("BuildKit", |n| format!("#11 {}.{:03} ", n / 7, n % 7 * 100)),
    ("Turborepo", |_| "@north/shop:test: ".to_owned()),
    ("pnpm", |_| "packages/shop test: ".to_owned()),
    ("concurrently", |_| "[1] ".to_owned()),
];

fn wrap(log: &[u8], wrap: Wrap) -> Vec<u8> {
    let body = log.strip_suffix(b"\n").unwrap_or(log);
    let mut wrapped = Vec::new();
    for (number, line) in body.split(|&byte| byte == b'\n').enumerate() {
        wrapped.extend_from_slice(wrap(number).as_bytes());
        wrapped.extend_from_slice(line);
        wrapped.push(b'\n');
    }
    wrapped
}

/// Each log in two of the wrappers, so that each wrapper holds a tenth of the logs.
#[test]
fn a_wrapper_makes_no_difference() {
    let mut differing = Vec::new();
    let mut compared = vec![0; WRAPPERS.len()];
    for (at, fixture) in fixtures::plain_logs().iter().enumerate() {
        let lines = fixture.bytes.split(|&byte| byte == b'\n').count() - 1;
        if lines < 4 {
            // Too short to show that all lines carry the same.
            continue;
        }
        let plain = scan(&fixture.bytes);
        for step in 0..2 {
            let which = (at + step * 10) % WRAPPERS.len();
            let (name, wrapper) = WRAPPERS[which];
            let wrapped = scan(wrap(&fixture.bytes, wrapper));
            let is_same = essence(&wrapped) == essence(&plain) && wrapped.class == plain.class;
            let lines = |scan: &ftc_fingerprint::Scan| -> Vec<_> {
                let spans = scan.failures.iter().map(|failure| failure.span);
                spans
                    .map(|span| (span.first_line, span.last_line))
                    .collect()
            };
            if !is_same || lines(&wrapped) != lines(&plain) {
                differing.push(format!(
                    "{} in {name}:\n  {:?}\n  {:?}",
                    fixture.name,
                    essence(&wrapped),
                    essence(&plain)
                ));
            }
            compared[which] += 1;
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(compared.iter().all(|&count| count > 5), "{compared:?}");
}

const GO: &str = "\
=== RUN   TestLease
    lease_test.go:41: lease lost
--- FAIL: TestLease (0.01s)
FAIL
FAIL\texample.com/lease\t0.014s
";

const RUST: &str = "\
running 1 test
test tests::closes ... FAILED

failures:

---- tests::closes stdout ----

thread 'tests::closes' (71) panicked at src/lib.rs:5:9:
the door is stuck
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


failures:
    tests::closes

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

/// The lines of two logs in turn, each behind a label.
fn interleaved(one: (&str, &str), other: (&str, &str)) -> String {
    let mut log = String::new();
    let (mut first, mut second) = (one.1.lines(), other.1.lines());
    loop {
        let pair = (first.next(), second.next());
        if pair == (None, None) {
            return log;
        }
        for (label, line) in [(one.0, pair.0), (other.0, pair.1)] {
            if let Some(line) = line {
                log.push_str(label);
                log.push_str(line);
                log.push('\n');
            }
        }
    }
}

#[test]
fn streams_that_alternate_are_read_apart() {
    let alone = [essence(&scan(GO)), essence(&scan(RUST))].concat();
    assert_eq!(alone.len(), 2);
    for (one, other) in [
        ("api-1     | ", "worker-1  | "),
        ("api_1     | ", "worker_1  | "),
        ("#11 1.234 ", "#12 0.9 "),
        ("api:test: ", "@north/worker:test:unit: "),
        ("packages/api test: ", "packages/worker test: "),
        ("[0] ", "[1] "),
    ] {
        let log = interleaved((one, GO), (other, RUST));
        let mut expected = alone.clone();
        expected.sort();
        assert_eq!(essence(&scan(&log)), expected, "{one:?}");
        for size in [1, 7, 64] {
            let found = scan_in_pieces(log.as_bytes(), size);
            assert_eq!(essence(&found), expected, "{one:?} in pieces of {size}");
        }
    }
}

#[test]
fn streams_may_begin_in_the_middle_of_a_log() {
    let before = "Pulling the images\n".repeat(300);
    let beginning = "api-1     | listening\nworker-1  | listening\n".repeat(2);
    let log = interleaved(("api-1     | ", GO), ("worker-1  | ", RUST));
    let found = scan(format!("{before}{beginning}{log}"));
    assert_eq!(found.failures.len(), 2, "{:#?}", found.failures);
    let rust = found
        .failures
        .iter()
        .find(|it| it.test.as_deref() == Some("tests::closes"));
    let rust = rust.expect("the Rust test failed");
    assert_eq!(
        rust.excerpt.text.lines().next(),
        Some("---- tests::closes stdout ----")
    );
    assert!(rust.span.first_line > 304);
}

#[test]
fn one_line_with_a_label_belongs_to_the_test_that_prints_it() {
    let log = "\
=== RUN   TestCompose
web-1  | --- FAIL: TestInner (0.01s)
web-1  | FAIL
web-1  | FAIL\texample.com/inner\t0.1s
web-1  | --- FAIL: TestOther (0.01s)
    compose_test.go:9: the service is gone
--- FAIL: TestCompose (0.10s)
FAIL
FAIL\texample.com/compose\t0.2s
";
    let padding = "building\n".repeat(300);
    insta::assert_snapshot!(brief(format!("{padding}{log}")), @r"
    unknown
    TestCompose | assertion | the service is gone
    ");
}

#[test]
fn branches_of_jenkins_are_read_apart() {
    let log = format!(
        "[Pipeline] Start of Pipeline\n[Pipeline] parallel\n[Pipeline] {{ (Branch: linux)\n{}[Pipeline] End of Pipeline\n",
        interleaved(("[linux] ", GO), ("[windows x64] ", RUST))
    );
    assert_eq!(scan(log).failures.len(), 2);
}

#[test]
fn levels_in_brackets_are_no_branches() {
    let log = "[info] a\n[info] b\n[info] c\n[INFO] d\n[INFO] e\n";
    assert_eq!(scan(format!("{log}{GO}")).failures.len(), 1);
}

#[test]
fn sections_of_gitlab_and_folds_of_travis_hide_nothing() {
    let log = format!(
        "section_start:1700000000:step_script\r\u{1b}[0K\u{1b}[0K\u{1b}[36;1mExecuting\u{1b}[0;m\n{GO}section_end:1700000009:step_script\r\u{1b}[0K\n\
         travis_fold:start:script\r\u{1b}[0Ktravis_time:start:0a1b\r\u{1b}[0K$ cargo test\n{RUST}travis_time:end:0a1b:start=1,finish=2,duration=1\r\u{1b}[0Ktravis_fold:end:script\r\u{1b}[0K\n"
    );
    assert_eq!(scan(log).failures.len(), 2);
}

#[test]
fn links_charsets_and_backspaces_are_taken_off() {
    let log = GO.replace(
        "lease lost",
        "\u{1b}]8;;file://ci/a\\b\u{1b}\\lease\u{1b}]8;;\u{1b}\\ \u{1b}(Bloo\u{8}\u{8}ost\u{1b}[K",
    );
    assert_eq!(scan(log).failures[0].message, "lease lost");
}

#[test]
fn a_progress_that_is_written_over_shows_its_last_state() {
    let log = GO.replace("--- FAIL", "  3 %\r 50 %\r\r--- FAIL");
    assert_eq!(scan(log).failures.len(), 1);
}
