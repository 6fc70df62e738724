//! The lines by which `go test` and gotestsum tell which test is meant and how it ended.

use super::test::Outcome;

/// A line that names a test, a package or a run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Header<'a> {
    /// `=== RUN   TestX`.
    Run(&'a str),
    /// `=== CONT  TestX`, `=== NAME  TestX`: output that follows is this test's.
    Continue(&'a str),
    /// `=== PAUSE TestX`.
    Pause,
    /// `    --- FAIL: TestX/sub (0.00s)`; `depth` counts the nesting.
    Ended {
        test: &'a str,
        outcome: Outcome,
        depth: usize,
    },
    /// gotestsum's `=== FAIL: package TestX (re-run 1) (0.00s)` in its list of failures.
    Listed {
        package: &'a str,
        test: &'a str,
        outcome: Outcome,
        rerun: u32,
    },
    /// gotestsum's `FAIL package.TestX (re-run 1) (0.00s)`.
    Named {
        package: &'a str,
        test: &'a str,
        outcome: Outcome,
        rerun: u32,
    },
    /// `=== Failed` and other titles of gotestsum.
    Title,
    /// `FAIL<tab>package<tab>0.003s`, `FAIL<tab>package [build failed]`, `ok  <tab>package<tab>0.1s`.
    Package { package: &'a str, end: PackageEnd },
    /// gotestsum's `DONE 10 tests, 1 skipped, 4 failures in 0.529s`.
    Done(Done),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PackageEnd {
    Passed,
    Failed,
    /// `[build failed]` or `[setup failed]`.
    NotBuilt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Done {
    pub(super) runs: u64,
    /// Whether the line counts tests at all, as gotestsum's does.
    pub(super) is_of_tests: bool,
    pub(super) tests: u64,
    pub(super) failures: u64,
    pub(super) errors: u64,
    pub(super) skipped: u64,
}

impl<'a> Header<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("=== ") {
            return Self::triple_equals(rest);
        }
        let inner = text.trim_start_matches(' ');
        if let Some(rest) = inner.strip_prefix("--- ") {
            return Self::ended(rest, text.len() - inner.len());
        }
        if let Some(rest) = text.strip_prefix("FAIL\t") {
            return Self::package(rest, PackageEnd::Failed);
        }
        if let Some(rest) = text.strip_prefix("ok  \t") {
            return Self::package(rest, PackageEnd::Passed);
        }
        if let Some(rest) = text.strip_prefix("FAIL    ") {
            return Self::copied_package(rest, PackageEnd::Failed);
        }
        if let Some(rest) = text.strip_prefix("ok      ") {
            return Self::copied_package(rest, PackageEnd::Passed);
        }
        if let Some(rest) = text.strip_prefix("DONE ") {
            return Self::done(rest);
        }
        Self::named(text)
    }

    /// A line that names one test, as verbose output is full of.
    pub(super) fn of_test(text: &'a str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("=== ") {
            return Self::triple_equals(rest);
        }
        let inner = text.trim_start_matches(' ');
        Self::ended(inner.strip_prefix("--- ")?, text.len() - inner.len())
    }

    fn triple_equals(rest: &'a str) -> Option<Self> {
        let (word, name) = rest.split_once(' ').unwrap_or((rest, ""));
        let name = name.trim();
        match word {
            "RUN" if is_test_name(name) => Some(Self::Run(name)),
            "CONT" | "NAME" if is_test_name(name) => Some(Self::Continue(name)),
            "PAUSE" => Some(Self::Pause),
            "FAIL:" | "SKIP:" => {
                let outcome = if word == "FAIL:" {
                    Outcome::Failed
                } else {
                    Outcome::Skipped
                };
                let (name, rerun) = split_timing(name)?;
                let (package, test) = name.split_once(' ').unwrap_or((name, ""));
                Some(Self::Listed {
                    package,
                    test,
                    outcome,
                    rerun,
                })
            }
            "Failed" | "Skipped" | "Errors" => Some(Self::Title),
            _ => None,
        }
    }

    /// What stands behind `--- `, with the tool's own indentation of four blanks a level.
    fn ended(rest: &'a str, indent: usize) -> Option<Self> {
        let (outcome, name) = if let Some(name) = rest.strip_prefix("PASS: ") {
            (Outcome::Passed, name)
        } else if let Some(name) = rest.strip_prefix("FAIL: ") {
            (Outcome::Failed, name)
        } else {
            (Outcome::Skipped, rest.strip_prefix("SKIP: ")?)
        };
        let test = match split_timing(name) {
            Some((test, _)) => test,
            None if name.starts_with("Benchmark") => name.trim_end(),
            None => return None,
        };
        (indent.is_multiple_of(4) && is_test_name(test)).then_some(Self::Ended {
            test,
            outcome,
            depth: indent / 4,
        })
    }

    fn package(rest: &'a str, end: PackageEnd) -> Option<Self> {
        let (package, detail) = rest.split_once(['\t', ' ']).unwrap_or((rest, ""));
        if package.is_empty() {
            return None;
        }
        let end = match detail.trim() {
            "[build failed]" | "[setup failed]" => PackageEnd::NotBuilt,
            _ => end,
        };
        Some(Self::Package { package, end })
    }

    /// The same with blanks for tabs, as it comes out of terminals and web pages: only with a time or a reason behind it.
    fn copied_package(rest: &'a str, end: PackageEnd) -> Option<Self> {
        let rest = rest.trim_start_matches(' ');
        let (_, detail) = rest.split_once(' ')?;
        let detail = detail.trim();
        let is_time = detail
            .split(' ')
            .next()
            .and_then(|time| time.strip_suffix('s'))
            .is_some_and(|time| time.contains('.') && time.parse::<f64>().is_ok());
        let is_reason = matches!(detail, "[build failed]" | "[setup failed]" | "(cached)");
        if is_time || is_reason {
            Self::package(rest, end)
        } else {
            None
        }
    }

    fn named(text: &'a str) -> Option<Self> {
        let (outcome, rest) = if let Some(rest) = text.strip_prefix("FAIL ") {
            (Outcome::Failed, rest)
        } else {
            (Outcome::Passed, text.strip_prefix("PASS ")?)
        };
        let (name, rerun) = split_timing(rest)?;
        let at = test_position(name)?;
        Some(Self::Named {
            package: &name[..at - 1],
            test: &name[at..],
            outcome,
            rerun,
        })
    }

    fn done(rest: &'a str) -> Option<Self> {
        let mut done = Done {
            runs: 1,
            ..Done::default()
        };
        let counts = rest.rsplit_once(" in ")?.0;
        for part in counts.split(", ") {
            let (number, word) = part.trim().split_once(' ')?;
            let number: u64 = number.parse().ok()?;
            match word.trim_end_matches('s') {
                "run" => done.runs = number,
                "test" => {
                    done.tests = number;
                    done.is_of_tests = true;
                }
                "failure" => done.failures = number,
                "error" => done.errors = number,
                "skipped" => done.skipped = number,
                _ => {}
            }
        }
        Some(Self::Done(done))
    }
}

/// Where the test begins in `pkg/path.TestX/sub`: behind the first dot after the last slash of the package, which a
/// subtest's own slashes and dots must not disturb.
fn test_position(name: &str) -> Option<usize> {
    ["Test", "Benchmark", "Fuzz", "Example"]
        .iter()
        .filter_map(|prefix| name.find(&format!(".{prefix}")))
        .min()
        .map(|dot| dot + 1)
}

/// Splits `TestX (re-run 1) (0.00s)` into the name and the number of the rerun; the time is what makes such a line the
/// tool's own. Go 1.5 wrote `(0.02 seconds)`.
fn split_timing(text: &str) -> Option<(&str, u32)> {
    let text = text.trim_end().strip_suffix(')')?;
    let at = memchr::memrchr(b'(', text.as_bytes())?;
    let (name, time) = (text[..at].strip_suffix(' ')?, &text[at + 1..]);
    if time == "unknown" {
        // gotestsum, of a test whose end was not printed.
        return Some((name.trim_end(), 0));
    }
    let seconds = time
        .strip_suffix('s')
        .or_else(|| time.strip_suffix(" seconds"))?;
    let seconds = seconds
        .strip_suffix(" second")
        .unwrap_or(seconds)
        .trim_end();
    if seconds.is_empty()
        || !seconds
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        return None;
    }
    let rerun = || name.rsplit_once(" (re-run ");
    match name.ends_with(')').then(rerun).flatten() {
        Some((name, rerun)) => Some((name, rerun.strip_suffix(')')?.parse().ok()?)),
        None => Some((name, 0)),
    }
}

/// Test names hold no blanks: the tool rewrites them.
fn is_test_name(name: &str) -> bool {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_graphic());
    !name.is_empty() && (is_plain || !name.contains(char::is_whitespace))
}
