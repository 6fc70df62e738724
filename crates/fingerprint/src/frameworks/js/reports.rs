//! JUnit XML of the JavaScript tools, read so that a failure is the same as in the tool's own output.
//!
//! Writers: jest-junit 12 to 16, vitest's `junit` reporter, mocha-junit-reporter 2, mocha's `xunit`, Playwright's `junit`
//! reporter, `node --test-reporter=junit`, `bun test --reporter=junit`, `ESLint`'s `junit` formatter.

use ftc_report::junit::{Problem, Summary, TestCase};

use crate::findings::{Block, Finding};
use crate::kind::{Framework, Kind};
use crate::report::{Dialect, generic_message, message_of};

use super::{bun, error, eslint, jest, mocha, names, node_test, playwright, vitest};

pub(super) const ALL: &[Dialect] = &[
    Dialect {
        wrote: is_of_jest,
        finding: jest_finding,
    },
    Dialect {
        wrote: |_, _, summary| is_named(summary, "vitest tests"),
        finding: vitest_finding,
    },
    Dialect {
        wrote: |case, _, summary| {
            is_named(summary, "Mocha Tests")
                || case.suite.first().is_some_and(|s| s == "Mocha Tests")
        },
        finding: mocha_finding,
    },
    Dialect {
        wrote: |_, _, summary| is_named(summary, "bun test"),
        finding: bun_finding,
    },
    Dialect {
        wrote: |_, problem, _| playwright_title(problem).is_some(),
        finding: playwright_finding,
    },
    Dialect {
        wrote: |case, problem, _| {
            let kind = problem.and_then(|problem| problem.kind.as_deref());
            let is_node = matches!(case.classname.as_deref(), Some("test" | "suite"));
            is_node && kind.is_some_and(|kind| NODE_FAILURES.contains(&kind))
        },
        finding: node_finding,
    },
    Dialect {
        wrote: |case, _, _| case.name.starts_with("org.eslint."),
        finding: eslint_finding,
    },
];

/// `failureType` of `lib/internal/test_runner/test.js`.
const NODE_FAILURES: &[&str] = &[
    "testCodeFailure",
    "subtestsFailed",
    "cancelledByParent",
    "parentAlreadyFinished",
    "testAborted",
    "testTimeoutFailure",
    "hookFailed",
    "uncaughtException",
    "unhandledRejection",
    "multipleCallbackInvocations",
];

fn is_named(summary: &Summary, name: &str) -> bool {
    summary.name.as_deref() == Some(name)
}

fn text_of(problem: Option<&Problem>) -> &str {
    problem.map_or("", |problem| problem.text.text.as_str())
}

fn type_of(problem: Option<&Problem>) -> &str {
    problem
        .and_then(|problem| problem.kind.as_deref())
        .unwrap_or_default()
}

fn finding(
    framework: Framework,
    test: Option<String>,
    (kind, message): (Kind, String),
    suite: Option<String>,
) -> Finding {
    let mut finding = Finding::new(framework, test, kind, Block::default()).saying(message);
    finding.suite = suite;
    finding
}

fn is_of_jest(_: &TestCase, problem: Option<&Problem>, summary: &Summary) -> bool {
    let text = text_of(problem);
    is_named(summary, "jest tests")
        || text.contains("/node_modules/jest-circus/")
        || text.contains("/node_modules/jest-jasmine2/")
}

/// jest-junit names class and test by templates: in full both, or each its part.
fn jest_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let name = jest::full_name(&case.name);
    let class = jest::full_name(case.classname.as_deref().unwrap_or_default());
    let test = if class.is_empty() || name.starts_with(&class) {
        name
    } else if class.ends_with(&name) {
        class
    } else {
        format!("{class} {name}")
    };
    let text = text_of(problem);
    let suite = case.file.clone();
    if case.name.contains("Test execution failure") || test.ends_with(jest::LOAD_TITLE) {
        // jest-junit writes the error as JSON.
        let stack = text.split_once("\"stack\":\"").map_or(text, |(_, stack)| {
            stack.split("\\n").next().unwrap_or_default()
        });
        return finding(
            jest::JEST,
            None,
            (Kind::Build, jest::load_message(stack)),
            suite,
        );
    }
    finding(jest::JEST, Some(test), above_stack(text), suite)
}

/// The message of a text that goes on with a stack.
fn above_stack(text: &str) -> (Kind, String) {
    error::judge(&until(text, |line| {
        error::is_stack(line) || error::is_code(line)
    }))
}

fn until(text: &str, is_end: impl Fn(&str) -> bool) -> String {
    let lines: Vec<&str> = text
        .trim_matches('\n')
        .lines()
        .take_while(|line| !is_end(line))
        .collect();
    lines.join("\n")
}

fn vitest_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let file = case.classname.clone().unwrap_or_default();
    let (kind, message) = error::judge_named(type_of(problem), message_of(problem));
    let message = vitest::without_diff(&message).to_owned();
    if case.name == file {
        let first = message.lines().next().unwrap_or_default().to_owned();
        return finding(vitest::VITEST, None, (Kind::Build, first), Some(file));
    }
    let test = format!("{file} > {}", case.name);
    finding(vitest::VITEST, Some(test), (kind, message), Some(file))
}

/// mocha-junit-reporter writes the full title as the name; mocha's own `xunit` writes it in two parts.
fn mocha_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let class = case.classname.as_deref().unwrap_or_default();
    let test = if class.is_empty() || case.name.ends_with(class) || case.name.starts_with(class) {
        case.name.clone()
    } else {
        format!("{class} {}", case.name)
    };
    let said = match message_of(problem) {
        "" => mocha::primary_message(xunit_error(&until(text_of(problem), error::is_stack))),
        message => {
            let (kind, message) = error::judge_named(type_of(problem), message);
            (kind, mocha::primary_message(&message).1)
        }
    };
    finding(mocha::MOCHA, Some(test), said, case.file.clone())
}

/// mocha's `xunit` writes the message, a diff, and then the error from its name on.
fn xunit_error(text: &str) -> &str {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let named = format!(": {first}");
    let Some(at) = text.rfind(&named).filter(|_| !first.is_empty()) else {
        return text;
    };
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    &text[start..]
}

fn bun_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    // The first suite is the file.
    let mut path: Vec<&str> = case.suite.iter().skip(1).map(String::as_str).collect();
    path.push(&case.name);
    let message = message_of(problem);
    let name = type_of(problem);
    let said = bun::judge(&format!("{name}: {message}"));
    finding(bun::BUN, Some(path.join(" > ")), said, case.file.clone())
}

/// The text begins with the heading of the terminal's reporters.
fn playwright_title(problem: Option<&Problem>) -> Option<playwright::Title> {
    let first = text_of(problem)
        .lines()
        .find(|line| !line.trim().is_empty())?;
    playwright::Title::parse(first)
}

fn playwright_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let title = playwright_title(problem);
    let project = title.as_ref().and_then(playwright::Title::project);
    let test = match project {
        Some(project) => format!("[{project}] › {}", case.name),
        None => case.name.clone(),
    };
    let body: Vec<&str> = text_of(problem)
        .lines()
        .skip_while(|line| line.trim().is_empty())
        .skip(1)
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .skip_while(|line| line.trim().is_empty())
        .collect();
    let said = until(&body.join("\n"), |line| {
        error::is_stack(line)
            || error::is_code(line)
            || playwright::is_appendix(line)
            || line.starts_with("Retry #")
    });
    let suite = title.and_then(|title| title.file);
    finding(
        playwright::PLAYWRIGHT,
        Some(test),
        error::judge(&said),
        suite,
    )
}

/// The suites are the parents; the error itself is the cause of the one that Node made.
fn node_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let mut path: Vec<&str> = case.suite.iter().map(String::as_str).collect();
    path.push(&case.name);
    let text = text_of(problem);
    let cause = text
        .split_once("\n  cause: ")
        .map(|(_, cause)| {
            let lines: Vec<&str> = cause
                .lines()
                .map(|line| line.strip_prefix("  ").unwrap_or(line))
                .collect();
            node_test::thrown(&until(&lines.join("\n"), |line| {
                error::is_stack(line) || line == "}" || line.starts_with("code: ")
            }))
        })
        .filter(|cause| !cause.trim().is_empty());
    let said = match &cause {
        Some(cause) if !cause.starts_with('\'') => error::judge(cause),
        _ => error::judge(&generic_message(problem)),
    };
    let said = match said {
        (_, message) if text.contains("signal: 'SIG") => (Kind::Crash, message),
        said => said,
    };
    finding(
        node_test::NODE_TEST,
        Some(path.join(" > ")),
        said,
        case.file.clone(),
    )
}

/// `line 1, col 2, Error - text (rule)`.
fn eslint_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let rule = case.name.trim_start_matches("org.eslint.");
    let text = message_of(problem);
    let message = if rule.is_empty() || rule == "null" {
        text.to_owned()
    } else {
        format!("{rule}: {text}")
    };
    let suite = case
        .suite
        .last()
        .filter(|suite| names::is_source(suite))
        .cloned();
    finding(eslint::ESLINT, None, (Kind::Build, message), suite)
}
