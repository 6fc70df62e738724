use super::Envelope;

/// How the lines of a log are peeled, each after a `>`.
fn peeled(log: &str) -> String {
    let envelope = Envelope::detect(log.as_bytes());
    let mut peeled = String::new();
    for line in log.lines() {
        peeled.push('>');
        peeled.push_str(&String::from_utf8_lossy(envelope.peel(line.as_bytes()).1));
        peeled.push('\n');
    }
    peeled
}

#[test]
fn each_system_is_known_by_its_lines() {
    for (name, first, second) in [
        (
            "GitHub",
            "2026-03-01T00:00:01.1234567Z ",
            "2026-03-01T00:00:02.1234567Z ",
        ),
        (
            "Docker",
            "2026-03-01T00:00:01.123456789Z ",
            "2026-03-01T00:00:02Z ",
        ),
        (
            "an offset",
            "2026-03-01T00:00:01+02:00 ",
            "2026-03-01T00:00:01.5+02:00 ",
        ),
        (
            "gh",
            "test (1)\tRun tests\t2026-03-01T00:00:01.1234567Z ",
            "test (1)\tUNKNOWN STEP\t2026-03-01T00:00:01.1234567Z ",
        ),
        (
            "GitLab",
            "2026-03-01T00:00:01.123456Z 00O ",
            "2026-03-01T00:00:01.123456Z 01E+",
        ),
        (
            "Buildkite",
            "\u{1b}_bk;t=1700000000000\u{7}",
            "_bk;t=1700000000000\u{7}",
        ),
        (
            "Taskcluster",
            "[task 2025-02-13T21:45:24.968Z] ",
            "[taskcluster 2025-02-13 09:58:31.699Z] ",
        ),
        (
            "mozharness",
            "[task 2025-02-13T21:45:24.968Z] 21:45:24     INFO - ",
            "[task 2025-02-13T21:45:24.968Z] 21:45:24  WARNING - ",
        ),
        (
            "Jenkins",
            "[2026-03-01T00:00:01.123Z] ",
            "[2026-03-01T00:00:02.123Z] ",
        ),
        ("Jenkins' clock", "00:00:01  ", "00:00:02  "),
        ("brackets", "[00:00:01] ", "[2026-03-01 00:00:01] "),
        (
            "TeamCity",
            "[00:00:01]W:\t [Step 1/2] ",
            "[00:00:02] :\t [Step 1/2] ",
        ),
        ("Drone", "[test:0:1s] ", "[test:L12:34s] "),
        ("ts", "Mar 01 00:00:01 ", "Mar  1 00:00:02 "),
        (
            "journald",
            "Mar 01 00:00:01 ci make[123]: ",
            "Mar 01 00:00:01 ci go[7]: ",
        ),
        (
            "a date",
            "2026-03-01 00:00:01 ",
            "2026-03-01 00:00:01.123 UTC ",
        ),
        ("a clock", "00:00:01.123 ", "00:00:02 "),
        (
            "GitHub around Jenkins",
            "2026-03-01T00:00:01.1234567Z [2026-03-01T00:00:01.123Z] ",
            "2026-03-01T00:00:02.1234567Z [2026-03-01T00:00:02.123Z] ",
        ),
    ] {
        let log = format!(
            "{first}--- FAIL: TestA\n{second}    a_test.go:3: got\n{first}\n{second}FAIL\n"
        );
        let expected = ">--- FAIL: TestA\n>    a_test.go:3: got\n>\n>FAIL\n";
        assert_eq!(peeled(&log), expected, "{name}");
    }
}

#[test]
fn a_few_lines_with_a_stamp_make_no_envelope() {
    let log = "12:00:01 started\n[12:00:01] x\n--- FAIL: TestA\nFAIL\n";
    assert!(!Envelope::detect(log.as_bytes()).is_some());
}
