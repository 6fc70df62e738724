//! Hostile input costs no more than in proportion to its length. What is counted is work, instructions as valgrind counts them,
//! which are the same on every machine and in every run; time is not.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Bytes of the smallest input.
const SIZE: usize = 16 * 1024;

/// One that grows with the square would take four times as much for twice the input; lists and maps that grow cost a little more
/// than twice.
const MOST: f64 = 2.6;

/// Instructions below which the start of the program and its tables count for more than the input.
const LITTLE: f64 = 2e6;

type Make = fn(usize) -> String;

/// Repeats a line with a number in it up to a size.
fn numbered(size: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(size + 256);
    for number in 0.. {
        if text.len() >= size {
            break;
        }
        text.push_str(&line(number));
    }
    text
}

/// Inputs made to be slow: one thing without end, blocks that never close, parents without number, names that are alike.
const HOSTILE: &[(&str, Make)] = &[
    ("one line of anchors", |size| {
        "FAIL error panic: --- FAIL: ".repeat(size / 28)
    }),
    ("escape codes", |size| "\u{1b}[31m".repeat(size / 5)),
    ("carriage returns", |size| "downloading\r".repeat(size / 12)),
    ("braces", |size| "{\"Action\":[".repeat(size / 11)),
    ("failed Go tests", |size| {
        numbered(size, |n| {
            format!("--- FAIL: TestA{n} (0.00s)\n    a_test.go:{n}: bad {n}\n")
        })
    }),
    ("nested Go tests", |size| {
        let path = "/a".repeat(40);
        numbered(size, |n| format!("    --- FAIL: TestA{path}/{n} (0.00s)\n")) + &path
    }),
    ("Go tests that only begin", |size| {
        numbered(size, |n| format!("=== RUN   TestA{n}\n"))
    }),
    ("Go's races", |size| {
        "==================\nWARNING: DATA RACE\nWrite at 0x1 by goroutine 7:\n".repeat(size / 70)
    }),
    ("goroutines", |size| {
        format!(
            "panic: x\n\n{}",
            numbered(size, |n| format!(
                "goroutine {n} [running]:\nmain.f()\n\t/a.go:{n}\n"
            ))
        )
    }),
    ("Rust's tests", |size| {
        format!(
            "running 9 tests\n{}\nfailures:\n",
            numbered(size, |n| format!(
                "test a::b{n} ... FAILED\n---- a::b{n} stdout ----\nthread 'a' panicked at a.rs:1:2:\nx\n"
            ))
        )
    }),
    ("rustc's errors", |size| {
        numbered(size, |n| {
            format!("error[E0308]: bad {n}\n --> a.rs:{n}:1\n  |\n{n} | x\n  | ^ y\n")
        })
    }),
    ("pytest's headings", |size| {
        format!(
            "===== test session starts =====\n===== FAILURES =====\n{}",
            numbered(size, |n| format!(
                "_____ test_{n} _____\nE   assert {n}\na.py:{n}: AssertionError\n"
            ))
        )
    }),
    ("sessions in sessions", |size| {
        "===== test session starts =====\n".repeat(size / 32)
    }),
    ("unittest", |size| {
        numbered(size, |n| {
            format!(
                "{}\nFAIL: test_{n} (a.B)\n{}\nTraceback (most recent call last):\nAssertionError: {n}\n",
                "=".repeat(70),
                "-".repeat(70)
            )
        })
    }),
    ("jest", |size| {
        format!(
            "FAIL a.test.js\n{}",
            numbered(size, |n| format!("  ● a › b {n}\n\n    expect {n}\n"))
        )
    }),
    ("TAP", |size| {
        numbered(size, |n| {
            format!("not ok {n} - a {n}\n  ---\n  message: b\n")
        })
    }),
    ("TAP within TAP", |size| {
        numbered(size, |n| {
            format!("{}not ok {n} - a\n", " ".repeat(4 * (n % 400)))
        })
    }),
    ("gtest", |size| {
        numbered(size, |n| {
            format!("[ RUN      ] A.b{n}\na.cc:1: Failure\nx\n[  FAILED  ] A.b{n} (0 ms)\n")
        })
    }),
    ("gtest that only begins", |size| {
        numbered(size, |n| format!("[ RUN      ] A.b{n}\n"))
    }),
    ("gcc's errors", |size| {
        numbered(size, |n| {
            format!("a.c: In function 'f{n}':\na.c:{n}:1: error: bad {n}\n")
        })
    }),
    ("surefire", |size| {
        numbered(size, |n| {
            format!(
                "[ERROR] a{n}(B)  Time elapsed: 0.1 s  <<< FAILURE!\norg.opentest4j.AssertionFailedError: {n}\n\tat a.B.c(B.java:{n})\n"
            )
        })
    }),
    ("causes of causes", |size| {
        format!(
            "java.lang.Exception: x\n{}",
            numbered(size, |n| format!(
                "Caused by: a.B: {n}\n\tat a.B.c(B.java:1)\n"
            ))
        )
    }),
    ("gradle", |size| {
        numbered(size, |n| {
            format!("A > b{n} FAILED\n    java.lang.AssertionError: {n}\n")
        })
    }),
    ("rspec", |size| {
        format!(
            "Failures:\n{}",
            numbered(size, |n| format!(
                "\n  {n}) A b {n}\n     Failure/Error: x\n       y\n"
            ))
        )
    }),
    ("phpunit", |size| {
        format!(
            "There were 9 failures:\n{}",
            numbered(size, |n| format!(
                "\n{n}) A::b{n}\nFailed {n}\n\n/a.php:{n}\n"
            ))
        )
    }),
    ("infrastructure", |size| {
        numbered(size, |n| {
            format!("curl: (7) Failed to connect to x{n} port 1: Connection refused\n")
        })
    }),
    ("Mozilla", |size| {
        numbered(size, |n| {
            format!("TEST-UNEXPECTED-FAIL | a/b{n}.js | c {n}\n")
        })
    }),
    ("lanes", |size| {
        numbered(size, |n| format!("web-{n}  | --- FAIL: TestA (0.00s)\n"))
    }),
    ("a message of ids", |size| {
        format!(
            "--- FAIL: TestA (0.00s)\n    a_test.go:1: {}\n",
            numbered(size, |n| format!("0x{n:08x} "))
        )
    }),
    ("JUnit cases", |size| {
        format!(
            "<testsuite name=\"a\">{}</testsuite>",
            numbered(size, |n| format!(
                "<testcase classname=\"a\" name=\"TestA/{n}\"><failure>--- FAIL: TestA/{n}</failure></testcase>"
            ))
        )
    }),
    ("JUnit suites in suites", |size| {
        "<testsuite name=\"a\">".repeat(size / 20)
    }),
];

#[test]
#[ignore = "needs valgrind"]
fn twice_the_input_costs_twice_the_work() {
    let start = instructions("");
    let (first, second) = HOSTILE.split_at(HOSTILE.len() / 2);
    let slow = std::thread::scope(|scope| {
        let other = scope.spawn(move || too_slow(first, start));
        let mut slow = too_slow(second, start);
        slow.extend(other.join().expect("the other half is counted"));
        slow
    });
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

/// Those inputs that cost more than in proportion, `start` taken off.
fn too_slow(inputs: &[(&str, Make)], start: f64) -> Vec<String> {
    let mut slow = Vec::new();
    for (name, make) in inputs {
        let once = instructions(&make(SIZE)) - start;
        let twice = instructions(&make(SIZE * 2)) - start;
        // What costs next to nothing has no ratio.
        let ratio = twice / once.max(LITTLE);
        if ratio > MOST {
            slow.push(format!(
                "{name}: {ratio:.2} ({once} and {twice} instructions)"
            ));
        }
    }
    slow
}

/// Instructions that reading the input takes, with those of the program's start.
fn instructions(input: &str) -> f64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests of this crate need no other of ours"
    )]
    let mut child = Command::new("valgrind")
        .args([
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
        ])
        .arg(example())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("valgrind can be started");
    let mut stdin = child.stdin.take().expect("it was asked for");
    stdin
        .write_all(input.as_bytes())
        .expect("the example reads all of it");
    drop(stdin);
    let output = child.wait_with_output().expect("valgrind ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let count = said
        .lines()
        .find_map(|line| {
            line.split_once("I refs:")
                .or_else(|| line.split_once("I   refs:"))
        })
        .unwrap_or_else(|| panic!("no count in {said}"));
    count.1.replace(',', "").trim().parse().expect("a number")
}

/// The program `failures`, which cargo builds with the tests.
fn example() -> PathBuf {
    let test = std::env::current_exe().expect("this program has a path");
    let target = test
        .parent()
        .and_then(Path::parent)
        .expect("tests are built in `deps`");
    let path = target.join("examples/failures");
    assert!(path.exists(), "{} was not built", path.display());
    path
}
